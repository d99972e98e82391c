import { ApplicationFailure } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ActivityDeps } from '../../activities/deps.ts';
import { notifyActivities } from '../../activities/notify/notify.ts';
import type { Notification, NotificationKind } from '../../model/notification.ts';
import type { Plan } from '../../model/plan.ts';
import type { Bench, FakeWorld, RunningIncident } from '../helpers/incident-harness.ts';
import { fakeWorld, openBench } from '../helpers/incident-harness.ts';
import type { FakeWebhook } from '../helpers/receiver.ts';
import { documentedVerification, receiverAt, secretLine, startWebhook } from '../helpers/receiver.ts';
import { fullPlaybook, plainPlaybook, planOf } from './plans.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(async () => await bench?.stop());

let webhook: FakeWebhook;
afterEach(async () => await webhook.stop());

const [ada, bo, cy] = ['ada@example.org', 'bo@example.org', 'cy@example.org'];
/** What was taken, in the order it happened: batches may overtake each other on the way. */
const accepted = (): readonly Notification[] => webhook.accepted.toSorted((a, b) => (a.at < b.at ? -1 : 1));
const kinds = (): readonly NotificationKind[] => accepted().map((one) => one.kind);

/** A world whose people are told through a real webhook by the product's own activity. */
async function worldWithWebhook(
  parts: Partial<FakeWorld> = {},
  others: readonly FakeWebhook[] = [],
): Promise<FakeWorld> {
  webhook = await startWebhook();
  const notify = {
    receivers: [webhook, ...others].map((one) => receiverAt(one)),
    link: 'https://look.example/{incident}',
  };
  const deps = { notify, now: () => new Date() } as unknown as ActivityDeps;
  return fakeWorld({ ...parts, ...notifyActivities(deps) });
}

