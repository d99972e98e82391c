import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkSignature, documentDigest } from '../../../activities/proof/signature.ts';
import { sha256 } from '../../../activities/proof/seal.ts';
import type { SignatureCheck } from '../../../model/verification.ts';
import type { People } from '../../helpers/warrants.ts';
import { makePeople } from '../../helpers/warrants.ts';

const document = '{"kind":"Decision"}';
let people: People;
let good: SignatureCheck;

beforeAll(async () => {
  people = await makePeople();
  good = {
    document,
    signature: await people.sign('ada@example.org', document),
    by: 'ada@example.org',
    allowedSigners: people.roster.allowedSigners,
    atMs: Date.now(),
  };
});
afterAll(async () => {
  await people.remove();
});

/** Signs under another SSHSIG namespace, as for git. */
async function signForGit(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'firedoor-git-'));
  try {
    const key = path.join(folder, 'key');
    await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const signing = promisify(execFile)('ssh-keygen', ['-q', '-Y', 'sign', '-n', 'git', '-f', key]);
    signing.child.stdin?.end(document);
    return (await signing).stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function withOptions(options: string): string {
  return good.allowedSigners.replaceAll('namespaces=', `${options},namespaces=`);
}

describe('checkSignature', () => {
  it('is good for the bytes, the person and the roster it was made with, and names the key', async () => {
    expect(await checkSignature(good)).toMatchObject({ good: true, key: expect.stringMatching(/^SHA256:[\w+/]{43}$/) });
  });

  it.each<[string, () => Promise<Partial<SignatureCheck>>]>([
    ['one byte of the document is another', async () => ({ document: `${document} ` })],
    ['it names somebody else', async () => ({ by: 'bo@example.org' })],
    ['somebody else signed', async () => ({ signature: await people.sign('bo@example.org', document) })],
    ['nobody of the name has a key', async () => ({ by: 'eve@example.org' })],
    ['the roster is empty', async () => ({ allowedSigners: '' })],
    ['it was made for git', async () => ({ signature: await signForGit() })],
    ['it is no signature', async () => ({ signature: 'not a signature' })],
    ['it is empty', async () => ({ signature: '' })],
    ['the key was valid only before', async () => ({ allowedSigners: withOptions('valid-before="20200101Z"') })],
    ['the key becomes valid only later', async () => ({ allowedSigners: withOptions('valid-after="20990101Z"') })],
  ])('is not good when %s', async (_why, change) => {
    const answer = await checkSignature({ ...good, ...(await change()) });
    expect(answer).toEqual({ good: false, detail: expect.stringMatching(/^[\x20-\x7e]{1,160}$/) });
    expect(answer).not.toMatchObject({ detail: expect.stringContaining(tmpdir()) });
  });

  it('judges a key as of the time given, in UTC', async () => {
    const allowedSigners = withOptions('valid-before="20260101000000Z"');
    const endMs = Date.parse('2026-01-01T00:00:00Z');
    expect(await checkSignature({ ...good, allowedSigners, atMs: endMs - 2_000 })).toMatchObject({ good: true });
    expect(await checkSignature({ ...good, allowedSigners, atMs: endMs + 2_000 })).toMatchObject({ good: false });
  });
});

describe('documentDigest', () => {
  it('is the digest that later decisions name the start by', () => {
    expect(documentDigest(document)).toBe(sha256(document));
  });
});
