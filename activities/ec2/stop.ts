import type { EC2Client, Instance } from '@aws-sdk/client-ec2';
import { CreateTagsCommand, DeleteTagsCommand, StartInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { z } from 'zod';
import type { InstanceTarget } from '../../model/plan.ts';
import type { ActionActivities, ApplyInput, Capture, StepResult, TargetOutcome, UndoInput } from '../../model/step.ts';
import { originOf } from '../../model/step.ts';
import type { ActivityDeps } from '../deps.ts';
import { attempting, inBatches, instancesById, stateOf } from '../live/instances.ts';
import { requireWarrantToContain, requireWarrantToRelease } from '../proof/warrant.ts';
import type { Judged } from './capture.ts';
import { captureHosts, captureOf } from './capture.ts';
import type { PowerChange } from './power.ts';
import { withReads } from './poll.ts';
import { changePower, powerBatch, untilState } from './power.ts';
import { stoppedTag } from './tags.ts';

const stopState = z.strictObject({ state: z.string() });

function stateBefore(captures: readonly Capture[], target: string): string | undefined {
  const found = captures.find((capture) => capture.target === target);
  return found && stopState.parse(found.state).state;
}

function isStopped(instance: Instance): boolean {
  return ['stopped', 'stopping'].includes(stateOf(instance));
}

function stoppedBy(instance: Instance): string | undefined {
  return instance.Tags?.find(({ Key }) => Key === stoppedTag)?.Value;
}

/** Where a state in transition is going: a host that was starting when it was signed is running by now, and unchanged. */
function settled(state: string): string {
  if (state === 'pending') return 'running';
  return state === 'stopping' ? 'stopped' : state;
}

/**
 * The captured state is the signed one; a host stopped since counts as unchanged only when our own tag is on it. One that
 * another incident stopped was contained by it.
 */
function judge(incident: string, target: InstanceTarget, instance: Instance): Judged {
  const by = isStopped(instance) ? stoppedBy(instance) : undefined;
  if (by !== undefined && by !== incident) return { containedBy: by };
  const state = settled(target.before.state);
  const isSame = settled(stateOf(instance)) === state;
  const isOurWork = isStopped(instance) && stoppedBy(instance) === incident;
  if (isSame || isOurWork) return { state: { state } };
  return { changed: `it is ${stateOf(instance)}; signed for ${state}` };
}

/** Hosts by the incident whose tag they bear, or are to bear. */
function byOrigin(captures: readonly Capture[], hosts: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const capture of captures) {
    if (!hosts.includes(capture.target)) continue;
    const origin = originOf(capture);
    found.set(origin, [...(found.get(origin) ?? []), capture.target]);
  }
  return found;
}

/** The tag comes first: without it a stop that was cut short could not be told from somebody else's. */
function stopping(ec2: EC2Client, captures: readonly Capture[]): PowerChange {
  return {
    ec2,
    call: async (ids) => {
      for (const [origin, hosts] of byOrigin(captures, ids)) {
        await ec2.send(new CreateTagsCommand({ Resources: [...hosts], Tags: [{ Key: stoppedTag, Value: origin }] }));
      }
      await ec2.send(new StopInstancesCommand({ InstanceIds: [...ids] }));
    },
    settle: (target, instance) => {
      const captured = captureOf(captures, target);
      if ('status' in captured) return captured;
      return isStopped(instance) ? { target, status: 'done' } : undefined;
    },
  };
}

/** Starts what ran before and what we stopped; anything else is as it was, or is somebody else's work. */
function startingAgain(ec2: EC2Client, input: UndoInput): PowerChange {
  return {
    ec2,
    call: async (ids) => {
      await ec2.send(new StartInstancesCommand({ InstanceIds: [...ids] }));
    },
    settle: (target, instance) => {
      if (stateBefore(input.captures, target) !== 'running' || !isStopped(instance)) return { target, status: 'done' };
      if (byOrigin(input.captures, [target]).has(stoppedBy(instance) ?? '')) return undefined;
      const detail = `it was running, and is ${stateOf(instance)}, but not by us; left alone`;
      return { target, status: 'changed', detail };
    },
  };
}

async function removeTags(ec2: EC2Client, captures: readonly Capture[], targets: readonly string[]): Promise<void> {
  const instances = await instancesById(ec2, targets);
  for (const [origin, hosts] of byOrigin(captures, targets)) {
    const tagged = hosts.filter((host) => {
      const instance = instances.get(host);
      return instance !== undefined && stoppedBy(instance) === origin;
    });
    for (const batch of inBatches(tagged, powerBatch)) {
      await ec2.send(new DeleteTagsCommand({ Resources: [...batch], Tags: [{ Key: stoppedTag, Value: origin }] }));
    }
  }
}

async function apply(deps: ActivityDeps, input: ApplyInput): Promise<StepResult> {
  await requireWarrantToContain(input, deps);
  const { ec2 } = deps.aws(input.account);
  // An instance that is still starting can't be stopped.
  await untilState(ec2, input.targets, ['running', 'stopping', 'stopped']);
  return await changePower(input.targets, stopping(ec2, input.captures));
}

/** Running again means that a read shows it, for those that ran before. */
async function untilRunning(ec2: EC2Client, input: UndoInput, started: StepResult): Promise<StepResult> {
  const isRunner = ({ target, status }: TargetOutcome): boolean =>
    status === 'done' && stateBefore(input.captures, target) === 'running';
  const runners = started.outcomes.filter(isRunner).map(({ target }) => target);
  return withReads(started, await untilState(ec2, runners, ['running']));
}

async function undo(deps: ActivityDeps, input: UndoInput): Promise<StepResult> {
  await requireWarrantToRelease(input, deps);
  const { ec2 } = deps.aws(input.account);
  const targets = input.captures.map(({ target }) => target);
  // An instance that is still stopping can't be started.
  await untilState(ec2, targets, ['pending', 'running', 'stopped']);
  const started = await changePower(targets, startingAgain(ec2, input));
  const result = await untilRunning(ec2, input, started);
  const done = result.outcomes.filter(({ status }) => status === 'done').map(({ target }) => target);
  await attempting('removing tags', async () => await removeTags(ec2, input.captures, done));
  return result;
}

/** What `aws.ec2.stop` does; what it is stands in `model/actions/ec2/stop.ts`. */
export function stopActivities(deps: ActivityDeps): ActionActivities {
  return {
    capture: async (input) => {
      return await captureHosts(deps, input, (target, instance) => judge(input.warrant.incident, target, instance));
    },
    apply: async (input) => await apply(deps, input),
    verify: async (input) => await untilState(deps.aws(input.account).ec2, input.targets, ['stopped']),
    undo: async (input) => await undo(deps, input),
  };
}
