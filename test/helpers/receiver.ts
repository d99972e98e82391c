import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Receiver } from '../../activities/notify/notify.ts';
import type { Notification } from '../../model/notification.ts';

/** One request a webhook took, as it came. */
export interface Taken {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A webhook on a free loopback port. */
export interface FakeWebhook {
  readonly url: URL;
  readonly taken: readonly Taken[];
  /** Bodies of what it answered 2xx to, parsed. */
  readonly accepted: readonly Notification[];
  /** The status it answers; `silent` accepts the request and never answers. Asked for every request anew. */
  answer: (attempt: number) => number | 'silent';
  /** Drops every connection, answered or not. */
  readonly hangUp: () => void;
  readonly stop: () => Promise<void>;
}

/** The secret of every webhook here, as its file has it. */
export const secretLine = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
export const secret = Buffer.from(secretLine.replace('whsec_', ''), 'base64');

/** Starts a webhook that takes everything. `stop` ends it, with the connections it left unanswered. */
export async function startWebhook(headers: Readonly<Record<string, string>> = {}): Promise<FakeWebhook> {
  const taken: Taken[] = [];
  const accepted: Notification[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => void parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString('utf8');
      taken.push({ headers: request.headers, body });
      const status = webhook.answer(taken.length);
      if (status === 'silent') return;
      if (status >= 200 && status < 300) accepted.push(JSON.parse(body) as Notification);
      response.writeHead(status, headers).end();
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const hangUp = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const webhook: FakeWebhook = {
    url: new URL(`http://127.0.0.1:${port}/hooks/path-that-is-a-secret`),
    taken,
    accepted,
    answer: () => 204,
    hangUp,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      hangUp();
      await closed;
    },
  };
  return webhook;
}

/** A receiver of the worker's configuration that posts to a webhook here. */
export function receiverAt(webhook: Pick<FakeWebhook, 'url'>, parts: Partial<Receiver> = {}): Receiver {
  return { url: webhook.url, secrets: [secret], ...parts };
}

/** `isFromFiredoor` as docs/notifications.md gives it to whoever runs a receiver. */
export type Verify = (headers: IncomingHttpHeaders, body: string, secret: string) => boolean;

/** The verification of docs/notifications.md, run as written there. */
export async function documentedVerification(): Promise<Verify> {
  const text = await readFile(path.resolve('docs/notifications.md'), 'utf8');
  const [, code] = /```js\n([\s\S]+?)```/.exec(text) ?? [];
  if (code === undefined) throw new Error('docs/notifications.md has no JavaScript in it');
  const directory = await mkdtemp(path.join(tmpdir(), 'firedoor-docs-'));
  try {
    const file = path.join(directory, 'verify.mjs');
    await writeFile(file, code);
    const loaded = (await import(pathToFileURL(file).href)) as { readonly isFromFiredoor: Verify };
    return loaded.isFromFiredoor;
  } finally {
    await rm(directory, { recursive: true });
  }
}
