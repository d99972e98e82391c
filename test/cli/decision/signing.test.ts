import { appendFile, copyFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkSignature } from '../../../activities/proof/signature.ts';
import type { Context } from '../../../cli/context.ts';
import { knownKeys, peopleWithKey } from '../../../cli/decision/allowed-signers.ts';
import { makeDecision } from '../../../cli/decision/make.ts';
import { findKeys, signDocument } from '../../../cli/decision/sign.ts';
import { findSigner } from '../../../cli/decision/signer.ts';
import { nodeContext } from '../../../cli/node-context.ts';
import type { Decision } from '../../../model/decision.ts';
import { readDecision } from '../../../model/decision.ts';
import type { Keys } from './keys.ts';
import { makeKeys } from './keys.ts';

let keys: Keys;
beforeAll(async () => {
  keys = await makeKeys();
});
afterAll(async () => await keys.remove());

const nowMs = Date.parse('2025-04-22T13:02:00.000Z');

function context(env: Record<string, string> = {}): Context {
  return {
    ...nodeContext(),
    now: () => new Date(nowMs),
    cwd: keys.folder,
    env: { PATH: process.env['PATH'], HOME: keys.folder, ...env },
  };
}

const facts: Omit<Decision, 'kind' | 'issued' | 'expires' | 'nonce'> = {
  estate: 'retail',
  namespace: 'default',
  incident: 'INC-42',
  start: `sha256:${'a'.repeat(64)}`,
  plan: `sha256:${'b'.repeat(64)}`,
  gate: 'cut-off',
  verb: 'approve',
  by: 'bo@example.org',
  reason: 'ticket 881',
};

describe('a decision', () => {
  it('is made, signed by ssh-keygen, and verified by what the worker verifies with', async () => {
    const made = makeDecision(context(), facts, 1_800_000);
    expect(readDecision(made.document)).toEqual({ ok: true, decision: made.decision });
    const [key] = await findKeys(context(), keys.file('bo@example.org'));
    const signed = await signDocument(context(), key!, made.document);
    const { allowedSigners } = keys.roster;
    const check = { ...signed, by: 'bo@example.org', allowedSigners, atMs: nowMs };
    expect(await checkSignature(check)).toMatchObject({ good: true, key: key?.fingerprint });
    expect(await checkSignature({ ...check, by: 'cy@example.org' })).toMatchObject({ good: false });
    const other = made.document.replace('cut-off', 'evidence');
    expect(await checkSignature({ ...check, document: other })).toMatchObject({ good: false });
  });

  it('has a nonce of its own each time', () => {
    const nonces = Array.from({ length: 20 }, () => makeDecision(context(), facts, 1).decision.nonce);
    expect(new Set(nonces).size).toBe(20);
  });

  it('is refused where a fact does not fit, with what was expected', () => {
    expect(() => makeDecision(context(), { ...facts, by: 'Bo@example.org' }, 1)).toThrow(
      'by: expected an e-mail address in lower-case ASCII, such as ada@example.org',
    );
    expect(() => makeDecision(context(), { ...facts, reason: 'a\u202eb' }, 1)).toThrow('reason: expected one line');
  });
});

