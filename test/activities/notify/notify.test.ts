import type { Info } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { afterEach, describe, expect, it } from 'vitest';
import type { ActivityDeps } from '../../../activities/deps.ts';
import type { Notifiers } from '../../../activities/notify/notify.ts';
import { notifyActivities } from '../../../activities/notify/notify.ts';
import { failureTypes } from '../../../model/failure-type.ts';
import type { Telling, Told } from '../../../model/notification.ts';
import { notification } from '../../../model/notification.ts';
import { mockEnvironment } from '../../helpers/activity-deps.ts';
import type { FakeWebhook } from '../../helpers/receiver.ts';
import { documentedVerification, receiverAt, secretLine, startWebhook } from '../../helpers/receiver.ts';

const webhooks: FakeWebhook[] = [];
afterEach(async () => await Promise.all(webhooks.splice(0).map(async (webhook) => await webhook.stop())));

async function webhook(answer: FakeWebhook['answer'] = () => 204): Promise<FakeWebhook> {
  const started = await startWebhook();
  started.answer = answer;
  webhooks.push(started);
  return started;
}

const told = (...tellings: Telling[]): Told[] =>
  tellings.map((telling, index) => ({
    id: `4f0c2c0e-7f0b-4a53-9a53-2f1f3b1d7c1${index}`,
    at: '2025-04-22T13:02:00.000Z',
    telling,
  }));
const opened: Telling = { kind: 'gate-opened', code: 'K7M2QX', roles: ['platform'], awaits: { platform: 1 }, attestations: 0 }; // prettier-ignore
const batch = told({ kind: 'started' }, opened, { kind: 'contained' });
const kindsAt = (at: FakeWebhook): readonly string[] => at.accepted.map((one) => one.kind);

/** One attempt after another, as Temporal makes them: heartbeat details go on to the next. */
function attempts(notify: Notifiers) {
  const { notify: run } = notifyActivities({ notify, now: () => new Date() } as ActivityDeps);
  let heartbeatDetails: unknown;
  return async (tellings: readonly Told[] = batch) => {
    const environment = mockEnvironment({ heartbeatDetails } as Partial<Info>);
    environment.on('heartbeat', (details: unknown) => (heartbeatDetails = structuredClone(details)));
    return await environment.run(run, { incident: 'INC-42', tellings });
  };
}

const failureOf = async (attempt: Promise<unknown>): Promise<ApplicationFailure> => {
  const error: unknown = await attempt.then(() => undefined, (thrown: unknown) => thrown); // prettier-ignore
  if (error instanceof ApplicationFailure) return error;
  throw new Error('it did not fail as expected', { cause: error });
};

describe('telling', () => {
  it('posts each telling that concerns a receiver, in order, signed, with the link', async () => {
    const isFromFiredoor = await documentedVerification();
    const [all, lead, gates] = [await webhook(), await webhook(), await webhook()];
    const attempt = attempts({
      receivers: [receiverAt(all), receiverAt(lead, { roles: ['ir-lead'] }), receiverAt(gates, { kinds: ['gate-opened'] })], // prettier-ignore
      link: 'https://look.example/{incident}',
    });
    expect(await attempt()).toEqual({ untold: [] });
    expect([all, lead, gates].map(kindsAt)).toEqual([
      ['started', 'gate-opened', 'contained'],
      ['started', 'contained'],
      ['gate-opened'],
    ]);
    for (const { headers, body } of all.taken) {
      expect(isFromFiredoor(headers, body, secretLine)).toBe(true);
      const { id, link } = notification.parse(JSON.parse(body));
      expect([headers['webhook-id'], link]).toEqual([id, 'https://look.example/INC-42']);
    }
  });

  it('tells nobody where nobody is configured', async () => {
    expect(await attempts({ receivers: [] })()).toEqual({ untold: [] });
  });

  it('refuses what is not of a kind that is told: whoever writes to the namespace puts no words in our mouth', async () => {
    const at = await webhook();
    const strange = { ...batch[0], telling: { kind: 'held', text: 'call 0800 EVIL' } } as unknown as Told;
    const failure = await failureOf(attempts({ receivers: [receiverAt(at)] })([strange]));
    expect([failure.type, failure.nonRetryable, at.taken.length]).toEqual([failureTypes.invalidInput, true, 0]);
  });
});

describe('a receiver that fails', () => {
  it('is tried again where it ended: each telling is taken once, in order, by it and by the others', async () => {
    const [flaky, well] = [await webhook((attempt) => (attempt === 2 || attempt === 3 ? 503 : 204)), await webhook()];
    const attempt = attempts({ receivers: [receiverAt(flaky), receiverAt(well)] });
    for (let time = 0; time < 2; time += 1) {
      const failure = await failureOf(attempt());
      expect([failure.type, failure.nonRetryable]).toEqual([failureTypes.notTold, false]);
      expect(failure.message).toBe(`${flaky.url.host}: answered 503`);
    }
    expect(await attempt()).toEqual({ untold: [] });
    for (const one of [flaky, well]) expect(kindsAt(one)).toEqual(['started', 'gate-opened', 'contained']);
    const ids = flaky.taken.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(3);
  });

  it('is signed anew at each attempt, so that a retry is not refused as old', async () => {
    const at = await webhook((attempt) => (attempt === 1 ? 500 : 204));
    let now = Date.parse('2025-04-22T13:02:00.000Z');
    const deps = { notify: { receivers: [receiverAt(at)] }, now: () => new Date(now) } as unknown as ActivityDeps;
    const { notify } = notifyActivities(deps);
    const input = { incident: 'INC-42', tellings: told({ kind: 'held' }) };
    await failureOf(mockEnvironment().run(notify, input));
    now += 60_000;
    await mockEnvironment().run(notify, input);
    expect(at.taken.map(({ headers }) => Number(headers['webhook-timestamp']))).toEqual([1_745_326_920, 1_745_326_980]);
    expect(new Set(at.taken.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('for good is reported by its host alone, once, and the rest is told', async () => {
    const [gone, well] = [await webhook(() => 404), await webhook()];
    expect(await attempts({ receivers: [receiverAt(gone), receiverAt(well)] })()).toEqual({
      untold: [{ receiver: gone.url.host, why: 'answered 404' }],
    });
    expect(kindsAt(well)).toHaveLength(3);
  });

  it('for good is not forgotten while another is tried again', async () => {
    const [gone, down] = [await webhook(() => 404), await webhook((attempt) => (attempt === 1 ? 502 : 204))];
    const attempt = attempts({ receivers: [receiverAt(gone), receiverAt(down)] });
    const failure = await failureOf(attempt());
    expect(failure.message).toBe(`${down.url.host}: answered 502; ${gone.url.host}: answered 404`);
    expect(await attempt()).toEqual({ untold: [{ receiver: gone.url.host, why: 'answered 404' }] });
    expect(gone.taken).toHaveLength(3);
  });

  it('gives away neither its path nor its secret: not in failures, not in heartbeats', async () => {
    const at = await webhook(() => 503);
    const environment = mockEnvironment();
    const said: unknown[] = [];
    environment.on('heartbeat', (details: unknown) => said.push(structuredClone(details)));
    const deps = { notify: { receivers: [receiverAt(at)] }, now: () => new Date() } as unknown as ActivityDeps;
    said.push((await failureOf(environment.run(notifyActivities(deps).notify, { incident: 'INC-42', tellings: batch }))).message); // prettier-ignore
    expect(JSON.stringify(said)).not.toMatch(/path-that-is-a-secret|whsec|MfKQ9r8/);
    expect(said.length).toBeGreaterThan(1);
  });
});
