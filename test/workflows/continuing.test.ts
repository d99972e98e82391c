import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportIncident } from '../../audit/export.ts';
import { fetchRuns } from '../../audit/histories.ts';
import type { Bench } from '../helpers/incident-harness.ts';
import { fakeWorld, openBench } from '../helpers/incident-harness.ts';
import { fullPlaybook, plainPlaybook, planOf } from './plans.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(async () => await bench?.stop());

const [ada, bo, cy] = ['ada@example.org', 'bo@example.org', 'cy@example.org'];
const continueAfterEvents = 30;
const ofKind = (journal: readonly string[], kind: string): readonly string[] =>
  journal.filter((line) => line.startsWith(kind));

test('an incident that continues as new at a gate, in mid-wave, on hold and while releasing loses and doubles nothing', async () => {
  const world = fakeWorld();
  const plan = planOf(bench.people, fullPlaybook());
  await bench.run({ plan, world, continueAfterEvents }, async (incident) => {
    // At an open gate: voices, nonces, deadline and denied attempts go along.
    const open = await incident.phase('waiting');
    const nonce = 'b'.repeat(32);
    await incident.say({ verb: 'approve', gate: 'cut-off', by: cy, nonce });
    await incident.say({ verb: 'approve', gate: 'restore/people', by: cy });
    await incident.turn();
    const next = await incident.until((status) => status.phase === 'waiting');
    expect(next.gates[0]).toMatchObject({ state: 'open', approvedBy: [cy], deadline: open.gates[0]?.deadline });
    expect(next.startedAt).toBe(open.startedAt);
    expect(await incident.say({ verb: 'approve', gate: 'cut-off', by: cy, nonce })).toMatchObject({
      reason: 'replayed',
    });
    expect(await incident.say({ verb: 'approve', gate: 'cut-off', by: cy })).toMatchObject({
      reason: 'already-counted',
    });

    // In mid-wave: the child goes on, and its end reaches the next run.
    world.applyMs = 5_000;
    await incident.say({ verb: 'approve', gate: 'cut-off', by: bo });
    await incident.until(() => ofKind(world.journal, 'apply i-').length === 2);
    await incident.turn();

    // On hold, with one target of the wave done: the wave is stopped by workflow id.
    await incident.say({ verb: 'hold', by: bo, reason: 'wait' });
    await incident.turn();
    const held = await incident.phase('holding');
    expect(held.hold).toMatchObject({ cause: 'hold', detail: 'bo@example.org: wait' });
    expect(held.stages[1]?.waves.map(({ state, verified }) => `${state} ${verified}`)).toEqual(['done 1', 'held 1']);
    world.applyMs = 0;
    await incident.say({ verb: 'resume', by: ada });
    await incident.phase('contained');
    await incident.turn();
    // Cut off, then snapshot.
    expect(ofKind(world.journal, 'apply i-')).toEqual([1, 2, 3, 1, 2, 3].map((host) => `apply i-desktops-${host}`));

    // Releasing: what was captured in earlier runs is given back once.
    await incident.say({ verb: 'release', by: ada });
    await incident.phase('waiting');
    await incident.turn();
    await incident.say({ verb: 'attest', gate: 'restore/people/clean-image', by: cy });
    expect(await incident.result()).toMatchObject({ phase: 'closed', exceptions: [] });
    expect(ofKind(world.journal, 'undo').toSorted()).toEqual(
      [
        ...[1, 2, 3].flatMap((host) => [`undo cut-off i-desktops-${host}`, `undo evidence i-desktops-${host}`]),
        'undo credentials aws.iam.user:retail/sync',
      ].toSorted(),
    );
    const runs = await fetchRuns(bench.client, incident.handle.workflowId);
    expect(runs.filter(({ exported }) => exported.workflowType === 'incident').length).toBeGreaterThanOrEqual(6);
    expect(new Set(runs.map(({ exported }) => exported.workflowId)).size).toBe(7);
    const told = await exportIncident({
      client: bench.client,
      codec: bench.codec,
      namespace: bench.server.namespace,
      incident: 'INC-1',
      now: new Date(),
    });
    const verbs = told.decisions.content.flatMap(({ signed }) => /"verb":"(\w+)"/.exec(signed.document)?.[1] ?? []);
    expect(verbs.toSorted()).toEqual(
      [
        'start',
        'approve',
        'approve',
        'approve',
        'approve',
        'approve',
        'hold',
        'resume',
        'release',
        'attest',
      ].toSorted(),
    );
    const { timeline } = await incident.status();
    const said = timeline.filter(({ what }) => ['stage', 'verified', 'released'].includes(what));
    expect(said.map(({ what, detail }) => `${what} ${detail}`)).toEqual([
      'stage credentials begins',
      'verified credentials, wave 1: denied',
      'stage cut-off begins',
      'verified cut-off, wave 1: isolated',
      'verified cut-off, wave 2: isolated',
      'stage evidence begins',
      'verified evidence, wave 1: snapshotted',
      'released tier people, wave 1',
    ]);
  });
});

test('a wave that was ended from outside after the incident continued as new is found out, and done again', async () => {
  const world = fakeWorld({ applyMs: 3_000 });
  await bench.run({ plan: planOf(bench.people, plainPlaybook()), world, continueAfterEvents }, async (incident) => {
    await incident.until(() => ofKind(world.journal, 'apply').length === 1);
    await incident.turn();
    const child = bench.client.workflow.getHandle(`${incident.handle.workflowId}/cut-off/1/1`);
    await child.terminate('by somebody');
    world.applyMs = 0;
    await incident.say({ verb: 'hold', by: bo });
    const held = await incident.until((status) => status.stages[0]?.waves[0]?.state === 'held');
    expect(held.exceptions.map(({ status }) => status)).toEqual(['not-reached', 'not-reached', 'not-reached']);
    await incident.say({ verb: 'resume', by: ada });
    const contained = await incident.phase('contained');
    expect(contained.exceptions).toEqual([]);
    expect(new Set(ofKind(world.journal, 'verify')).size).toBe(3);
    await incident.handle.terminate();
  });
}, 90_000);

test('a denial that comes before its gate opens holds the incident there', async () => {
  const world = fakeWorld({ applyMs: 1_000 });
  await bench.run({ plan: planOf(bench.people, fullPlaybook()), world }, async (incident) => {
    await incident.until(() => world.journal.length > 0);
    await incident.say({ verb: 'deny', gate: 'cut-off', by: bo });
    const held = await incident.phase('holding');
    expect(held.hold).toMatchObject({ cause: 'denied' });
    await incident.say({ verb: 'resume', by: ada });
    expect((await incident.phase('waiting')).gates[0]).toMatchObject({ state: 'open' });
    await incident.handle.terminate();
  });
});
