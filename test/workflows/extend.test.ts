import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { extensionGate } from '../../model/extension.ts';
import type { Telling } from '../../model/notification.ts';
import type { Bench } from '../helpers/incident-harness.ts';
import { fakeWorld, openBench } from '../helpers/incident-harness.ts';
import { clockPlan } from './clock-plans.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(async () => await bench?.stop());

const [ada, bo, cy, dee] = ['ada', 'bo', 'cy', 'dee'].map((name) => `${name}@example.org`) as [
  string,
  string,
  string,
  string,
];
const hourMs = 3_600_000;
const until = (hours: number): string => extensionGate({ tier: 'logistics', releaseByMs: hours * hourMs });

/** The roster of the bench, with two more people for breaking glass. */
function withGlass(): Bench['people']['roster'] {
  const { roster } = bench.people;
  const people = roster.people.map((each) =>
    [ada, cy, dee].includes(each.id) ? { ...each, roles: [...each.roles, 'break-glass'] } : each,
  );
  return { ...roster, people };
}

describe('clocks of a running incident', () => {
  test('people are warned at half, at three quarters and at the end; nothing is released by itself', async () => {
    const plan = clockPlan(bench.people.roster, { after: 'PT7S', releaseBy: 'PT6S' });
    const told: Telling[] = [];
    const world = fakeWorld({
      notify: async ({ tellings }) => {
        told.push(...tellings.map(({ telling }) => telling));
        return await Promise.resolve({ untold: [] });
      },
    });
    await bench.run({ plan, world }, async (incident) => {
      const warnings = (lines: readonly { what: string; detail: string }[]): readonly string[] =>
        lines.filter(({ what }) => what === 'clock').map(({ detail }) => detail.replace(/;.*/, ''));
      const status = await incident.until(({ timeline }) => warnings(timeline).length >= 6);
      expect(status.phase).toBe('contained');
      expect(warnings(status.timeline).toSorted()).toEqual([
        'service tills: half of its time is gone',
        'service tills: its time is up',
        'service tills: three quarters of its time are gone',
        'tier logistics: half of its time is gone',
        'tier logistics: its time is up',
        'tier logistics: three quarters of its time are gone',
      ]);
      expect(status.clocks).toContainEqual(expect.objectContaining({ kind: 'tier', name: 'logistics', warned: 1 }));
      const clocks = told.flatMap((one) => ('ends' in one ? [`${one.kind} ${one.ends}`] : []));
      const ends = status.clocks?.find(({ kind }) => kind === 'tier')?.endsAt ?? '';
      for (const kind of ['clock-half', 'clock-three-quarters', 'clock-ended'])
        expect(clocks).toContain(`${kind} ${ends}`);
      expect(clocks).toHaveLength(6);
    });
  });

  test('the guard holds a wave with which a floor would fall before an extended tier is due back', async () => {
    const world = fakeWorld();
    const plan = clockPlan(bench.people.roster, { after: 'P2D', releaseBy: 'PT40H', isGated: true });
    await bench.run({ plan, world }, async (incident) => {
      await incident.phase('waiting');
      for (const by of [cy, bo]) await incident.say({ verb: 'extend', gate: until(60), by });
      await incident.say({ verb: 'approve', gate: 'cut-off', by: bo });
      const held = await incident.phase('holding');
      expect(held.hold?.detail).toMatch(
        /^FD-210 cut-off, wave 1 would take tills \(\S+Z shelves empty\) below its floor$/,
      );
      expect(world.journal).toEqual([]);
    });
  });

  test('extend moves the tier: signed by its authority, never sooner, and never for a tier that is not there', async () => {
    const plan = clockPlan(bench.people.roster, { after: 'P2D', releaseBy: 'PT40H' });
    await bench.run({ plan, world: fakeWorld() }, async (incident) => {
      await incident.phase('contained');
      expect(await incident.say({ verb: 'extend', gate: until(30), by: cy })).toMatchObject({ reason: 'not-now' });
      expect(await incident.say({ verb: 'extend', gate: 'restore/nowhere/PT50H', by: cy })).toMatchObject({
        reason: 'not-now',
      });
      expect(await incident.say({ verb: 'extend', gate: until(44), by: cy })).toMatchObject({ verdict: 'accepted' });
      const tier = ({ clocks }: Awaited<ReturnType<typeof incident.status>>) =>
        clocks.find(({ kind }) => kind === 'tier');
      const hours = (status: Awaited<ReturnType<typeof incident.status>>): number =>
        (Date.parse(tier(status)?.endsAt ?? '') - Date.parse(status.startedAt)) / hourMs;
      expect(hours(await incident.status())).toBe(40);
      expect(await incident.say({ verb: 'extend', gate: until(44), by: bo })).toMatchObject({ verdict: 'accepted' });
      expect(hours(await incident.until((status) => hours(status) !== 40))).toBe(44);
    });
  });

  test('an extension with which a floor would fall is a breaking of glass: two of that role, not the starter', async () => {
    const plan = clockPlan(withGlass(), { after: 'P2D', releaseBy: 'PT40H' });
    await bench.run({ plan, world: fakeWorld() }, async (incident) => {
      await incident.phase('contained');
      expect(await incident.say({ verb: 'extend', gate: until(60), by: bo })).toMatchObject({ reason: 'not-in-role' });
      expect(await incident.say({ verb: 'extend', gate: until(60), by: ada })).toMatchObject({
        reason: 'starter-cannot-approve',
      });
      await incident.say({ verb: 'extend', gate: until(60), by: cy });
      await incident.say({ verb: 'extend', gate: until(60), by: dee });
      const status = await incident.until(({ clocks }) =>
        clocks.some(
          ({ kind, beganAt, endsAt }) => kind === 'tier' && Date.parse(endsAt) - Date.parse(beganAt) === 60 * hourMs,
        ),
      );
      expect(status.decisions.filter(({ verdict }) => verdict === 'accepted')).toHaveLength(2);
    });
  });
});
