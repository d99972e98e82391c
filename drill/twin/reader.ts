import type { AwsProxy } from '../proxy/proxy.ts';
import type { CallRecord } from '../proxy/call-log.ts';
import { drillClients } from '../scenario/aws-clients.ts';
import { activeKeys, readIdentities, userWorks } from '../scenario/identity-state.ts';
import type { IdentityState } from '../scenario/identity-state.ts';
import { readNetwork } from '../scenario/network-state.ts';
import type { NetworkState } from '../scenario/network-state.ts';
import type { World } from '../scenario/seed.ts';
import { factsOf } from './truth.ts';
import type { Facts } from './truth.ts';

/** What the twin asks of the AWS proxy: which calls went through, and whether a key would be let in. */
export type ProxyView = Pick<AwsProxy, 'calls' | 'counts' | 'isAllowed'>;

/** Where the twin looks. */
export interface ReaderOptions {
  readonly world: World;
  /** The emulator itself, so that what the product or its proxy say does not matter. */
  readonly endpoint: string;
  /** Without it every read is a whole one, and keys are judged by their status and policies alone. */
  readonly proxy?: ProxyView | undefined;
  /** With a proxy: how old a read may get that no call through the proxy has outdated. Default 5,000. */
  readonly wholeReadMs?: number;
}

/** Reads the emulator again and again, as little as will do. */
export interface Reader {
  /** The facts of now; `undefined` when nothing can have changed since the last read. */
  readonly read: () => Promise<Facts | undefined>;
  readonly close: () => void;
}

interface Reads {
  readonly network: NetworkState;
  readonly identities: IdentityState;
  readonly wholeAt: number;
}

/** EC2 calls that change nothing a packet could notice. */
const HARMLESS = new Set(['CreateSnapshots', 'CreateSnapshot', 'CreateTags', 'DeleteTags', 'AssumeRole']);

/** Makes a reader. Its reads throw what the SDK throws. */
export function createReader({ world, endpoint, proxy, wholeReadMs = 5_000 }: ReaderOptions): Reader {
  const clients = drillClients(endpoint);
  const changes = changesThrough(proxy);
  let last: Reads | undefined;
  const read = async (): Promise<Facts | undefined> => {
    const changed = changes();
    // Behind a proxy nothing else changes; but somebody may go around it.
    const isFresh = last !== undefined && proxy !== undefined && Date.now() - last.wholeAt < wholeReadMs;
    if (isFresh && changed.size === 0) return undefined;
    const kept = isFresh ? last : undefined;
    // A read that fails has used up its changes: the next one is a whole one.
    last = undefined;
    const wholeAt = kept?.wholeAt ?? Date.now();
    const network = kept === undefined || changed.has('ec2') ? await readNetwork(clients) : kept.network;
    const identities = kept === undefined || changed.has('iam') ? await readIdentities(clients) : kept.identities;
    last = { network, identities, wholeAt };
    return factsOf(world.instances, { network, identities, users: await workingUsers(world, identities, proxy) });
  };
  return { read, close: () => clients.destroy() };
}

/** Services in which something changed since the last question; asked before a read, so that nothing falls between. */
function changesThrough(proxy: ProxyView | undefined): () => ReadonlySet<string> {
  let mutating = -1;
  let after = 0;
  return () => {
    if (proxy === undefined || proxy.counts().mutating === mutating) return new Set();
    mutating = proxy.counts().mutating;
    const calls: readonly CallRecord[] = proxy.calls({ after, mutating: true });
    after = calls.at(-1)?.sequence ?? after;
    return new Set(calls.filter(({ action }) => !HARMLESS.has(action)).map(({ service }) => service));
  };
}

async function workingUsers(
  world: World,
  identities: IdentityState,
  proxy: ProxyView | undefined,
): Promise<ReadonlySet<string>> {
  const working = new Set<string>();
  for (const { name, allows } of world.scenario.layout.users) {
    const user = identities.users[name];
    if (user === undefined || !userWorks(user)) continue;
    const action = allows[0] ?? '';
    const answers = activeKeys(user).map(
      async (accessKeyId) => (await proxy?.isAllowed({ accessKeyId, action })) ?? true,
    );
    if ((await Promise.all(answers)).includes(true)) working.add(name);
  }
  return working;
}