async function eventually(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`never so: ${JSON.stringify(webhook.taken)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function eventsOf(incident: RunningIncident): Promise<readonly temporal.api.history.v1.IHistoryEvent[]> {
  return (await incident.handle.fetchHistory()).events ?? [];
}

/** Every string in a plan but the roles, and but words of the schema that are no names of anything. */
function namesIn(plan: Plan): readonly string[] {
  const found = new Set<string>();
  const roles = plan.header.roster.people.flatMap((person) => person.roles);
  const walk = (value: unknown): void => {
    if (typeof value === 'string') found.add(value);
    else if (typeof value === 'object' && value !== null) for (const part of Object.entries(value).flat()) walk(part);
  };
  walk({ ...plan.header, chunks: plan.chunks, slice: plan.slice });
  const words = ['id', 'at', 'kind', 'roles', 'gate', 'wave', 'release', 'contain', 'name', 'undo', 'attest', 'status'];
  return [...found].filter((name) => name.length > 3 && !roles.includes(name) && !words.includes(name));
}

describe('people are told', () => {
  test('of every turn of an incident, signed, with a code that leads to the gate that is open', async () => {
    const isFromFiredoor = await documentedVerification();
    const world = await worldWithWebhook();
    await bench.run({ plan: planOf(bench.people, fullPlaybook()), world }, async (incident) => {
      const waiting = await incident.until((status) => status.gates.some((gate) => gate.state === 'open'));
      await incident.say({ verb: 'deny', gate: 'cut-off', by: bo });
      await incident.phase('holding');
      await incident.say({ verb: 'resume', by: ada });
      const anew = await incident.phase('waiting');
      await incident.say({ verb: 'approve', gate: 'cut-off', by: cy });
      await incident.say({ verb: 'approve', gate: 'cut-off', by: bo });
      await incident.phase('contained');
      await incident.say({ verb: 'approve', gate: 'restore/people', by: cy });
      await incident.say({ verb: 'release', by: ada });
      await incident.until((status) => status.gates.at(-1)?.state === 'open');
      await incident.say({ verb: 'attest', gate: 'restore/people/clean-image', by: cy });
      await incident.result();

      const [first, again] = [waiting, anew].map((status) => status.gates[0]?.code);
      expect(first).not.toBe(again);
      expect(kinds()).toEqual(['started', 'gate-opened', 'gate-denied', 'gate-opened', 'contained', 'releasing', 'gate-opened', 'released', 'closed']); // prettier-ignore
      const gates = accepted().filter((one): one is Extract<Notification, { code: string }> => 'code' in one);
      expect(gates.map(({ code }) => code).slice(0, 3)).toEqual([first, first, again]);
      expect(gates[0]).toMatchObject({ awaits: { 'ir-lead': 1, platform: 1 }, deadline: waiting.gates[0]?.deadline });
      expect(gates[3]).toMatchObject({ awaits: {}, attestations: 1 });
      const { incident: id } = await incident.status();
      for (const one of webhook.accepted) expect(one).toMatchObject({ incident: id, link: `https://look.example/${id}` }); // prettier-ignore
      for (const { headers, body } of webhook.taken) expect(isFromFiredoor(headers, body, secretLine)).toBe(true);
    });
  });

  test('never of what is done to what, by whom or why: no name in the plan, no reason, no word of AWS gets out', async () => {
    const canaries = ['canary-reason', 'canary-hold', 'canary-deny', 'canary-aws', ada, bo, cy];
    let refuses = true;
    const world = await worldWithWebhook({
      outcome: (step, target) => {
        if (!refuses || target !== 'i-desktops-2') return 'done';
        if (step === 'undo') throw ApplicationFailure.nonRetryable('canary-aws', 'RefusedByAws');
        return step === 'apply' ? 'refused' : 'done';
      },
    });
    const plan = planOf(bench.people, fullPlaybook());
    await bench.run({ plan, world, start: { reason: 'canary-reason' } }, async (incident) => {
      await incident.phase('waiting');
      await incident.say({ verb: 'hold', by: bo, reason: 'canary-hold' });
      await incident.phase('holding');
      await incident.say({ verb: 'resume', by: ada, reason: 'canary-reason' });
      await incident.phase('waiting');
      await incident.say({ verb: 'deny', gate: 'cut-off', by: bo, reason: 'canary-deny' });
      await incident.phase('holding');
      await incident.say({ verb: 'resume', by: ada });
      await incident.phase('waiting');
      await incident.say({ verb: 'approve', gate: 'cut-off', by: cy });
      await incident.say({ verb: 'approve', gate: 'cut-off', by: bo });
      await incident.until((status) => status.hold?.cause === 'aws');
      await incident.say({ verb: 'release', by: ada });
      await incident.phase('waiting');
      await incident.say({ verb: 'approve', gate: 'restore/people', by: cy });
      await incident.say({ verb: 'attest', gate: 'restore/people/clean-image', by: cy });
      expect((await incident.until((status) => status.hold?.cause === 'undo')).hold?.detail).toContain('canary-aws');
      refuses = false;
      await incident.say({ verb: 'resume', by: ada });
      await incident.result();
    });
    expect(kinds()).toEqual(expect.arrayContaining(['held', 'gate-denied', 'aws-refused', 'undo-failed', 'closed']));
    const names = namesIn(plan);
    expect(names).toEqual(expect.arrayContaining(['desktops', 'cut-off', 'i-desktops-2', 'clean-image', 'tills']));
    const bodies = webhook.taken.map(({ body }) => body).join('\n');
    expect([...names, ...canaries].filter((name) => bodies.includes(name))).toEqual([]);
  });

  test('of what the guard stops, and of what no read shows', async () => {
    const world = await worldWithWebhook({
      outcome: (step, target) => (step === 'verify' && target.endsWith('3') ? 'failed' : 'done'),
      down: () => {
        throw ApplicationFailure.nonRetryable('no facts', 'RefusedByAws');
      },
    });
    await bench.run({ plan: planOf(bench.people, plainPlaybook()), world }, async (incident) => {
      expect((await incident.phase('holding')).hold?.cause).toBe('guard');
      await eventually(() => kinds().includes('guard-refused'));
      world.down = () => [];
      await incident.say({ verb: 'resume', by: ada });
      await incident.until((status) => status.hold?.cause === 'unverified');
      await eventually(() => kinds().includes('unverified'));
      expect(kinds()).toEqual(['started', 'guard-refused', 'unverified']);
      await incident.handle.terminate();
    });
  });
});

