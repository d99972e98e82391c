import { randomBytes } from 'node:crypto';
import type { Payload, SerializationContext } from '@temporalio/common';
import { defaultPayloadConverter } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { codecOf } from '../../worker/data-converter.ts';
import { encryption } from '../../worker/encryption.ts';
import { KeyringError, readKeyring } from '../../worker/keyring.ts';

const hex = (): string => randomBytes(32).toString('hex');
const [first, second, third, fourth] = ['first', 'second', 'third', 'fourth'].map((id) => `${id} ${hex()}`);
const keyring = (...lines: readonly (string | undefined)[]) => readKeyring(lines.join('\n'), 'payload-keys');
const old = keyring(first);
const rotated = keyring(fourth, third, second, first);

const incident: SerializationContext = { type: 'workflow', namespace: 'default', workflowId: 'firedoor/INC-42' };
const other: SerializationContext = { ...incident, workflowId: 'firedoor/INC-43' };

const plain = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const valueOf = (payload: Payload | undefined): unknown => payload && defaultPayloadConverter.fromPayload(payload);

async function sealed(value: unknown, context?: SerializationContext, keys = old): Promise<Payload> {
  const [payload] = await encryption(keys).encode([plain(value)], context);
  return payload ?? {};
}

async function read(payload: Payload, context?: SerializationContext, keys = old): Promise<unknown> {
  const [found] = await encryption(keys).decode([payload], context);
  return valueOf(found);
}

function changed(payload: Payload, change: (data: Uint8Array) => void): Payload {
  const data = Uint8Array.from(payload.data ?? []);
  change(data);
  return { ...payload, data };
}

describe('an encrypted payload', () => {
  it('hides what it holds and comes out as it went in; twice the same is not twice the same bytes', async () => {
    const [one, two] = [await sealed('canary-9f31', incident), await sealed('canary-9f31', incident)];
    expect(Buffer.from(one.data ?? []).includes('canary')).toBe(false);
    expect(Buffer.from(one.data ?? [])).not.toEqual(Buffer.from(two.data ?? []));
    expect(Buffer.from(one.metadata?.['firedoor-key'] ?? []).toString()).toBe('first');
    expect(await read(one, incident)).toBe('canary-9f31');
  });

  it('is read after three rotations, and its successor is under the newest key', async () => {
    const before = await sealed('held', incident);
    expect(await read(before, incident, rotated)).toBe('held');
    const after = await sealed('held', incident, rotated);
    expect(Buffer.from(after.metadata?.['firedoor-key'] ?? []).toString()).toBe('fourth');
    expect(await read(after, incident, old)).toEqual({ unreadable: 'key "fourth" is not among those given' });
  });

  it('does not fit another workflow, nor once its binding was changed', async () => {
    const payload = await sealed('held', incident);
    expect(await read(payload, other)).toEqual({ unreadable: 'it belongs to workflow default/firedoor/INC-42' });
    const moved = {
      ...payload,
      metadata: { ...payload.metadata, 'firedoor-workflow': Buffer.from('default/firedoor/INC-43') },
    };
    expect(await read(moved, other)).toEqual({ unreadable: 'it does not fit key "first": it was altered, or moved' });
  });

  it('is not read when any bit of it is another, it is cut short, or it names another key', async () => {
    const payload = await sealed('held', incident);
    const bits = (payload.data?.length ?? 0) * 8;
    for (let bit = 0; bit < bits; bit += 7) {
      const flipped = changed(payload, (data) => (data[bit >> 3] = (data[bit >> 3] ?? 0) ^ (1 << (bit & 7))));
      expect(await read(flipped, incident)).toMatchObject({ unreadable: expect.stringMatching(/altered/) });
    }
    const short = { ...payload, data: (payload.data ?? new Uint8Array()).subarray(0, 10) };
    expect(await read(short, incident)).toHaveProperty('unreadable');
    const renamed = { ...payload, metadata: { ...payload.metadata, 'firedoor-key': Buffer.from('second') } };
    expect(await read(renamed, incident, rotated)).toHaveProperty('unreadable');
  });

  it('is wanted: one stripped of its encryption is not read', async () => {
    expect(await read(plain({ document: '{}', signature: '' }), incident)).toEqual({
      unreadable: 'it is not encrypted',
    });
  });

  it('is compressed first where it is large', async () => {
    const codec = codecOf(old);
    const large = plain('host '.repeat(20_000));
    const [payload] = await codec.encode([large], incident);
    expect(payload?.data?.length).toBeLessThan(10_000);
    expect(valueOf((await codec.decode(payload ? [payload] : [], incident))[0])).toBe(valueOf(large));
  });
});

describe('a key file', () => {
  it('names every line that is wrong, and nothing that is in it', () => {
    const text = `# newest first\n\nshort abc\n${first}\n${first}\nUpper ${hex()}\n`;
    let found: unknown;
    try {
      readKeyring(text, 'payload-keys');
    } catch (error) {
      found = error;
    }
    expect(found).toBeInstanceOf(KeyringError);
    expect((found as KeyringError).problems).toEqual([
      'payload-keys:3:1  expected a name, a space, and 64 hex digits',
      'payload-keys:5:1  found the key "first" again, expected each name once',
      'payload-keys:6:1  expected a name, a space, and 64 hex digits',
    ]);
    expect(() => readKeyring('# nothing\n', 'k')).toThrow('k:1:1  found no key, expected at least one');
  });
});
