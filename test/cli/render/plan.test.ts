import { describe, expect, it } from 'vitest';
import { renderPlan } from '../../../cli/render/plan.ts';
import type { Unknowns } from '../../../model/plan.ts';
import { samplePlan } from '../incident/sample-plan.ts';

const plan = samplePlan({ people: [], allowedSigners: '', authority: {} });

/** Lines of the plan that say who can be told of gates. */
function toldLines(untoldGates: Unknowns['untoldGates'], change = plan): readonly string[] {
  const unknowns = { ...change.unknowns, ...(untoldGates && { untoldGates }) };
  const lines = renderPlan(
    { plan: { ...change, unknowns } },
    { isTTY: false, columns: undefined, write: () => undefined },
    { startBy: '', after: () => '', earlier: () => '' },
  );
  return lines.filter((line) => line.includes('told')).map((line) => line.trim());
}

describe('what a plan says of telling people', () => {
  it('names each gate and the roles that nobody reaches', () => {
    const gates = [
      { gate: 'cut-off', roles: ['ir-lead', 'platform'] },
      { gate: 'restore/identity', roles: ['ir-lead'] },
    ];
    expect(toldLines(gates)).toEqual([
      'not known   gates nobody can be told of: cut-off (ir-lead and platform) and restore/identity (ir-lead)',
    ]);
  });

  it('is nothing where everybody is told, or where there are no gates', () => {
    expect(toldLines([])).toEqual([]);
    const without = samplePlan(plan.header.roster, (header) => ({ ...header, stages: [], tiers: [] }));
    expect(toldLines(undefined, without)).toEqual([]);
  });

  it('is that only workers know, in a plan from files alone', () => {
    expect(toldLines(undefined)).toEqual(['not known   whether anybody is told of gates: only workers know']);
  });
});

describe('what a plan says of what the estate does not know', () => {
  const lines = (unknowns: Partial<Unknowns>): readonly string[] => {
    const shown = { ...plan, unknowns: { ...plan.unknowns, untoldGates: [], ...unknowns } };
    const sink = { isTTY: false, columns: undefined, write: () => undefined };
    const times = { startBy: '', after: () => '', earlier: () => '' };
    const all = renderPlan({ plan: shown }, sink, times).map((line) => line.trim());
    const from = all.findIndex((line) => line.startsWith('not known'));
    return from === -1 ? [] : all.slice(from).map((line) => line.replace(/^not known +/, ''));
  };

  it('names roles that it does not list, and where', () => {
    const role = 'aws.iam.role:retail/fleet';
    expect(
      lines({
        unlistedRoles: [
          { role, isPrincipal: true, hosts: 2_000, systems: ['till-gateway'] },
          { role, isPrincipal: false, hosts: 1, systems: [] },
        ],
      }),
    ).toEqual([
      'role fleet, which 2,000 hosts of till-gateway run with: not under uses there',
      'role fleet, which 1 host runs with: not among the principals',
    ]);
  });

  it('names a few hosts that are claimed twice, and how many more', () => {
    const claimedTwice = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id: `i-${id}`, systems: ['one', 'two'] }));
    expect(lines({ claimedTwice })).toEqual([
      'i-a is claimed by one and two',
      'i-b is claimed by one and two',
      'i-c is claimed by one and two',
      'and 2 more like it',
    ]);
  });

  it('is nothing where it knows all', () => {
    expect(lines({})).toEqual([]);
  });
});
