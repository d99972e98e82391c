import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bench } from '../helpers/incident-harness.ts';
import { fakeWorld, openBench } from '../helpers/incident-harness.ts';
import { plainPlaybook, planOf } from './plans.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(async () => await bench?.stop());

const [ada, bo] = ['ada@example.org', 'bo@example.org'];
const applied = (journal: readonly string[]): readonly string[] => journal.filter((line) => line.startsWith('apply'));
const everyHost = [1, 2, 3].map((host) => `apply i-desktops-${host}`);

describe('holding', () => {
  test('stops a running wave between two targets; resume does the rest, each target once', async () => {
    const world = fakeWorld({ applyMs: 1_500 });
    await bench.run({ plan: planOf(bench.people, plainPlaybook()), world }, async (incident) => {
      await incident.until(() => applied(world.journal).length === 1);
      await incident.say({ verb: 'hold', by: bo, reason: 'wait' });
      const held = await incident.phase('holding');
      expect(held.hold).toMatchObject({ cause: 'hold', detail: 'bo@example.org: wait' });
      const done = applied(world.journal).length;
      expect(done).toBeLessThan(3);
      expect(held.stages[0]?.waves[0]).toMatchObject({ state: 'held', verified: done });
      world.applyMs = 0;
      await incident.say({ verb: 'resume', by: ada });
      const contained = await incident.phase('contained');
      expect(applied(world.journal)).toEqual(everyHost);
      expect(world.journal.filter((line) => line.startsWith('capture'))).toHaveLength(3);
      expect(contained.stages[0]?.waves[0]).toMatchObject({ state: 'done', verified: 3 });
    });
  });

  test('AWS refuses midway: the wave stops, what was done is listed by target, and people choose', async () => {
    let refuses = true;
    const world = fakeWorld({
      outcome: (step, target) => (refuses && step === 'apply' && target === 'i-desktops-2' ? 'refused' : 'done'),
    });
    await bench.run({ plan: planOf(bench.people, plainPlaybook()), world }, async (incident) => {
      const held = await incident.phase('holding');
      expect(held.hold?.detail).toBe('FD-401 AWS refused at i-desktops-2; 1 done, 1 not reached');
      expect(held.exceptions.map(({ target, status }) => `${target} ${status}`)).toEqual([
        'i-desktops-2 refused',
        'i-desktops-3 not-reached',
      ]);
      refuses = false;
      await incident.say({ verb: 'resume', by: ada });
      expect((await incident.phase('contained')).exceptions).toEqual([]);
    });
  });

  test('an effect that no read shows holds; it is not called contained', async () => {
    const world = fakeWorld({
      outcome: (step, target) => (step === 'verify' && target.endsWith('3') ? 'failed' : 'done'),
    });
    await bench.run({ plan: planOf(bench.people, plainPlaybook()), world }, async (incident) => {
      const held = await incident.phase('holding');
      expect(held.hold).toMatchObject({ cause: 'unverified', detail: 'FD-402 not verified: i-desktops-3' });
      expect(held.stages[0]?.waves[0]?.verified).toBe(2);
      expect(await incident.say({ verb: 'release', by: ada })).toMatchObject({ verdict: 'accepted' });
      await incident.result();
      expect(world.journal.filter((line) => line.startsWith('undo'))).toHaveLength(3);
    });
  });

  test('a target that vanished is reported, not fatal', async () => {
    const world = fakeWorld({
      outcome: (step, target) => (step === 'capture' && target.endsWith('1') ? 'gone' : 'done'),
    });
    await bench.run({ plan: planOf(bench.people, plainPlaybook()), world }, async (incident) => {
      const contained = await incident.phase('contained');
      expect(contained.exceptions).toMatchObject([{ target: 'i-desktops-1', status: 'gone', stage: 'cut-off' }]);
      expect(applied(world.journal)).toEqual(everyHost.slice(1));
      await incident.say({ verb: 'release', by: ada });
      expect(await incident.result()).toMatchObject({ exceptions: [{ target: 'i-desktops-1' }] });
    });
  });
});

