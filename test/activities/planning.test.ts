import { describe, expect, it } from 'vitest';
import type { ActivityDeps } from '../../activities/deps.ts';
import { planningActivities } from '../../activities/planning.ts';
import type { Receiver } from '../../activities/notify/notify.ts';
import type { PlannerInputs } from '../../planner/plan.ts';
import { estate } from '../helpers/estate-builder.ts';
import { playbook } from '../helpers/playbook-builder.ts';
import { runActivity } from '../helpers/activity-deps.ts';

/** What the planner is given by a worker with these receivers; the estate is empty, so nothing is read. */
async function inputsWith(receivers: readonly Partial<Receiver>[]): Promise<PlannerInputs> {
  const seen: PlannerInputs[] = [];
  const deps = { estate: { ...estate(), accounts: [], principals: [] }, allowedSigners: '', notify: { receivers } };
  const { compilePlan } = planningActivities(deps as unknown as ActivityDeps, (inputs) => {
    seen.push(inputs);
    return { kind: 'refused', refusals: [] };
  });
  await runActivity(compilePlan, {
    playbook: playbook({ stages: [{ name: 'cut-off', action: 'aws.ec2.isolate', on: { systems: ['desktops'] } }] }),
    parameters: {},
    except: [],
    narrow: [],
  });
  const [inputs] = seen;
  if (!inputs) throw new Error('nothing was planned');
  return inputs;
}

describe('planning on a worker', () => {
  it.each([
    [[], []],
    [[{ roles: ['platform'] }], ['platform']],
    [[{ roles: ['platform'] }, {}], 'all'],
  ] as const)('knows whom its own webhooks tell of gates: %j is %j', async (receivers, told) => {
    expect((await inputsWith(receivers)).rolesTold).toEqual(told);
  });
});
