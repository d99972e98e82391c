import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { encryption } from './encryption.ts';
import type { Keyring } from './keyring.ts';

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;
const compress = promisify(deflate);
const expand = promisify(inflate);

const encoding = 'binary/firedoor-deflate';
/** Small payloads stay readable in the Temporal UI and CLI; a plan of some hundred hosts shrinks to a tenth. */
const compressFromBytes = 16 * 1024;
/** A payload expands to this at most: a bomb is an error, not an outage. */
const largestBytes = 64 * 1024 * 1024;

function encodingOf(payload: Payload): string {
  return Buffer.from(payload.metadata?.['encoding'] ?? []).toString('utf8');
}

/** Compresses large payloads (RFC 1950) and expands them again; leaves all others alone. */
export const compression: PayloadCodec = {
  encode: async (payloads) => await Promise.all(payloads.map(compressOne)),
  decode: async (payloads) => await Promise.all(payloads.map(expandOne)),
};

async function compressOne(payload: Payload): Promise<Payload> {
  if ((payload.data?.length ?? 0) < compressFromBytes) return payload;
  const bytes = PayloadMessage.encode(payload).finish();
  return { metadata: { encoding: Buffer.from(encoding, 'utf8') }, data: await compress(bytes) };
}

async function expandOne(payload: Payload): Promise<Payload> {
  if (encodingOf(payload) !== encoding) return payload;
  const bytes = await expand(payload.data ?? new Uint8Array(), { maxOutputLength: largestBytes });
  return PayloadMessage.decode(bytes);
}

/** Every codec there is, as one: compressed, then encrypted where there are keys. */
export function codecOf(keyring: Keyring | undefined): PayloadCodec {
  if (!keyring) return compression;
  const sealed = encryption(keyring);
  return {
    encode: async (payloads, context) => await sealed.encode(await compression.encode(payloads), context),
    decode: async (payloads, context) => await compression.decode(await sealed.decode(payloads, context)),
  };
}

const failureConverterPath = fileURLToPath(new URL('failure-converter.ts', import.meta.url));

/**
 * How worker, CLI and audit read and write payloads: one converter, so that none reads what another can't. With keys,
 * payloads are encrypted, and so are the messages and stacks of failures.
 */
export function dataConverterOf(keyring: Keyring | undefined): DataConverter {
  return { payloadCodecs: [codecOf(keyring)], ...(keyring && { failureConverterPath }) };
}
