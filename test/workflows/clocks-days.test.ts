import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Bench, FakeWorld } from '../helpers/incident-harness.ts';
import { fakeWorld, openBench } from '../helpers/incident-harness.ts';
import type { SkippingServer } from '../helpers/time-skipping.ts';
import { startSkippingServer } from '../helpers/time-skipping.ts';
import { clockPlan } from './clock-plans.ts';

let server: SkippingServer;
let bench: Bench;
beforeAll(async () => {
  server = await startSkippingServer();
  bench = await openBench(async () => await Promise.resolve(server));
});
afterAll(async () => await bench?.stop());

const hourMs = 3_600_000;

test('over two days people are warned on time, nothing is released by itself, and a release ends the clocks', async () => {
  const plan = clockPlan(bench.people.roster, { after: 'P2D', releaseBy: 'PT40H' });
  const { namespace } = bench.server;
  const planning: FakeWorld['planning'] = (planned) => ({
    kind: 'plan',
    plan: planned,
    seal: 'sealed',
    namespace,
    differences: [],
  });
  await bench.run({ plan, world: fakeWorld({ planning }) }, async (incident) => {
    const { startedAt } = await incident.phase('contained');
    const warnings = async (): Promise<readonly string[]> => {
      const { timeline } = await incident.status();
      const told = timeline.filter(({ what }) => what === 'clock');
      const hours = (at: string): number => Math.round((Date.parse(at) - Date.parse(startedAt)) / hourMs);
      return told.map(({ at, detail }) => `${hours(at)} h: ${detail.replace(/;.*/, '')}`);
    };
    await server.sleep(19 * hourMs);
    expect(await warnings()).toEqual([]);
    await server.sleep(12 * hourMs);
    expect(await warnings()).toEqual([
      '20 h: tier logistics: half of its time is gone',
      '24 h: service tills: half of its time is gone',
      '30 h: tier logistics: three quarters of its time are gone',
    ]);
    await server.sleep(11 * hourMs);
    expect((await warnings()).slice(3)).toEqual([
      '36 h: service tills: three quarters of its time are gone',
      '40 h: tier logistics: its time is up',
    ]);
    expect((await incident.status()).phase).toBe('contained');
    const nowMs = await server.nowMs();
    const times = { issued: new Date(nowMs).toISOString(), expires: new Date(nowMs + hourMs).toISOString() };
    expect(await incident.say({ verb: 'release', by: 'ada@example.org', ...times })).toMatchObject({
      verdict: 'accepted',
    });
    await server.sleep(hourMs / 6);
    expect(await incident.phase('closed')).toMatchObject({ exceptions: [] });
    expect(await warnings()).toHaveLength(5);
  });
});
