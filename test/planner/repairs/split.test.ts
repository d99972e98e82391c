import { describe, expect, test } from 'vitest';
import type { Plan } from '../../../model/plan.ts';
import type { PlannerInputs } from '../../../planner/plan.ts';
import { compilePlan } from '../../../planner/plan.ts';
import { splitRepairs } from '../../../planner/repairs/split.ts';
import { estate, system } from '../../helpers/estate-builder.ts';
import { liveOf } from '../../helpers/live-builder.ts';
import { playbook } from '../../helpers/playbook-builder.ts';
import { attack, sha256 } from '../retail.ts';

function idsIn({ chunks }: Plan): readonly string[] {
  return Object.values(chunks).flatMap((chunk) => (chunk.kind === 'contain' ? chunk.targets.map(({ id }) => id) : []));
}

const zones = ['east', 'north', 'south', 'west'];
const role = 'aws.iam.role:retail/shared';
const own = estate({
  principals: [{ id: role }],
  systems: zones.flatMap((zone) =>
    [1, 2, 3].map((index) => system(`${zone}-${index}`, { zone, uses: index === 1 && zone < 'p' ? [role] : [] })),
  ),
});
const inputs: PlannerInputs = attack({
  estate: own,
  playbook: playbook({
    stages: [
      { name: 'credentials', action: 'aws.iam.contain', on: { principalsOf: '$compromised' } },
      { name: 'cut', action: 'aws.ec2.isolate', on: { systems: '$compromised' } },
    ],
  }),
  parameters: { compromised: own.systems.map(({ name }) => name) },
  live: liveOf(own),
});
const limit = (most: number) => ({ fits: (plan: Plan) => idsIn(plan).length <= most, hash: sha256 });

describe('a plan that is too large', () => {
  test('is split into as few incidents as fit, zones whole, and nothing is lost or done twice', () => {
    const [repair, ...others] = splitRepairs(inputs, limit(7));
    expect(others).toEqual([]);
    expect(repair).toMatchObject({ kind: 'split', words: 'split in 2, one incident each: east, north; south, west' });
    const plans = (repair?.playbooks ?? []).map((part) => compilePlan({ ...inputs, playbook: part }, sha256));
    const ids = plans.flatMap((answer) => (answer.kind === 'plan' ? idsIn(answer.plan) : ['refused']));
    const whole = compilePlan(inputs, sha256);
    expect(ids.toSorted()).toEqual(whole.kind === 'plan' ? idsIn(whole.plan).toSorted() : []);
  });

  test('keeps together what shares a target, in whatever number of parts', () => {
    const [repair] = splitRepairs(inputs, limit(4));
    const parts = (repair?.playbooks ?? []).map((part) => {
      const answer = compilePlan({ ...inputs, playbook: part }, sha256);
      return answer.kind === 'plan' ? idsIn(answer.plan) : [];
    });
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.find((ids) => ids.includes(role))).toEqual(expect.arrayContaining(['i-east-1-1', 'i-north-1-1']));
  });

  test('stays whole where no part would fit', () => {
    expect(splitRepairs(inputs, limit(0))).toEqual([]);
  });
});
