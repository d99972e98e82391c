import { expect, test } from 'vitest';
import type { Contained, Failing } from '../../model/continuity.ts';
import type { Slice } from '../../model/plan.ts';
import { nothingContained } from '../../planner/contained.ts';
import { weighWave } from '../../planner/guard.ts';

const sites = Array.from({ length: 10 }, (_, index) => `site-${index}`);

function slice(isProtected = true): Slice {
  const service = (name: string, needs: string): Slice['services'][number] => ({
    name,
    protected: isProtected,
    floor: [{ mode: 'degraded', share: 0.8 }],
    modes: [
      { mode: 'normal', needs },
      { mode: 'degraded', needs: 'spare' },
    ],
    classes: [{ weight: 1, sites }],
  });
  const system = (name: string): Slice['systems'][number] => ({ name, uses: [], hosts: [`i-${name}`], capacity: 1 });
  return {
    systems: ['gate', 'spare', 'phones'].map(system),
    services: [service('tills', 'gate'), service('calls', 'phones')],
  };
}

function hosts(...ids: readonly string[]): Contained {
  return { hosts: new Set(ids), principals: new Set() };
}

function failing(service: string, count: number): Failing {
  return [{ service, mode: 'degraded', sites: sites.slice(0, count) }];
}

test('a wave that leaves every floor standing is allowed, and says what it makes worse', () => {
  const verdict = weighWave({ slice: slice(), contained: nothingContained, wave: hosts('i-gate'), failing: [] });
  expect(verdict).toMatchObject({ allowed: true, worsened: ['tills'], breached: [] });
  expect(verdict.standings.map(({ service }) => service)).toEqual(['tills', 'calls']);
});

test('two waves that are each safe alone are not allowed together', () => {
  const wave = hosts('i-spare');
  expect(weighWave({ slice: slice(), contained: nothingContained, wave, failing: [] }).allowed).toBe(true);
  expect(weighWave({ slice: slice(), contained: hosts('i-gate'), wave, failing: [] })).toMatchObject({
    allowed: false,
    worsened: ['tills'],
    breached: ['tills'],
  });
});

test('probes count for what the wave makes worse: two failing sites of ten keep 80%, three do not', () => {
  const question = { slice: slice(), contained: nothingContained, wave: hosts('i-gate') };
  expect(weighWave({ ...question, failing: failing('tills', 2) }).allowed).toBe(true);
  expect(weighWave({ ...question, failing: failing('tills', 3) })).toMatchObject({
    allowed: false,
    breached: ['tills'],
  });
});

test('a service already below its floor never blocks a wave that leaves it as it is', () => {
  const question = { slice: slice(), contained: nothingContained, wave: hosts('i-gate') };
  const verdict = weighWave({ ...question, failing: failing('calls', 10) });
  expect(verdict).toMatchObject({ allowed: true, worsened: ['tills'] });
  expect(verdict.standings[1]?.floor?.holds).toBe(false);
});

test('a service that is down in the model is not made worse by more', () => {
  const contained = hosts('i-gate', 'i-spare');
  expect(weighWave({ slice: slice(), contained, wave: hosts('i-gate'), failing: [] })).toMatchObject({
    allowed: true,
    worsened: [],
  });
});

test('only protected services block', () => {
  const question = { contained: hosts('i-gate'), wave: hosts('i-spare'), failing: [] };
  expect(weighWave({ ...question, slice: slice(false) })).toMatchObject({ allowed: true, worsened: ['tills'] });
});