describe('who signs', () => {
  const named = async (env: Record<string, string>, options = {}): Promise<string> => {
    const signer = await findSigner(context(env), options, keys.roster);
    return `${signer.id} ${signer.roles.join(',')} ${path.basename(signer.key.file)}`;
  };

  it('is found by the key: of the flag, else of the environment', async () => {
    const env = { FIREDOOR_SIGN_WITH: keys.file('bo@example.org') };
    expect(await named(env)).toBe('bo@example.org platform bo@example.org');
    expect(await named(env, { signWith: '.ssh/cy@example.org' })).toBe('cy@example.org ir-lead cy@example.org');
    expect(await named({ ...env, FIREDOOR_AS: 'ada@example.org' })).toBe('ada@example.org ir-lead bo@example.org');
    expect(await named({ ...env, FIREDOOR_AS: 'ada@example.org' }, { as: 'x@example.org' })).toBe(
      'x@example.org  bo@example.org',
    );
  });

  it('is found by the usual keys of ~/.ssh, passing over one that nobody knows', async () => {
    await expect(findSigner(context(), {}, keys.roster)).rejects.toThrow('No key to sign with: ');
    const usual = path.join(keys.folder, '.ssh', 'id_ed25519');
    await copyFile(keys.file('stranger'), usual);
    await expect(findSigner(context(), {}, keys.roster)).rejects.toThrow("Nobody in the estate's allowed_signers");
    await copyFile(keys.file('cy@example.org'), path.join(keys.folder, '.ssh', 'id_rsa'));
    expect(await named({})).toBe('cy@example.org ir-lead id_rsa');
    await rename(usual, `${usual}.old`);
  });

  it('has to be said where one key is of two people', async () => {
    const [line = ''] = keys.roster.allowedSigners.split('\n');
    const shared = {
      ...keys.roster,
      allowedSigners: line.replace('ada@example.org', 'ada@example.org,cy@example.org'),
    };
    const env = { FIREDOOR_SIGN_WITH: keys.file('ada@example.org') };
    await expect(findSigner(context(env), {}, shared)).rejects.toThrow(
      /belongs to ada@example.org and cy@example.org. Say who signs with --as.$/,
    );
  });
});

describe('a key that is of no use', () => {
  it('says what is wrong and what to do', async () => {
    await expect(findKeys(context(), 'nothing-here')).rejects.toThrow(
      /The key .*nothing-here can't be read: .*--sign-with/,
    );
    const broken = path.join(keys.folder, 'broken');
    await appendFile(broken, 'not a key\n', { mode: 0o600 });
    await expect(findKeys(context(), broken)).rejects.toThrow("broken can't be read");
    const alone = path.join(keys.folder, 'alone.pub');
    await copyFile(`${keys.file('bo@example.org')}.pub`, alone);
    const [key] = await findKeys(context(), alone);
    await expect(signDocument(context(), key!, '{}')).rejects.toThrow(/alone.pub can't sign: .*ssh-add -L/);
  });

  it('says FD-503 where there is no ssh-keygen', async () => {
    const none = { ...context(), env: { PATH: '/nowhere' } };
    await expect(findKeys(none, keys.file('bo@example.org'))).rejects.toMatchObject({ code: 'FD-503', exitCode: 1 });
  });
});

describe('allowed_signers', () => {
  const blob = 'AAAAC3NzaC1lZDI1NTE5AAAAIHJ3q1yBPt6cNMNvxmoZQeVnAo7NGGRAQ3VvXnOmfWQr';

  it('is read with options, quotes and several people, and without patterns and authorities', () => {
    const text = [
      '# keys',
      '',
      `ada@example.org,cy@example.org ssh-ed25519 ${blob} a comment`,
      `"bo@example.org" namespaces="git,decision@firedoor",valid-after="20250101" ssh-ed25519 ${blob}`,
      `*@example.org ssh-ed25519 ${blob}`,
      `ca@example.org cert-authority,namespaces="x" ssh-ed25519 ${blob}`,
      'broken@example.org ssh-ed25519',
      'nonsense',
    ].join('\r\n');
    const [first] = knownKeys(text);
    expect(first?.fingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
    expect(peopleWithKey(text, first?.fingerprint ?? '')).toEqual([
      'ada@example.org',
      'bo@example.org',
      'cy@example.org',
    ]);
    expect(peopleWithKey(text, 'SHA256:other')).toEqual([]);
  });

  it('gives the fingerprint that ssh-keygen shows', async () => {
    const [key] = await findKeys(context(), keys.file('bo@example.org'));
    expect(peopleWithKey(keys.roster.allowedSigners, key?.fingerprint ?? '')).toEqual(['bo@example.org']);
  });
});
