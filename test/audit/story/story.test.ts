import { describe, expect, it } from 'vitest';
import type { AuditExport } from '../../../audit/document.ts';
import { fingerprintIn } from '../../../audit/story/decisions.ts';
import { storyOf } from '../../../audit/story/story.ts';
import { codecOf } from '../../../worker/data-converter.ts';
import { readKeyring } from '../../../worker/keyring.ts';
import { sampleExport } from '../sample-export.ts';

const keys = (hex: string) => codecOf(readKeyring(`k1 ${hex.repeat(64)}`, 'keys'));

/** The same value with every payload in it sealed. */
async function sealed(value: unknown): Promise<unknown> {
  if (Array.isArray(value)) return await Promise.all(value.map(sealed));
  if (typeof value !== 'object' || value === null) return value;
  const { metadata, data } = value as { metadata?: Record<string, string>; data?: string };
  if (metadata && data !== undefined) {
    const encoding = Buffer.from(metadata['encoding'] ?? '', 'base64');
    const [made] = await keys('a').encode([{ metadata: { encoding }, data: Buffer.from(data, 'base64') }]);
    const entries = Object.entries(made?.metadata ?? {}).map(([name, bytes]) => [
      name,
      Buffer.from(bytes).toString('base64'),
    ]);
    return { metadata: Object.fromEntries(entries) as object, data: Buffer.from(made?.data ?? []).toString('base64') };
  }
  const entries = Object.entries(value).map(async ([name, part]) => [name, await sealed(part)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

describe('a story of encrypted histories', () => {
  it('is the same with the key, and without it is what is in the plain parts, and says how much is missing', async () => {
    const plain = sampleExport();
    const runs = (await sealed(plain.runs)) as AuditExport['runs'];
    const read = await storyOf({ ...plain, runs }, keys('a'));
    expect(read).toEqual(await storyOf(plain, codecOf(undefined)));
    expect(read.unread).toBe(0);
    for (const codec of [codecOf(undefined), keys('b')]) {
      const blind = await storyOf({ ...plain, runs }, codec);
      expect(blind.unread).toBeGreaterThan(20);
      expect(blind.rulings).toHaveLength(4);
      expect(blind.happenings.flatMap((each) => (each.kind === 'step' ? each.outcomes : []))).toEqual([]);
    }
  });
});

describe('the fingerprint in a signature', () => {
  const armoured = (bytes: Buffer) =>
    `-----BEGIN SSH SIGNATURE-----\n${bytes.toString('base64')}\n-----END SSH SIGNATURE-----\n`;

  it('is that of the key it names, as ssh-keygen -l prints it; anything else has none', () => {
    const key = Buffer.from('a key');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(key.length);
    const whole = Buffer.concat([Buffer.from('SSHSIG'), Buffer.from([0, 0, 0, 1]), length, key]);
    expect(fingerprintIn(armoured(whole))).toBe('SHA256:j6Oqsvqpt54KA5jaW1q9B4AUJEKlvoC5pkYI1xjLH80');
    expect(fingerprintIn(armoured(whole.subarray(0, -1)))).toBeUndefined();
    expect(fingerprintIn(armoured(Buffer.from('SSHSIX')))).toBeUndefined();
    expect(fingerprintIn('none')).toBeUndefined();
  });
});
