import { expect, test } from 'vitest';
import type { Contained } from '../../model/continuity.ts';
import type { Need } from '../../model/modes.ts';
import type { Slice } from '../../model/plan.ts';
import { assess, continuityOf } from '../../planner/continuity.ts';
import { forecastOf } from '../../planner/shares.ts';

type SystemParts = Partial<Omit<Slice['systems'][number], 'needs'>> & { readonly needs?: Need };

function system(name: string, parts: SystemParts = {}): Slice['systems'][number] {
  return { name, uses: [], hosts: [`i-${name}`], capacity: 1, ...parts };
}

function service(parts: Partial<Slice['services'][number]> = {}): Slice['services'][number] {
  return {
    name: 'tills',
    protected: true,
    floor: [],
    modes: [{ mode: 'normal' }],
    classes: [{ weight: 1, sites: ['a', 'b', 'c', 'd'] }],
    ...parts,
  };
}

function contained(hosts: readonly string[] = [], principals: readonly string[] = []): Contained {
  return { hosts: new Set(hosts), principals: new Set(principals) };
}

function upWith(systems: Slice['systems'], ...hosts: readonly string[]): readonly string[] {
  return [...continuityOf({ systems, services: [] }).systemsUp(contained(hosts))];
}

test('a system is up while its capacity of hosts is outside C', () => {
  const farm = system('farm', { hosts: ['i-1', 'i-2', 'i-3'], capacity: 2 });
  expect(upWith([farm], 'i-1')).toEqual(['farm']);
  expect(upWith([farm], 'i-1', 'i-3')).toEqual([]);
  expect(upWith([farm], 'i-elsewhere')).toEqual(['farm']);
});

test('a system is down while a principal it uses is in C', () => {
  const sync = system('sync', { uses: ['aws.iam.user:retail/sync'] });
  const { systemsUp } = continuityOf({ systems: [sync], services: [] });
  expect([...systemsUp(contained([], ['aws.iam.user:retail/other']))]).toEqual(['sync']);
  expect([...systemsUp(contained([], ['aws.iam.user:retail/sync']))]).toEqual([]);
});

test('atLeast holds while k hold, counts a name as often as it stands, and never holds when it asks for too many', () => {
  const parts = [system('a'), system('b'), system('c')];
  const with2 = system('x', { needs: { atLeast: 2, of: ['a', 'b', 'c'] } });
  expect(upWith([...parts, with2], 'i-a')).toContain('x');
  expect(upWith([...parts, with2], 'i-a', 'i-b')).not.toContain('x');
  const twice = system('x', { needs: { atLeast: 2, of: ['a', 'a', 'b'] } });
  expect(upWith([...parts, twice], 'i-b')).toContain('x');
  expect(upWith([...parts, twice], 'i-a')).not.toContain('x');
  expect(upWith([...parts, system('x', { needs: { atLeast: 4, of: ['a', 'b', 'c'] } })])).not.toContain('x');
});

test('a need for a system that is not there does not hold', () => {
  expect(upWith([system('x', { needs: 'nowhere' })])).toEqual([]);
});

test('a cycle falls only from outside', () => {
  const cycle = [system('directory', { needs: 'dns' }), system('dns', { needs: { all: ['directory', 'power'] } })];
  expect(upWith([...cycle, system('power')])).toEqual(['directory', 'dns', 'power']);
  expect(upWith([...cycle, system('power')], 'i-power')).toEqual([]);
});

test('a fall travels a chain of a hundred thousand systems', () => {
  const systems = Array.from({ length: 100_000 }, (_, index) =>
    system(`s${index}`, index === 0 ? {} : { needs: `s${index - 1}` }),
  );
  expect(upWith(systems)).toHaveLength(100_000);
  expect(upWith(systems, 'i-s0')).toHaveLength(0);
});

const fallback: Slice['services'][number]['modes'] = [
  { mode: 'normal', needs: 'link' },
  { mode: 'degraded', needs: 'spare' },
  { mode: 'manual' },
];