describe('a receiver that is dead', () => {
  test('delays no wave; when it lives again, all is told, once', async () => {
    const world = await worldWithWebhook();
    webhook.answer = () => 'silent';
    await bench.run({ plan: planOf(bench.people, plainPlaybook({ canary: 1, size: 1 })), world }, async (incident) => {
      const contained = await incident.phase('contained');
      expect(contained.stages[0]?.waves.map((wave) => wave.state)).toEqual(['done', 'done', 'done']);
      expect(webhook.taken.length).toBeGreaterThan(0);
      expect(kinds()).toEqual([]);
      webhook.answer = () => 204;
      webhook.hangUp();
      await eventually(() => kinds().length >= 2);
      expect(kinds()).toEqual(['started', 'contained']);
      await incident.say({ verb: 'release', by: ada });
      await incident.result();
      expect(webhook.taken.length).toBeGreaterThan(webhook.accepted.length);
      expect(new Set(webhook.accepted.map(({ id }) => id)).size).toBe(webhook.accepted.length);
    });
  });

  test('adds nothing to history however often it is tried, has a quarter of an hour, and keeps no other waiting', async () => {
    const well = await startWebhook();
    try {
      const world = await worldWithWebhook({}, [well]);
      webhook.answer = () => 503;
      await bench.run({ plan: planOf(bench.people, plainPlaybook()), world }, async (incident) => {
        await incident.phase('contained');
        await eventually(() => well.accepted.some((one) => one.kind === 'contained'));
        await eventually(() => webhook.taken.length >= 3);
        expect(kinds()).toEqual([]);
        webhook.answer = () => 204;
        await eventually(() => kinds().includes('started') && kinds().includes('contained'));
        await incident.say({ verb: 'release', by: ada });
        await incident.result();
        expect(webhook.taken.length).toBeGreaterThanOrEqual(3 + webhook.accepted.length);
        const scheduled = (await eventsOf(incident)).flatMap(
          (event) => event.activityTaskScheduledEventAttributes ?? [],
        );
        const notifying = scheduled.filter((one) => one.activityType?.name === 'notify');
        expect(notifying.length).toBeLessThanOrEqual(kinds().length);
        for (const { scheduleToCloseTimeout } of notifying) expect(Number(scheduleToCloseTimeout?.seconds)).toBe(900);
      });
      // What one receiver took is in the heartbeats of the attempt, and is not said to it again while another fails.
      expect(well.taken).toHaveLength(5);
    } finally {
      await well.stop();
    }
  });

  test('is told when the incident has continued as new meanwhile, of all that happened and of nothing twice', async () => {
    const world = await worldWithWebhook();
    webhook.answer = () => 503;
    const plan = planOf(bench.people, fullPlaybook());
    await bench.run({ plan, world, continueAfterEvents: 30 }, async (incident) => {
      const [gate] = (await incident.phase('waiting')).gates;
      await eventually(() => webhook.taken.some(({ body }) => body.includes('gate-opened')));
      await incident.turn();
      const next = await incident.phase('waiting');
      expect(next.gates[0]?.code).toBe(gate?.code);
      webhook.answer = () => 204;
      await eventually(() => kinds().length >= 2);
      expect(kinds()).toEqual(['started', 'gate-opened']);
      expect(accepted()[1]).toMatchObject({ code: gate?.code });
      const tried = new Set(webhook.taken.map(({ headers }) => headers['webhook-id']));
      expect(tried).toEqual(new Set(accepted().map(({ id }) => id)));
      await incident.handle.terminate();
    });
  });

  test('and gone for good is a line in the timeline, by its host alone; the incident goes on to its end', async () => {
    const world = await worldWithWebhook();
    webhook.answer = () => 404;
    await bench.run({ plan: planOf(bench.people, plainPlaybook()), world }, async (incident) => {
      await incident.phase('contained');
      const untold = await incident.until((status) => status.timeline.some((line) => line.what === 'untold'));
      expect(untold.timeline.find((line) => line.what === 'untold')?.detail).toBe(`started: ${webhook.url.host} answered 404`); // prettier-ignore
      expect(JSON.stringify(untold)).not.toContain('path-that-is-a-secret');
      await incident.say({ verb: 'release', by: ada });
      expect(await incident.result()).toMatchObject({ phase: 'closed', exceptions: [] });
    });
  });

  test('and a broken activity is no more than that either', async () => {
    webhook = await startWebhook();
    const world = fakeWorld({
      notify: () => Promise.reject(ApplicationFailure.nonRetryable('nobody can be told', 'InvalidInput')),
    });
    await bench.run({ plan: planOf(bench.people, plainPlaybook()), world }, async (incident) => {
      await incident.phase('contained');
      const told = await incident.until((status) => status.timeline.some((line) => line.what === 'untold'));
      expect(told).toMatchObject({ phase: 'contained' });
      expect(told.timeline.find((line) => line.what === 'untold')?.detail).toBe('started: InvalidInput: nobody can be told'); // prettier-ignore
      await incident.say({ verb: 'release', by: ada });
      expect(await incident.result()).toMatchObject({ phase: 'closed' });
    });
  });
});
