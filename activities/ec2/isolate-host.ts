import type { EC2Client } from '@aws-sdk/client-ec2';
import type { TargetOutcome } from '../../model/step.ts';
import { classify, errorName } from '../aws/errors.ts';
import type { NoGroups, VpcGroups } from './ensure-groups.ts';
import type { IsolateState } from './isolate-capture.ts';
import type { HostInterface } from './interfaces.ts';
import { groupWords, readInterfaces, sameGroups, setGroups } from './interfaces.ts';
import { pause } from './poll.ts';

/** What isolating hosts of one account needs. `groupsOf` makes sure of a VPC's groups, once. */
export interface Isolation {
  readonly ec2: EC2Client;
  readonly groupsOf: (vpc: string) => Promise<VpcGroups | NoGroups>;
}

/** A hop that failed is tried again at once: between the hops the host is open, and no backoff may be waited out there. */
const hopTries = 3;
const hopPauseMs = 200;
/** Interfaces attached while the host is being isolated are found by looking again, this many times at most. */
const rounds = 3;

async function hop(ec2: EC2Client, one: HostInterface, group: string): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    try {
      await setGroups(ec2, one.id, [group]);
      return;
    } catch (error) {
      if (tried === hopTries || !['retry', 'maybe-done'].includes(classify(error))) throw error;
      await pause(hopPauseMs);
    }
  }
}

/**
 * One interface: original, all-access, containment, with nothing between the hops. Skips what is already contained. When
 * a hop fails for good the original groups are put back, so that nothing stays open; then it throws what the SDK threw.
 *
 * @returns words when not even that could be done and the interface stays open
 */
export async function containInterface(
  ec2: EC2Client,
  one: HostInterface,
  groups: VpcGroups,
): Promise<string | undefined> {
  if (sameGroups(one.groups, [groups.contain])) return undefined;
  const isOpen = sameGroups(one.groups, [groups.allAccess]);
  try {
    if (!isOpen) await hop(ec2, one, groups.allAccess);
    await hop(ec2, one, groups.contain);
    return undefined;
  } catch (error) {
    const isBack = !isOpen && (await putBack(ec2, one));
    // What can be retried is: a resumed attempt begins with closing what is open.
    if (isBack || classify(error) !== 'refused') throw error;
    return `${errorName(error)}; ${one.id} may still be open, in ${groups.allAccess}: close it by hand`;
  }
}

async function putBack(ec2: EC2Client, one: HostInterface): Promise<boolean> {
  return await setGroups(ec2, one.id, one.groups).then(
    () => true,
    () => false,
  );
}

interface HostNow {
  readonly interfaces: readonly HostInterface[];
  readonly groups: ReadonlyMap<string, VpcGroups>;
}

async function look(isolation: Isolation, host: string): Promise<HostNow | NoGroups> {
  const interfaces = (await readInterfaces(isolation.ec2, [host])).get(host) ?? [];
  const groups = new Map<string, VpcGroups>();
  for (const vpc of new Set(interfaces.map((one) => one.vpc))) {
    const found = await isolation.groupsOf(vpc);
    if ('why' in found) return found;
    groups.set(vpc, found);
  }
  return { interfaces, groups };
}

function driftIn({ interfaces, groups }: HostNow, captured: IsolateState): string | undefined {
  for (const before of captured.interfaces) {
    const now = interfaces.find((one) => one.id === before.id);
    const ours = groups.get(before.vpc);
    if (!now || sameGroups(now.groups, before.groups)) continue;
    if (ours && [ours.contain, ours.allAccess].some((group) => sameGroups(now.groups, [group]))) continue;
    return `${now.id} is in ${groupWords(now.groups)}; captured in ${groupWords(before.groups)}`;
  }
  return undefined;
}

function doneOutcome(target: string, interfaces: readonly HostInterface[], captured: IsolateState): TargetOutcome {
  const later = interfaces.filter((one) => !captured.interfaces.some(({ id }) => id === one.id)).map(({ id }) => id);
  if (later.length === 0) return { target, status: 'done' };
  return { target, status: 'done', detail: `${later.join(' and ')}, attached after the capture, is contained too` };
}

/**
 * Isolates one host: every interface a read shows, then those attached meanwhile. A host whose groups are neither the
 * captured ones nor ours is left alone. Throws what the SDK throws.
 */
export async function isolateHost(isolation: Isolation, host: string, captured: IsolateState): Promise<TargetOutcome> {
  const handled = new Map<string, HostInterface>();
  for (let round = 0; round < rounds; round += 1) {
    const now = await look(isolation, host);
    if ('why' in now) return { target: host, status: 'failed', detail: now.why };
    if (now.interfaces.length === 0) return { target: host, status: 'gone', detail: 'no interface is attached to it' };
    const drift = round === 0 ? driftIn(now, captured) : undefined;
    if (drift !== undefined) return { target: host, status: 'changed', detail: drift };
    const fresh = now.interfaces.filter((one) => !handled.has(one.id));
    if (fresh.length === 0) break;
    for (const one of fresh) {
      const open = await containInterface(isolation.ec2, one, now.groups.get(one.vpc) as VpcGroups);
      if (open !== undefined) return { target: host, status: 'refused', detail: open };
      handled.set(one.id, one);
    }
  }
  return doneOutcome(host, [...handled.values()], captured);
}
