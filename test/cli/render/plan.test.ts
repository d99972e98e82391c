import { describe, expect, it } from 'vitest';
import { renderPlan } from '../../../cli/render/plan.ts';
import type { Unknowns } from '../../../model/plan.ts';
import { samplePlan } from '../incident/sample-plan.ts';

const plan = samplePlan({ people: [], allowedSigners: '', authority: {} });

/** Lines of the plan that say who can be told of gates. */
function toldLines(untoldGates: Unknowns['untoldGates'], change = plan): readonly string[] {
  const unknowns = { ...change.unknowns, ...(untoldGates && { untoldGates }) };
  const lines = renderPlan(
    { ...change, unknowns },
    { isTTY: false, columns: undefined, write: () => undefined },
    { startBy: '', after: () => '' },
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
      'not known   gates nobody can be told of: cut-off (ir-lead and platform), restore/identity (ir-lead)',
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
