import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkSignature } from '../../../activities/proof/signature.ts';
import type { SignatureCheck } from '../../../model/verification.ts';
import type { Keyring } from '../../helpers/keyring.ts';
import { craftHardwareKey, makeKeyring } from '../../helpers/keyring.ts';

const ada = 'ada@example.org';
const bo = 'bo@example.org';
const document = '{"kind":"Decision"}';
const noon = Date.parse('2026-06-15T12:00:00Z');
const hourMs = 3_600_000;

let ring: Keyring;
beforeAll(async () => {
  ring = await makeKeyring();
});
afterAll(async () => await ring.remove());

function check(signature: string, allowedSigners: string, more: Partial<SignatureCheck> = {}): SignatureCheck {
  return { document, signature, by: ada, allowedSigners: `${allowedSigners}\n`, atMs: noon, ...more };
}

describe('every kind of key signs decisions', () => {
  it.each([
    ['ed25519', ['-t', 'ed25519'], 'ED25519'],
    ['ecdsa-256', ['-t', 'ecdsa', '-b', '256'], 'ECDSA'],
    ['ecdsa-521', ['-t', 'ecdsa', '-b', '521'], 'ECDSA'],
    ['rsa', ['-t', 'rsa', '-b', '3072'], 'RSA'],
  ])('%s', async (name, kind) => {
    const key = await ring.make(name, ...kind);
    const good = check(await ring.sign(name, document), `${ada} ${key}`);
    expect(await checkSignature(good)).toMatchObject({ good: true, key: expect.stringMatching(/^SHA256:/) });
    expect(await checkSignature({ ...good, document: `${document} ` })).toMatchObject({ good: false });
    expect(await checkSignature({ ...good, by: bo })).toMatchObject({ good: false });
  });

  it('sk-ed25519, crafted from a software key; only where it was touched', async () => {
    const hardware = craftHardwareKey();
    const signers = `${ada} ${hardware.publicKey}`;
    for (const touched of [0x01, 0x05]) {
      expect(await checkSignature(check(hardware.sign(document, touched), signers))).toMatchObject({ good: true });
    }
    for (const untouched of [0x00, 0x04]) {
      expect(await checkSignature(check(hardware.sign(document, untouched), signers))).toEqual({
        good: false,
        detail: expect.stringMatching(/^hardware key SHA256:\S{43} was not touched$/),
      });
    }
    const of = (flags: number): Buffer =>
      Buffer.from(hardware.sign(document, flags).replace(/-----.*-----|\n/g, ''), 'base64');
    const raised = of(0x00);
    raised[raised.length - 5] = 0x01;
    const armoured = `-----BEGIN SSH SIGNATURE-----\n${raised.toString('base64')}\n-----END SSH SIGNATURE-----\n`;
    expect(await checkSignature(check(armoured, signers)), 'the flag is signed too').toMatchObject({ good: false });
    expect(await checkSignature(check(craftHardwareKey().sign(document, 1), signers))).toMatchObject({ good: false });
  });
});

describe('certificates', () => {
  let authority: string;
  let signers: string;
  beforeAll(async () => {
    authority = await ring.make('ca', '-t', 'ed25519');
    signers = `*@example.org cert-authority,namespaces="decision@firedoor" ${authority}`;
  });

  /** A signature by a certificate of its own. */
  async function signed(name: string, ...options: readonly string[]): Promise<string> {
    await ring.make(name, '-t', 'ed25519');
    await ring.certify(name, 'ca', '-I', name, ...options);
    return await ring.sign(name, document);
  }

  it('count for the people they name, and for nobody else', async () => {
    const signature = await signed('ada-cert', '-n', ada);
    expect(await checkSignature(check(signature, signers))).toMatchObject({ good: true });
    expect(await checkSignature(check(signature, signers, { by: bo }))).toMatchObject({ good: false });
    expect(await checkSignature(check(signature, `bo@example.org cert-authority ${authority}`))).toMatchObject({
      good: false,
    });
    expect(await checkSignature(check(signature, `*@example.org ${authority}`)), 'no cert-authority').toMatchObject({
      good: false,
    });
  });

  it('count for nobody where they name nobody, are for hosts, or come from another authority', async () => {
    await ring.make('other-ca', '-t', 'ed25519');
    await ring.make('foreign', '-t', 'ed25519');
    await ring.certify('foreign', 'other-ca', '-I', 'foreign', '-n', ada);
    const bad = [
      await signed('nameless'),
      await signed('host', '-h', '-n', ada),
      await signed('starred', '-n', '*@example.org'),
      await ring.sign('foreign', document),
    ];
    for (const signature of bad) expect(await checkSignature(check(signature, signers))).toMatchObject({ good: false });
  });

  it('count within their own validity, at workflow time', async () => {
    const signature = await signed('timed', '-n', ada, '-V', '20260615100000Z:20260615140000Z');
    const good = check(signature, signers);
    expect(await checkSignature(good)).toMatchObject({ good: true });
    expect(await checkSignature({ ...good, atMs: noon - 3 * hourMs })).toMatchObject({ good: false });
    expect(await checkSignature({ ...good, atMs: noon + 3 * hourMs })).toMatchObject({ good: false });
  });

  it('are revoked by serial number, or all at once with the key of their authority', async () => {
    const signature = await signed('numbered', '-n', ada, '-z', '7');
    const good = check(signature, signers);
    const bySerial = async (serial: number): Promise<string> => await ring.revoke(`serial: ${serial}`, 'ca');
    expect(await checkSignature({ ...good, revocations: await bySerial(8) })).toMatchObject({ good: true });
    const revoked = { good: false, detail: expect.stringMatching(/^key SHA256:\S{43} is revoked$/) };
    expect(await checkSignature({ ...good, revocations: await bySerial(7) })).toEqual(revoked);
    const whole = Buffer.from(authority).toString('base64');
    expect(await checkSignature({ ...good, revocations: whole })).toEqual(revoked);
  });
});

