/** A key for payloads, and the name that encrypted payloads carry of it. */
export interface PayloadKey {
  readonly id: string;
  /** 32 bytes. */
  readonly bytes: Uint8Array;
}

/** Keys for payloads: the first encrypts, all decrypt. Rotation adds one above the others; none is taken out while a history lives. */
export interface Keyring {
  readonly current: PayloadKey;
  readonly find: (id: string) => PayloadKey | undefined;
}

/** A key file that can't be used; `problems` names each line that is wrong, and never what it holds. */
export class KeyringError extends Error {
  override readonly name = 'KeyringError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

const line = /^(?<id>[a-z0-9][a-z0-9-]{0,62}) (?<hex>[0-9a-f]{64})$/;

/**
 * Reads a key file: a line a key, its name and 64 hex digits (`openssl rand -hex 32`); the newest first. Empty lines and
 * those that begin with `#` don't count.
 *
 * @param file how the file is called in problems
 * @throws KeyringError every line that is wrong, at once
 */
export function readKeyring(text: string, file: string): Keyring {
  const keys: PayloadKey[] = [];
  const problems: string[] = [];
  for (const [index, written] of text.split(/\r?\n/).entries()) {
    if (written.trim() === '' || written.startsWith('#')) continue;
    const { id, hex } = line.exec(written.trim())?.groups ?? {};
    if (id === undefined || hex === undefined) {
      problems.push(`${file}:${index + 1}:1  expected a name, a space, and 64 hex digits`);
    } else if (keys.some((key) => key.id === id)) {
      problems.push(`${file}:${index + 1}:1  found the key "${id}" again, expected each name once`);
    } else keys.push({ id, bytes: Buffer.from(hex, 'hex') });
  }
  const [current] = keys;
  if (problems.length > 0 || current === undefined) {
    throw new KeyringError(problems.length > 0 ? problems : [`${file}:1:1  found no key, expected at least one`]);
  }
  return { current, find: (id) => keys.find((key) => key.id === id) };
}
