import { createHash } from 'node:crypto';

/** One key of an `allowed_signers` file and the people it belongs to. */
export interface KnownKey {
  readonly people: readonly string[];
  /** `SHA256:…`, as `ssh-keygen -l` shows it. */
  readonly fingerprint: string;
}

const keyType = /^(?:ssh-|ecdsa-sha2-|sk-ssh-|sk-ecdsa-)/;

/**
 * The keys an `allowed_signers` text names (ssh-keygen(1), *ALLOWED SIGNERS*). Used only to find out whose key lies on
 * this machine; whether a signature counts is for `ssh-keygen -Y verify` on the worker to say. Patterns and
 * certificate authorities name nobody in particular and are left out.
 */
export function knownKeys(allowedSigners: string): readonly KnownKey[] {
  return allowedSigners.split(/\r?\n/).flatMap((line) => readLine(line.trim()));
}

/** The people a key belongs to, by its fingerprint. */
export function peopleWithKey(allowedSigners: string, fingerprint: string): readonly string[] {
  const people = knownKeys(allowedSigners)
    .filter((key) => key.fingerprint === fingerprint)
    .flatMap((key) => key.people);
  return [...new Set(people)].toSorted();
}

function readLine(line: string): readonly KnownKey[] {
  if (line === '' || line.startsWith('#')) return [];
  const words = line.match(/(?:"[^"]*"|[^\s"])+/g) ?? [];
  const at = words.findIndex((word, index) => index > 0 && keyType.test(word));
  const blob = words[at + 1];
  if (at < 1 || blob === undefined) return [];
  if (words.slice(1, at).some((options) => /(?:^|,)cert-authority(?:,|$)/i.test(options))) return [];
  const people = (words[0] ?? '').replaceAll('"', '').split(',');
  return [{ people: people.filter((person) => !/[*?!]/.test(person)), fingerprint: fingerprintOf(blob) }];
}

function fingerprintOf(blob: string): string {
  const hash = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64');
  return `SHA256:${hash.replace(/=+$/, '')}`;
}
