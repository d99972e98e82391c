import { describe, expect, it } from 'vitest';
import { plan as planSchema } from '../../model/plan.ts';
import { compilePlan } from '../../planner/plan.ts';
import type { PlannerInputs } from '../../planner/plan.ts';
import { untoldGates } from '../../planner/told.ts';
import { liveOf } from '../helpers/live-builder.ts';
import { playbook } from '../helpers/playbook-builder.ts';
import { retail, sha256 } from './retail.ts';

const gate = (id: string, ...roles: readonly string[]) => ({
  id,
  quorum: Object.fromEntries(roles.map((role) => [role, 1])),
  attest: [],
});

describe('gates nobody can be told of', () => {
  const gates = [gate('cut-off', 'platform', 'ir-lead'), gate('restore/identity', 'ir-lead')];

  it.each([
    ['all', []],
    [['ir-lead', 'platform'], []],
    [['platform'], [{ gate: 'cut-off', roles: ['ir-lead'] }, { gate: 'restore/identity', roles: ['ir-lead'] }]], // prettier-ignore
    [[], [{ gate: 'cut-off', roles: ['ir-lead', 'platform'] }, { gate: 'restore/identity', roles: ['ir-lead'] }]], // prettier-ignore
  ] as const)('told %j: %j', (told, expected) => {
    expect(untoldGates(gates, told)).toEqual(expected);
  });
});

describe('a plan', () => {
  const own = retail(4);
  const inputs: PlannerInputs = {
    estate: own,
    playbook: playbook({
      stages: [
        {
          name: 'cut-off',
          action: 'aws.ec2.isolate',
          on: { systems: ['call-centre-vdi'] },
          approve: { quorum: { platform: 1 }, within: 'PT10M' },
        },
      ],
      restore: { tiers: [{ name: 'people', systems: ['call-centre-vdi'], approve: { quorum: { 'ir-lead': 1 } } }] },
    }),
    parameters: { compromised: ['call-centre-vdi'] },
    except: [],
    narrow: [],
    live: liveOf(own),
    allowedSigners: '',
  };
  const planned = (parts: Partial<PlannerInputs>) => {
    const answer = compilePlan({ ...inputs, ...parts }, sha256);
    if (answer.kind === 'refused') throw new Error(JSON.stringify(answer.refusals, null, 1));
    return planSchema.parse(answer.plan);
  };

  it('lists them for stages and tiers, outside what is signed', () => {
    const [all, lead, none] = [planned({ rolesTold: 'all' }), planned({ rolesTold: ['ir-lead'] }), planned({ rolesTold: [] })]; // prettier-ignore
    expect(all.unknowns.untoldGates).toEqual([]);
    expect(lead.unknowns.untoldGates).toEqual([{ gate: 'cut-off', roles: ['platform'] }]);
    expect(none.unknowns.untoldGates).toEqual([
      { gate: 'cut-off', roles: ['platform'] },
      { gate: 'restore/people', roles: ['ir-lead'] },
    ]);
    expect(new Set([all, lead, none].map((plan) => plan.digest)).size).toBe(1);
  });

  it('made without knowing says nothing of it', () => {
    expect(planned({}).unknowns).not.toHaveProperty('untoldGates');
  });
});