describe('a list of revoked keys', () => {
  it('takes keys out, as a KRL or as public keys one a line, and says so', async () => {
    const [one, other] = [await ring.make('one', '-t', 'ed25519'), await ring.make('two', '-t', 'ed25519')];
    const good = check(await ring.sign('one', document), `${ada} ${one}`);
    const text = (keys: string): string => Buffer.from(keys).toString('base64');
    const lists = async (key: string): Promise<readonly string[]> => [
      text(`# lost\n${key} a comment\n`),
      await ring.revoke(key),
    ];
    for (const revocations of await lists(other)) {
      expect(await checkSignature({ ...good, revocations })).toMatchObject({ good: true });
    }
    expect(await checkSignature({ ...good, revocations: '' }), 'an empty list').toMatchObject({ good: true });
    for (const revocations of await lists(one)) {
      expect(await checkSignature({ ...good, revocations })).toEqual({
        good: false,
        detail: expect.stringMatching(/^key SHA256:\S{43} is revoked$/),
      });
    }
  });

  it('that cannot be read takes every key out', async () => {
    const key = await readFile(`${ring.file('one')}.pub`, 'utf8');
    const good = check(await ring.sign('one', document), `${ada} ${key}`);
    const krl = Buffer.from(await ring.revoke(await ring.make('three', '-t', 'ed25519')), 'base64');
    const broken = [Buffer.from('nonsense\n'), krl.subarray(0, 30)];
    for (const bytes of broken) {
      expect(await checkSignature({ ...good, revocations: bytes.toString('base64') })).toMatchObject({ good: false });
    }
  });
});

describe('options of allowed_signers', () => {
  const day = '2026-06-15';
  it.each([
    ['valid-after="20260615"', `${day}T00:00:01Z`, `${day.replace('15', '14')}T23:59:58Z`],
    ['valid-after="20260615120000"', `${day}T12:00:01Z`, `${day}T11:59:59Z`],
    ['valid-before="20260615"', '2026-06-14T23:59:58Z', `${day}T00:00:02Z`],
    ['valid-after="20260615100000Z",valid-before="20260615110000Z"', `${day}T10:30:00Z`, `${day}T11:30:00Z`],
    ['namespaces="git,decision@firedoor"', `${day}T12:00:00Z`, undefined],
    ['namespaces="*@firedoor"', `${day}T12:00:00Z`, undefined],
    ['namespaces="git"', undefined, `${day}T12:00:00Z`],
    ['namespaces="file,!decision@firedoor,*"', undefined, `${day}T12:00:00Z`],
    ['no-such-option', undefined, `${day}T12:00:00Z`],
  ])('%s counts at workflow time, in UTC', async (options, goodAt, badAt) => {
    const key = (await readFile(`${ring.file('one')}.pub`, 'utf8')).trim();
    const asked = check(await ring.sign('one', document), `${ada} ${options} ${key}`);
    const at = async (instant: string) => await checkSignature({ ...asked, atMs: Date.parse(instant) });
    if (goodAt !== undefined) expect(await at(goodAt)).toMatchObject({ good: true });
    if (badAt !== undefined) expect(await at(badAt)).toMatchObject({ good: false });
  });

  it('never let a signature for git or a file count', async () => {
    const key = (await readFile(`${ring.file('one')}.pub`, 'utf8')).trim();
    for (const namespace of ['git', 'file', 'decision@firedoor ', 'Decision@firedoor', 'decision']) {
      const signature = await ring.sign('one', document, namespace);
      expect(await checkSignature(check(signature, `${ada} ${key}`)), namespace).toMatchObject({ good: false });
    }
  });
});
