import type { EC2Client } from '@aws-sdk/client-ec2';
import { StartInstancesCommand } from '@aws-sdk/client-ec2';
import type { ActionActivities, ApplyInput, Capture, StepResult } from '../../model/step.ts';
import type { ActivityDeps } from '../deps.ts';
import { stateOf } from '../live/instances.ts';
import { requireWarrantToContain } from '../proof/warrant.ts';
import { captureHosts, captureOf } from './capture.ts';
import { keepAll } from './kept.ts';
import type { PowerChange } from './power.ts';
import { changePower, untilState } from './power.ts';

function starting(ec2: EC2Client, captures: readonly Capture[]): PowerChange {
  return {
    ec2,
    call: async (ids) => {
      await ec2.send(new StartInstancesCommand({ InstanceIds: [...ids] }));
    },
    settle: (target, instance) => {
      const captured = captureOf(captures, target);
      if ('status' in captured) return captured;
      return ['running', 'pending'].includes(stateOf(instance)) ? { target, status: 'done' } : undefined;
    },
  };
}

async function apply(deps: ActivityDeps, input: ApplyInput): Promise<StepResult> {
  await requireWarrantToContain(input, deps);
  const { ec2 } = deps.aws(input.account);
  // An instance that is still stopping can't be started.
  await untilState(ec2, input.targets, ['pending', 'running', 'stopped']);
  return await changePower(input.targets, starting(ec2, input.captures));
}

/**
 * What `aws.ec2.start` does; what it is stands in `model/actions/ec2/start.ts`. A host that somebody else has started
 * meanwhile is not changed but done: nothing is ever given back, so nothing of theirs is overwritten.
 */
export function startActivities(deps: ActivityDeps): ActionActivities {
  return {
    capture: async (input) => {
      return await captureHosts(deps, input, (target) => ({ state: { state: target.before.state } }));
    },
    apply: async (input) => await apply(deps, input),
    verify: async (input) => await untilState(deps.aws(input.account).ec2, input.targets, ['running']),
    undo: async (input) => await keepAll(deps, input, 'it stays running'),
  };
}
