import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** Longest wait for a receiver's status line, from the first look-up of its name: chat relays answer within a second or two. */
export const answerWithinMs = 5_000;

/** One message for a webhook, as the Standard Webhooks specification has it: https://www.standardwebhooks.com. */
export interface WebhookMessage {
  readonly id: string;
  readonly body: string;
  /** Of this attempt, so that a receiver may refuse what is old. */
  readonly at: Date;
}

/** What became of an attempt: `later` may come right by itself, `never` does not. `why` says no more than a status or an error code. */
export type Delivery = { readonly is: 'delivered' } | { readonly is: 'later' | 'never'; readonly why: string };

/**
 * The headers of a message: its id, the time of the attempt, and an HMAC-SHA256 over `<id>.<time>.<body>` by each secret,
 * so that a secret can be changed without a gap.
 */
export function webhookHeaders(
  { id, body, at }: WebhookMessage,
  secrets: readonly Uint8Array[],
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const sign = (secret: Uint8Array): string =>
    `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map(sign).join(' '),
  };
}

/**
 * Posts a message once. Follows no redirect: a signed body goes where the configuration says, and nowhere else. Reads
 * nothing of the answer but its status. Never throws.
 *
 * @param url https, or http to this machine
 */
export async function postWebhook(
  url: URL,
  message: WebhookMessage,
  options: { readonly secrets: readonly Uint8Array[]; readonly timeoutMs?: number },
): Promise<Delivery> {
  const timeoutMs = options.timeoutMs ?? answerWithinMs;
  const body = Buffer.from(message.body, 'utf8');
  const headers = { ...webhookHeaders(message, options.secrets), 'content-length': String(body.length) };
  const asked: RequestOptions = { method: 'POST', headers, agent: false };
  return await new Promise((resolve) => {
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, asked);
    const finish = (delivery: Delivery): void => {
      clearTimeout(timer);
      resolve(delivery);
      request.destroy();
    };
    const timer = setTimeout(() => finish({ is: 'later', why: `no answer within ${timeoutMs / 1_000} s` }), timeoutMs);
    request.on('error', (error: NodeJS.ErrnoException) => finish({ is: 'later', why: error.code ?? 'no connection' }));
    request.on('response', (response: IncomingMessage) => finish(judge(response.statusCode ?? 0)));
    request.end(body);
  });
}

/** Statuses under 500 that ask to be tried again (RFC 9110 §15.5.9, RFC 8470 §5.2, RFC 6585 §4). */
const passing: readonly number[] = [408, 425, 429];

function judge(status: number): Delivery {
  if (status >= 200 && status < 300) return { is: 'delivered' };
  if (status >= 300 && status < 400) return { is: 'never', why: `answered ${status}: redirects are not followed` };
  return { is: status >= 500 || passing.includes(status) ? 'later' : 'never', why: `answered ${status}` };
}