describe('the guard, on the facts of the moment', () => {
  const isolateOneGateway = () => planOf(bench.people, plainPlaybook({ size: 1 }), ['desktops']);

  test('a service already below its floor does not block a wave that does not touch it', async () => {
    const world = fakeWorld({ failing: () => [{ service: 'tills', mode: 'normal', sites: ['tills-1', 'tills-2'] }] });
    await bench.run({ plan: isolateOneGateway(), world }, async (incident) => {
      const contained = await incident.phase('contained');
      expect(contained.standings.find((one) => one.service === 'tills')?.floor?.holds).toBe(false);
      await incident.handle.terminate();
    });
  });

  test('a wave that would break a floor with a host already down is held before any call', async () => {
    const plan = planOf(bench.people, plainPlaybook(), ['desktops']);
    const [digest, chunk] = Object.entries(plan.chunks).find(([, one]) => one.kind === 'contain') ?? [];
    if (digest === undefined || chunk?.kind !== 'contain') throw new Error('no chunk');
    const gateway = {
      ...chunk,
      targets: chunk.targets.map((target) => ({ ...target, id: 'i-gateway-1' })).slice(0, 1),
    };
    let down: readonly string[] = ['i-gateway-2'];
    const world = fakeWorld({ down: () => down });
    await bench.run(
      { plan: { ...plan, chunks: { ...plan.chunks, [digest]: gateway as typeof chunk } }, world },
      async (incident) => {
        const held = await incident.phase('holding');
        expect(held.hold).toMatchObject({
          cause: 'guard',
          detail: 'FD-210 cut-off, wave 1 would take tills below its floor',
        });
        expect(world.journal).toEqual([]);
        down = [];
        await incident.say({ verb: 'resume', by: ada });
        await incident.phase('contained');
        expect(applied(world.journal)).toEqual(['apply i-gateway-1']);
        await incident.handle.terminate();
      },
    );
  });
});

describe('a start that comes to nothing', () => {
  test('planned again with another digest: stale, with the difference', async () => {
    const plan = planOf(bench.people, plainPlaybook());
    const other = { ...plan, digest: `sha256:${'2'.repeat(64)}` };
    const world = fakeWorld({
      planning: () => ({
        kind: 'plan',
        plan: other,
        seal: 'sealed',
        namespace: 'firedoor',
        differences: ['one host more'],
      }),
    });
    await bench.run({ plan, world }, async (incident) => {
      expect(await incident.result()).toMatchObject({
        phase: 'rejected',
        rejection: { kind: 'stale', differences: ['one host more'] },
      });
      expect(world.journal).toEqual([]);
    });
  });

  test.each([
    {
      how: 'by somebody without the role',
      start: { by: bo },
      startedWith: undefined,
      detail: 'the person does not hold a role that may say this',
    },
    { how: 'with another key', start: {}, startedWith: bo, detail: 'Could not verify signature' },
    {
      how: 'for another incident',
      start: { incident: 'INC-999' },
      startedWith: undefined,
      detail: 'signed for another incident',
    },
  ])('signed $how is denied', async ({ start, startedWith, detail }) => {
    const world = fakeWorld();
    const options = {
      plan: planOf(bench.people, plainPlaybook()),
      world,
      start,
      ...(startedWith ? { startedWith } : {}),
    };
    await bench.run(options, async (incident) => {
      const result = await incident.result();
      expect(result).toMatchObject({ phase: 'rejected', rejection: { kind: 'denied' } });
      expect(result.rejection?.detail).toContain(detail);
      expect(world.journal).toEqual([]);
    });
  });
});

test('what an undo could not give back holds the release, and resume tries it again', async () => {
  let fails = true;
  const world = fakeWorld({
    outcome: (step, target) => (fails && step === 'undo' && target.endsWith('2') ? 'failed' : 'done'),
  });
  await bench.run({ plan: planOf(bench.people, plainPlaybook()), world }, async (incident) => {
    await incident.phase('contained');
    await incident.say({ verb: 'release', by: ada });
    expect((await incident.phase('holding')).hold).toMatchObject({
      cause: 'undo',
      detail: 'not given back: i-desktops-2',
    });
    fails = false;
    await incident.say({ verb: 'resume', by: ada });
    expect(await incident.result()).toMatchObject({ phase: 'closed', exceptions: [] });
    expect(world.journal.filter((line) => line === 'undo cut-off i-desktops-1')).toHaveLength(1);
  });
});
