import { deflateSync } from 'node:zlib';
import type { Payload } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { compression } from '../../worker/data-converter.ts';

const json = (text: string): Payload => ({
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from(JSON.stringify(text)),
});

describe('payloads', () => {
  it('that are large travel compressed, and come out as they went in', async () => {
    const large = json('host '.repeat(20_000));
    const [sent] = await compression.encode([large]);
    expect(Buffer.from(sent?.metadata?.['encoding'] ?? []).toString()).toBe('binary/firedoor-deflate');
    expect(sent?.data?.length).toBeLessThan((large.data?.length ?? 0) / 10);
    const [read] = await compression.decode([sent ?? {}]);
    expect(Buffer.from(read?.data ?? [])).toEqual(large.data);
    expect(Buffer.from(read?.metadata?.['encoding'] ?? []).toString()).toBe('json/plain');
  });

  it('that are small stay readable, and those of others are left alone', async () => {
    const small = json('held');
    expect(await compression.encode([small])).toEqual([small]);
    expect(await compression.decode([small])).toEqual([small]);
  });

  it('that would expand beyond 64 MiB are an error', async () => {
    const bomb = { metadata: { encoding: Buffer.from('binary/firedoor-deflate') }, data: deflateSync(Buffer.alloc(65 * 1_048_576)) }; // prettier-ignore
    expect(bomb.data.length).toBeLessThan(100_000);
    await expect(compression.decode([bomb])).rejects.toThrow(/larger than|too large/i);
  });
});
