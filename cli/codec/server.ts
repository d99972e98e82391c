import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { timingSafeEqual } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { z } from 'zod';

/** A request holds at most this much: the Temporal UI asks for pages of events. */
const mostBytes = 32 * 1024 * 1024;

const base64 = z.base64();
const payload = z.strictObject({
  metadata: z.record(z.string(), base64).default({}),
  data: base64.default(''),
});
const requestBody = z.strictObject({ payloads: z.array(payload).max(10_000) });

/** What a codec server answers with, and to whom. */
export interface CodecServerOptions {
  readonly codec: PayloadCodec;
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** The only page that may ask from a browser: the origin of the Temporal UI, such as `http://localhost:8233`. */
  readonly uiOrigin: string | undefined;
  /** What `Authorization` must say, whole; nothing is asked where absent. */
  readonly authorization: string | undefined;
}

/** A codec server that listens. */
export interface CodecServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/**
 * Serves payload codecs to the Temporal UI and CLI (https://docs.temporal.io/codec-server): `POST /encode` and `/decode` over
 * `{payloads: [{metadata, data}]}` in base64.
 */
export async function serveCodec(options: CodecServerOptions): Promise<CodecServer> {
  const server = createServer((request, response) => {
    void respond(request, response, options);
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const { address, family, port } = server.address() as AddressInfo;
  const host = family === 'IPv6' ? `[${address}]` : address;
  return { url: `http://${host}:${port}`, close: async () => await close(server) };
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

async function respond(request: IncomingMessage, response: ServerResponse, options: CodecServerOptions): Promise<void> {
  const { status, body } = await answerTo(request, options).catch((): Answer => ({ status: 500 }));
  response.writeHead(status, { 'content-type': 'application/json', ...corsHeaders(request, options) });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

/** Nothing for other origins, `null` among them: a page that may not ask gets no answer it can read. */
function corsHeaders({ headers }: IncomingMessage, { uiOrigin }: CodecServerOptions): Record<string, string> {
  if (uiOrigin === undefined || headers.origin !== uiOrigin) return {};
  return {
    'access-control-allow-origin': uiOrigin,
    'access-control-allow-headers': 'authorization, content-type, x-namespace',
    'access-control-allow-methods': 'POST',
    'access-control-allow-credentials': 'true',
    vary: 'origin',
  };
}

async function answerTo(request: IncomingMessage, options: CodecServerOptions): Promise<Answer> {
  const { method, url = '', headers } = request;
  // A browser sends its origin; one that is not the UI's gets nothing done, not only nothing to read.
  if (headers.origin !== undefined && headers.origin !== options.uiOrigin) return { status: 403 };
  if (method === 'OPTIONS') return { status: 204 };
  if (method !== 'POST') return { status: 405 };
  if (!isAuthorized(headers.authorization, options.authorization)) return { status: 401 };
  const path = url.split('?', 1)[0];
  if (path !== '/encode' && path !== '/decode') return { status: 404 };
  const text = await readBody(request);
  if (text === undefined) return { status: 413 };
  const parsed = requestBody.safeParse(parse(text));
  if (!parsed.success) return { status: 400, body: { message: 'expected {payloads: [{metadata, data}]} in base64' } };
  const payloads = parsed.data.payloads.map(fromJson);
  const coded = await (path === '/encode' ? options.codec.encode(payloads) : options.codec.decode(payloads));
  return { status: 200, body: { payloads: coded.map(toJson) } };
}

function isAuthorized(given: string | undefined, asked: string | undefined): boolean {
  if (asked === undefined) return true;
  const [one, other] = [Buffer.from(given ?? ''), Buffer.from(asked)];
  return one.length === other.length && timingSafeEqual(one, other);
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > mostBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fromJson({ metadata, data }: z.infer<typeof payload>): Payload {
  const decoded = Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')] as const);
  return { metadata: Object.fromEntries(decoded), data: Buffer.from(data, 'base64') };
}

function toJson({ metadata, data }: Payload): z.infer<typeof payload> {
  const encoded = Object.entries(metadata ?? {}).map(
    ([name, value]) => [name, Buffer.from(value).toString('base64')] as const,
  );
  return { metadata: Object.fromEntries(encoded), data: Buffer.from(data ?? []).toString('base64') };
}