test('sites are in the best mode whose needs hold', () => {
  const slice = { systems: [system('link'), system('spare')], services: [service({ modes: fallback })] };
  const mode = (...hosts: readonly string[]): unknown =>
    assess(slice, { contained: contained(hosts), failing: [] }).map(forecastOf)[0];
  expect(mode()).toEqual({ mode: 'normal', share: 1 });
  expect(mode('i-link')).toEqual({ mode: 'degraded', share: 1 });
  expect(mode('i-link', 'i-spare')).toEqual({ mode: 'manual', share: 1 });
  const strict = { ...slice, services: [service({ modes: fallback.slice(0, 1) })] };
  expect(assess(strict, { contained: contained(['i-link']), failing: [] }).map(forecastOf)).toEqual([
    { mode: 'down', share: 0 },
  ]);
});

test('a failing probe takes its mode and every better one from its site, and leaves worse ones', () => {
  const slice = { systems: [system('link'), system('spare')], services: [service({ modes: fallback })] };
  const failing = [
    { service: 'tills', mode: 'normal' as const, sites: ['a'] },
    { service: 'tills', mode: 'degraded' as const, sites: ['a', 'b'] },
    { service: 'tills', mode: 'manual' as const, sites: ['c', 'unknown'] },
    { service: 'other', mode: 'manual' as const, sites: ['d'] },
  ];
  expect(assess(slice, { contained: contained(), failing })[0]?.shares).toEqual({
    normal: 0.25,
    degraded: 0,
    manual: 0.5,
    down: 0.25,
  });
});

test('shares go by weight, and three thirds are one', () => {
  const modes = fallback;
  const classes = [
    { weight: 3, sites: ['a'] },
    { weight: 0.5, sites: ['b', 'c'] },
  ];
  const floor = [{ mode: 'manual' as const, share: 1 }];
  const slice = { systems: [system('link'), system('spare')], services: [service({ modes, classes, floor })] };
  const [one] = assess(slice, {
    contained: contained(),
    failing: [{ service: 'tills', mode: 'normal', sites: ['a'] }],
  });
  expect(one?.shares).toMatchObject({ normal: 0.25, degraded: 0.75 });
  const thirds = { ...slice, services: [service({ modes, floor, classes: [{ weight: 1, sites: ['a', 'b', 'c'] }] })] };
  const failing = [
    { service: 'tills', mode: 'normal' as const, sites: ['a'] },
    { service: 'tills', mode: 'degraded' as const, sites: ['b'] },
  ];
  expect(assess(thirds, { contained: contained(), failing })[0]?.floor).toEqual({
    ...floor[0],
    actual: 1,
    holds: true,
  });
});

test('the floor shown is the one with the least margin, and holds at exactly its share', () => {
  const floor = [
    { mode: 'manual' as const, share: 1 },
    { mode: 'normal' as const, share: 0.75 },
  ];
  const slice = { systems: [], services: [service({ modes: [{ mode: 'normal' }, { mode: 'manual' }], floor })] };
  const failingAt = (...sites: string[]): unknown =>
    assess(slice, { contained: contained(), failing: [{ service: 'tills', mode: 'normal', sites }] })[0]?.floor;
  expect(failingAt()).toEqual({ mode: 'manual', share: 1, actual: 1, holds: true });
  expect(failingAt('a')).toEqual({ mode: 'manual', share: 1, actual: 1, holds: true });
  expect(failingAt('a', 'b')).toEqual({ mode: 'normal', share: 0.75, actual: 0.5, holds: false });
});

test('a service without sites stands as one site would', () => {
  const slice = { systems: [], services: [service({ classes: [] })] };
  expect(assess(slice, { contained: contained(), failing: [] })[0]?.shares.normal).toBe(1);
});

test('a forecast names the worst mode still served, and the share in it or better', () => {
  expect(forecastOf({ shares: { normal: 0.5, degraded: 0.25, manual: 0, down: 0.25 } })).toEqual({
    mode: 'degraded',
    share: 0.75,
  });
  expect(forecastOf({ shares: { normal: 0, degraded: 0, manual: 0, down: 1 } })).toEqual({ mode: 'down', share: 0 });
});
