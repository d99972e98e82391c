import type { EC2Client } from '@aws-sdk/client-ec2';
import type { ActionActivities, ApplyInput, StepInput, StepResult, UndoInput } from '../../model/step.ts';
import { originOf } from '../../model/step.ts';
import { classify } from '../aws/errors.ts';
import { forEachTarget } from '../batch.ts';
import type { ActivityDeps } from '../deps.ts';
import { attempting, reading } from '../live/instances.ts';
import { requireWarrantToContain, requireWarrantToRelease } from '../proof/warrant.ts';
import { captureHosts, captureOf } from './capture.ts';
import { existingGroups, findGroup, readIncidentGroups } from './containment-groups.ts';
import type { NoGroups, VpcGroups } from './ensure-groups.ts';
import { ensureGroups } from './ensure-groups.ts';
import { readInterfaces, sameGroups } from './interfaces.ts';
import { isolateStateOf, judgeForIsolation } from './isolate-capture.ts';
import { containInterface, isolateHost } from './isolate-host.ts';
import type { Isolation } from './isolate-host.ts';
import { lookReleased, releaseHost, removeGroups } from './isolate-release.ts';
import { lookIsolated } from './isolate-verify.ts';
import { pollTargets, shortPausesMs, withReads } from './poll.ts';

/** Each VPC's groups are made sure of once an activity, not once a host. A host's groups are those of its capture's origin. */
function isolations(ec2: EC2Client): (origin: string) => Isolation {
  const known = new Map<string, VpcGroups>();
  return (incident) => ({
    ec2,
    groupsOf: async (vpc) => {
      const place = `${incident} ${vpc}`;
      const found: VpcGroups | NoGroups = known.get(place) ?? (await ensureGroups({ ec2, vpc, incident }));
      if (!('why' in found)) known.set(place, found);
      return found;
    },
  });
}

/** The incident whose groups a host is to be in. */
function originIn(input: ApplyInput, host: string): string {
  const captured = input.captures.find(({ target }) => target === host);
  return captured ? originOf(captured) : input.warrant.incident;
}

/** What is wrong with one target is said of that target when its turn comes. */
async function unlessTargetFails(close: () => Promise<unknown>): Promise<void> {
  try {
    await close();
  } catch (error) {
    if (['retry', 'maybe-done'].includes(classify(error))) throw error;
  }
}

/** Before anything else a resumed activity closes what an earlier attempt left open between the hops. */
async function closeOpen(isolationOf: (origin: string) => Isolation, input: ApplyInput): Promise<void> {
  const { ec2 } = isolationOf(input.warrant.incident);
  const groups = await readIncidentGroups(ec2);
  if (groups.length === 0) return;
  for (const [host, interfaces] of await readInterfaces(ec2, input.targets)) {
    const incident = originIn(input, host);
    for (const one of interfaces) {
      const allAccess = findGroup(groups, { vpc: one.vpc, incident, purpose: 'all-access' });
      if (!allAccess || !sameGroups(one.groups, [allAccess.id])) continue;
      const found = await isolationOf(incident).groupsOf(one.vpc);
      if (!('why' in found)) await unlessTargetFails(async () => await containInterface(ec2, one, found));
    }
  }
}

async function capture(deps: ActivityDeps, input: StepInput) {
  const { ec2 } = deps.aws(input.account);
  const { incident } = input.warrant;
  const incidentGroups = await reading('groups', async () => await readIncidentGroups(ec2));
  const interfaces = await reading('interfaces', async () => await readInterfaces(ec2, input.targets));
  return await captureHosts(deps, input, (target) =>
    judgeForIsolation(target, { incident, incidentGroups, interfaces: interfaces.get(target.id) ?? [] }),
  );
}

async function apply(deps: ActivityDeps, input: ApplyInput): Promise<StepResult> {
  await requireWarrantToContain(input, deps);
  const isolationOf = isolations(deps.aws(input.account).ec2);
  await attempting('closing what an earlier attempt left open', async () => await closeOpen(isolationOf, input));
  return await forEachTarget(input.targets, async (target) => {
    const captured = captureOf(input.captures, target);
    if ('status' in captured) return captured;
    return await isolateHost(isolationOf(originOf(captured)), target, isolateStateOf(captured));
  });
}

async function verify(deps: ActivityDeps, input: ApplyInput): Promise<StepResult> {
  const { ec2 } = deps.aws(input.account);
  return await pollTargets(input.targets, {
    pausesMs: shortPausesMs,
    look: async (pending) => await lookIsolated(ec2, pending, (host) => originIn(input, host)),
  });
}

async function readBack(ec2: EC2Client, input: UndoInput, restored: StepResult): Promise<StepResult> {
  const done = restored.outcomes.filter((outcome) => outcome.status === 'done');
  const targets = done.map(({ target }) => target);
  const look = async (pending: readonly string[]) => {
    const waiting = done.filter(({ target }) => pending.includes(target));
    return await lookReleased(ec2, input.captures, waiting);
  };
  return withReads(restored, await pollTargets(targets, { pausesMs: shortPausesMs, look }));
}

async function undo(deps: ActivityDeps, input: UndoInput): Promise<StepResult> {
  await requireWarrantToRelease(input, deps);
  const { ec2 } = deps.aws(input.account);
  const captured = input.captures.flatMap((one) => isolateStateOf(one).interfaces.flatMap(({ groups }) => groups));
  const release = await reading('groups', async () => ({
    ec2,
    incidentGroups: await readIncidentGroups(ec2),
    existing: await existingGroups(ec2, captured),
  }));
  const targets = input.captures.map(({ target }) => target);
  const restored = await forEachTarget(targets, async (target) => {
    const one = captureOf(input.captures, target);
    return 'status' in one ? one : await releaseHost(release, one);
  });
  const result = await readBack(ec2, input, restored);
  if (result.stopped === undefined) {
    await attempting('deleting unused groups', async () => await removeGroups(release, input.captures));
  }
  return result;
}

/** What `aws.ec2.isolate` does; what it is stands in `model/actions/ec2/isolate.ts`. */
export function isolateActivities(deps: ActivityDeps): ActionActivities {
  return {
    capture: async (input) => await capture(deps, input),
    apply: async (input) => await apply(deps, input),
    verify: async (input) => await verify(deps, input),
    undo: async (input) => await undo(deps, input),
  };
}
