import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import proto from '@temporalio/proto';
import type { Keyring } from './keyring.ts';

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

const encoding = 'binary/firedoor-aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** Metadata of an encrypted payload: which key, and which workflow it belongs to. Both are authenticated. */
const keyField = 'firedoor-key';
const boundField = 'firedoor-workflow';

function field(payload: Payload, name: string): string {
  return Buffer.from(payload.metadata?.[name] ?? []).toString('utf8');
}

/** The workflow a payload belongs to; nothing where the SDK does not say. */
function boundTo(context: SerializationContext | undefined): string {
  return context?.workflowId === undefined ? '' : `${context.namespace}/${context.workflowId}`;
}

function associated(keyId: string, bound: string): Buffer {
  return Buffer.from(`${encoding}\0${keyId}\0${bound}`, 'utf8');
}

function encrypt(payload: Payload, { current }: Keyring, bound: string): Payload {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', current.bytes, nonce).setAAD(associated(current.id, bound));
  const sealed = [cipher.update(PayloadMessage.encode(payload).finish()), cipher.final()];
  const metadata = { encoding, [keyField]: current.id, [boundField]: bound };
  return {
    metadata: Object.fromEntries(Object.entries(metadata).map(([name, text]) => [name, Buffer.from(text, 'utf8')])),
    data: Buffer.concat([nonce, ...sealed, cipher.getAuthTag()]),
  };
}

/** Why a payload can't be read. */
class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

function decrypt(payload: Payload, keyring: Keyring, bound: string): Payload {
  if (field(payload, 'encoding') !== encoding) throw new Unreadable('it is not encrypted');
  const keyId = field(payload, keyField);
  const key = keyring.find(keyId);
  if (!key) throw new Unreadable(`key "${keyId}" is not among those given`);
  const own = field(payload, boundField);
  if (bound !== '' && own !== '' && own !== bound) throw new Unreadable(`it belongs to workflow ${own}`);
  const data = Buffer.from(payload.data ?? []);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key.bytes, data.subarray(0, nonceBytes))
      .setAAD(associated(keyId, own))
      .setAuthTag(data.subarray(-tagBytes));
    const bytes = [decipher.update(data.subarray(nonceBytes, -tagBytes)), decipher.final()];
    return PayloadMessage.decode(Buffer.concat(bytes));
  } catch (cause) {
    throw new Unreadable(`it does not fit key "${keyId}": it was altered, or moved`, { cause });
  }
}

/** What stands in for a payload nobody can read: an error would end a workflow task again and again, and with it an incident. */
function unreadable(why: string): Payload {
  return {
    metadata: { encoding: Buffer.from('json/plain', 'utf8') },
    data: Buffer.from(JSON.stringify({ unreadable: why }), 'utf8'),
  };
}

function readOne(payload: Payload, keyring: Keyring, bound: string): Payload {
  try {
    return decrypt(payload, keyring, bound);
  } catch (error) {
    if (error instanceof Unreadable) return unreadable(error.message);
    throw error;
  }
}

/**
 * Encrypts every payload (AES-256-GCM, a fresh nonce each) and decrypts it again. The key's name and the workflow a payload
 * belongs to are in its metadata and authenticated: one that is altered, stripped of its encryption, or moved to another
 * workflow is not read. What is not read becomes `{"unreadable": "why"}`, which fits no schema of ours.
 */
export function encryption(keyring: Keyring): PayloadCodec {
  return {
    encode: async (payloads, context) =>
      await Promise.resolve(payloads.map((payload) => encrypt(payload, keyring, boundTo(context)))),
    decode: async (payloads, context) =>
      await Promise.resolve(payloads.map((payload) => readOne(payload, keyring, boundTo(context)))),
  };
}
