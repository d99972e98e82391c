import { execFile } from 'node:child_process';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { signatureNamespace } from '../../model/decision.ts';

const run = promisify(execFile);

/** Keys and certificates in a folder, and signatures by them. */
export interface Keyring {
  /** Makes a key pair and gives its public half: `ssh-ed25519 AAAA…`. */
  readonly make: (name: string, ...kind: readonly string[]) => Promise<string>;
  /** A user certificate for a key, by the key `authority`; signatures by `name` are then by the certificate. */
  readonly certify: (name: string, authority: string, ...options: readonly string[]) => Promise<void>;
  /** The armoured SSHSIG over a document. */
  readonly sign: (name: string, document: string, namespace?: string) => Promise<string>;
  /** A KRL (ssh-keygen(1), *KEY REVOCATION LISTS*) by lines of a specification, as base64. */
  readonly revoke: (specification: string, authority?: string) => Promise<string>;
  readonly file: (name: string) => string;
  readonly remove: () => Promise<void>;
}

/** Makes an empty ring; whoever made it removes it. */
export async function makeKeyring(): Promise<Keyring> {
  const folder = await mkdtemp(path.join(tmpdir(), 'firedoor-ring-'));
  const file = (name: string): string => path.join(folder, name);
  const certified = new Set<string>();
  return {
    file,
    make: async (name, ...kind) => {
      await run('ssh-keygen', ['-q', ...kind, '-N', '', '-C', name, '-f', file(name)]);
      return (await readFile(`${file(name)}.pub`, 'utf8')).split(' ').slice(0, 2).join(' ');
    },
    certify: async (name, authority, ...options) => {
      await run('ssh-keygen', ['-q', '-s', file(authority), ...options, `${file(name)}.pub`]);
      certified.add(name);
    },
    sign: async (name, document, namespace = signatureNamespace) => {
      const by = certified.has(name) ? `${file(name)}-cert.pub` : file(name);
      const signing = run('ssh-keygen', ['-q', '-Y', 'sign', '-n', namespace, '-f', by]);
      signing.child.stdin?.end(document);
      return (await signing).stdout;
    },
    revoke: async (specification, authority) => {
      await writeFile(file('specification'), `${specification}\n`);
      const by = authority === undefined ? [] : ['-s', `${file(authority)}.pub`];
      await run('ssh-keygen', ['-q', '-k', '-f', file('krl'), ...by, file('specification')]);
      return (await readFile(file('krl'))).toString('base64');
    },
    remove: async () => await rm(folder, { recursive: true, force: true }),
  };
}

/** A hardware key that is none: made of a software key, as OpenSSH writes those of `sk-ssh-ed25519@openssh.com`. */
export interface CraftedHardwareKey {
  readonly publicKey: string;
  /** @param flags - 1 where it was touched, 4 where a PIN was given (OpenSSH PROTOCOL.u2f) */
  readonly sign: (document: string, flags: number) => string;
}

function field(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Crafts one by PROTOCOL.u2f and PROTOCOL.sshsig: no token is needed, and nothing of a token is tested. */
export function craftHardwareKey(): CraftedHardwareKey {
  const kind = 'sk-ssh-ed25519@openssh.com';
  const application = 'ssh:';
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const point = Buffer.from(String(publicKey.export({ format: 'jwk' }).x), 'base64url');
  const key = Buffer.concat([field(kind), field(point), field(application)]);
  const hash = (algorithm: string, content: string | Uint8Array): Buffer =>
    createHash(algorithm).update(content).digest();
  return {
    publicKey: `${kind} ${key.toString('base64')}`,
    sign: (document, flags) => {
      const about = [field(signatureNamespace), field(''), field('sha512')];
      const toSign = Buffer.concat([Buffer.from('SSHSIG'), ...about, field(hash('sha512', document))]);
      const flagsAndCounter = Buffer.from([flags, 0, 0, 0, 7]);
      const signed = Buffer.concat([hash('sha256', application), flagsAndCounter, hash('sha256', toSign)]);
      const signature = Buffer.concat([field(kind), field(sign(null, signed, privateKey)), flagsAndCounter]);
      const version = Buffer.from([0, 0, 0, 1]);
      const whole = Buffer.concat([Buffer.from('SSHSIG'), version, field(key), ...about, field(signature)]);
      const lines = whole.toString('base64').match(/.{1,70}/g) ?? [];
      return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----', ''].join('\n');
    },
  };
}
