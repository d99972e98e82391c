import type { Failing, GuardVerdict } from '../model/continuity.ts';
import { actions } from '../model/actions/index.ts';
import type { ContainChunk, Slice } from '../model/plan.ts';
import { factsOf, probing } from './activities.ts';
import type { IncidentContext, Touched } from './context.ts';

/** What a wave takes away while it lasts: its targets, unless its action takes nothing away. */
export function touchedBy(chunk: ContainChunk): Touched {
  const targets = actions[chunk.action].effect === 'none' ? [] : chunk.targets;
  const ids = (kind: 'instance' | 'principal'): ReadonlySet<string> =>
    new Set(targets.filter((target) => target.kind === kind).map((target) => target.id));
  return { hosts: ids('instance'), principals: ids('principal') };
}

/** Hosts of the slice that no account shows as running. */
async function hostsDown(context: IncidentContext): Promise<ReadonlySet<string>> {
  const hosts = context.plan.slice.systems.flatMap((system) => system.hosts);
  const answers = await Promise.all(
    context.plan.header.accounts.map(async (account) => await factsOf(account).readFacts({ account, hosts })),
  );
  const [first, ...rest] = answers.map((answer) => new Set(answer.down));
  return new Set([...(first ?? [])].filter((host) => rest.every((down) => down.has(host))));
}

/** Everything fails: what not knowing counts as. */
function nothingKnown(slice: Slice): Failing {
  return slice.services.flatMap(({ name, modes, classes }) => {
    const worst = modes.at(-1);
    return worst ? [{ service: name, mode: worst.mode, sites: classes.flatMap((one) => one.sites) }] : [];
  });
}

/** One round of probes over protected services; a round that can't be had counts as failing. */
async function probeProtected(context: IncidentContext): Promise<Failing> {
  const services = context.plan.slice.services.filter((service) => service.protected);
  try {
    return (await probing.probeRound({ services })).failing;
  } catch {
    return nothingKnown(context.plan.slice);
  }
}

/** Reads the facts of now and asks the guard about a wave. */
export async function look(context: IncidentContext, wave: Touched): Promise<GuardVerdict> {
  const [down, found] = await Promise.all([hostsDown(context), probeProtected(context)]);
  const nowMs = Date.now();
  const known = context.reservations.together(context.contained);
  const failing = context.clocks.see(nowMs, { contained: known, down, failing: found });
  const contained = { hosts: new Set([...known.hosts, ...down]), principals: known.principals };
  const times = context.clocks.times(nowMs);
  return context.guard({ slice: context.plan.slice, contained, wave, failing, times });
}
