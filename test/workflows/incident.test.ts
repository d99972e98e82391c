import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Bench } from '../helpers/incident-harness.ts';
import { fakeWorld, openBench } from '../helpers/incident-harness.ts';
import { fullPlaybook, planOf } from './plans.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(async () => await bench?.stop());

const [ada, bo, cy] = ['ada@example.org', 'bo@example.org', 'cy@example.org'];

test('an incident plays through: credentials, gate, canary, waves, evidence, release, closed', async () => {
  const world = fakeWorld();
  await bench.run({ plan: planOf(bench.people, fullPlaybook()), world }, async (incident) => {
    const waiting = await incident.until((status) => status.gates.some((gate) => gate.state === 'open'));
    expect(waiting.phase).toBe('waiting');
    expect(world.journal).toEqual(['capture', 'apply', 'verify'].map((step) => `${step} aws.iam.user:retail/sync`));
    expect(await incident.say({ verb: 'approve', gate: 'cut-off', by: cy })).toMatchObject({ verdict: 'accepted' });
    expect((await incident.status()).gates[0]?.missing).toEqual({ platform: 1 });
    await incident.say({ verb: 'approve', gate: 'cut-off', by: bo });
    const contained = await incident.phase('contained');
    expect(contained.stages.map((stage) => stage.waves.map((wave) => `${wave.state} ${wave.verified}`))).toEqual([
      ['done 1'],
      ['done 1', 'done 2'],
      ['done 3'],
    ]);
    const begun = world.journal.length;
    await incident.say({ verb: 'release', by: ada });
    await incident.until((status) =>
      status.gates.some((gate) => gate.id === 'restore/people' && gate.state === 'open'),
    );
    await incident.say({ verb: 'approve', gate: 'restore/people', by: cy });
    await incident.say({ verb: 'attest', gate: 'restore/people/clean-image', by: cy });
    expect(await incident.result()).toMatchObject({ phase: 'closed', exceptions: [] });
    const undone = world.journal.slice(begun);
    expect(undone.indexOf('undo credentials aws.iam.user:retail/sync')).toBeGreaterThanOrEqual(0);
    expect(undone.indexOf('undo evidence i-desktops-1')).toBeLessThan(undone.indexOf('undo cut-off i-desktops-1'));
  });
});
