import { describe, expect, it } from 'vitest';
import type { ActivityDeps } from '../../activities/deps.ts';
import { questionActivities } from '../../activities/questions.ts';
import { runActivity } from '../helpers/activity-deps.ts';
import { estate, system } from '../helpers/estate-builder.ts';

/** A worker whose estate has systems and whose accounts hold nothing: all reads come back empty. */
const own = {
  ...estate({ systems: [system('vdi', { reaches: ['data'] }), system('data', { keepSafe: true })] }),
  accounts: [],
};
const place = { file: 'estate.yaml', line: 1, column: 1 };
const deps = { estate: own, allowedSigners: '', locate: () => place } as unknown as ActivityDeps;
const request = { compromised: ['vdi'], suspected: [], releaseBy: 'P3D' };

describe('advice on a worker', () => {
  it('goes by what live reads show: what has no host can be no cut', async () => {
    const answer = await runActivity(questionActivities(deps).advise, request);
    const because = { kind: 'open-way', way: ['vdi', 'data'] };
    expect(answer).toMatchObject({ kind: 'advice', advice: { kind: 'no-cut', keepSafe: ['data'], because } });
  });

  it("refuses names that the workers' estate does not have", async () => {
    const answer = await runActivity(questionActivities(deps).advise, { ...request, compromised: ['vdu'] });
    expect(answer).toMatchObject({ kind: 'refused', refusals: [{ code: 'FD-102' }] });
  });
});

describe('a radius on a worker', () => {
  it("goes by the workers' estate", async () => {
    const answer = await runActivity(questionActivities(deps).radius, { from: ['vdi'] });
    expect(answer).toMatchObject({
      kind: 'radius',
      radius: { reached: [{ id: 'vdi' }, { id: 'data', keepSafe: 'marked' }] },
    });
  });
});
