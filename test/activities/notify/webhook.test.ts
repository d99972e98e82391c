import { afterEach, describe, expect, it } from 'vitest';
import { postWebhook, webhookHeaders } from '../../../activities/notify/webhook.ts';
import type { FakeWebhook } from '../../helpers/receiver.ts';
import { documentedVerification, secret, secretLine, startWebhook } from '../../helpers/receiver.ts';
import { closedPort } from '../probes/servers.ts';

const webhooks: FakeWebhook[] = [];
afterEach(async () => await Promise.all(webhooks.splice(0).map(async (webhook) => await webhook.stop())));

async function webhook(headers?: Readonly<Record<string, string>>): Promise<FakeWebhook> {
  const started = await startWebhook(headers);
  webhooks.push(started);
  return started;
}

const message = (body: string, at = new Date()) => ({ id: 'msg_1', body, at });

describe('the signature', () => {
  it('is the one of the specification, on its test vector', () => {
    const headers = webhookHeaders(
      { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}', at: new Date(1_614_265_330_000) },
      [secret],
    );
    expect(headers).toEqual({
      'content-type': 'application/json',
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('is verified by the code in docs/notifications.md, for the body as it came', async () => {
    const isFromFiredoor = await documentedVerification();
    const at = await webhook();
    expect(await postWebhook(at.url, message('{"a":"ü"}'), { secrets: [secret] })).toEqual({ is: 'delivered' });
    const [taken] = at.taken;
    if (!taken) throw new Error('nothing came');
    expect(isFromFiredoor(taken.headers, taken.body, `${secretLine}\n`)).toBe(true);
    expect(isFromFiredoor(taken.headers, taken.body.replace('a', 'b'), secretLine)).toBe(false);
    expect(isFromFiredoor({ ...taken.headers, 'webhook-id': 'msg_2' }, taken.body, secretLine)).toBe(false);
    expect(isFromFiredoor(taken.headers, taken.body, `whsec_${Buffer.alloc(24).toString('base64')}`)).toBe(false);
    expect(isFromFiredoor({}, taken.body, secretLine)).toBe(false);
  });

  it('is refused by that code after five minutes', async () => {
    const isFromFiredoor = await documentedVerification();
    const signedAgo = (seconds: number) => webhookHeaders(message('{}', new Date(Date.now() - 1_000 * seconds)), [secret]); // prettier-ignore
    expect([290, 310, -290, -310].map((seconds) => isFromFiredoor(signedAgo(seconds), '{}', secretLine))).toEqual([true, false, true, false]); // prettier-ignore
  });

  it('is made with every secret, so that a receiver may change over', async () => {
    const isFromFiredoor = await documentedVerification();
    const next = Buffer.alloc(32, 7);
    const headers = webhookHeaders(message('{}'), [next, secret]);
    for (const line of [secretLine, `whsec_${next.toString('base64')}`]) expect(isFromFiredoor(headers, '{}', line)).toBe(true); // prettier-ignore
  });
});

describe('an attempt', () => {
  it.each([
    [200, 'delivered'],
    [204, 'delivered'],
    [400, 'never'],
    [401, 'never'],
    [404, 'never'],
    [410, 'never'],
    [408, 'later'],
    [425, 'later'],
    [429, 'later'],
    [500, 'later'],
    [503, 'later'],
  ] as const)('answered %i is %s', async (status, is) => {
    const at = await webhook();
    at.answer = () => status;
    expect((await postWebhook(at.url, message('{}'), { secrets: [secret] })).is).toBe(is);
  });

  it.each([301, 302, 303, 307, 308])('follows no redirect: %i', async (status) => {
    const elsewhere = await webhook();
    const at = await webhook({ location: elsewhere.url.href });
    at.answer = () => status;
    expect(await postWebhook(at.url, message('{}'), { secrets: [secret] })).toEqual({
      is: 'never',
      why: `answered ${status}: redirects are not followed`,
    });
    expect([at.taken.length, elsewhere.taken.length]).toEqual([1, 0]);
  });

  it('is given up in time where nobody answers, and where nobody listens', async () => {
    const at = await webhook();
    at.answer = () => 'silent';
    const options = { secrets: [secret], timeoutMs: 200 };
    expect(await postWebhook(at.url, message('{}'), options)).toEqual({ is: 'later', why: 'no answer within 0.2 s' });
    const closed = new URL(`http://127.0.0.1:${await closedPort()}/`);
    expect(await postWebhook(closed, message('{}'), options)).toEqual({ is: 'later', why: 'ECONNREFUSED' });
  });
});
