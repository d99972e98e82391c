import { personIn } from '../../model/judgement.ts';
import type { Roster } from '../../model/plan.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { CliFailure, usageFailure } from '../failure.ts';
import { escapeControls } from '../render/escape.ts';
import { listWords } from '../render/words.ts';
import { peopleWithKey } from './allowed-signers.ts';
import type { SigningKey } from './sign.ts';
import { findKeys } from './sign.ts';

/** Who signs, and with which key. */
export interface Signer {
  readonly id: string;
  /** Roles in the roster; none where it doesn't know the person. */
  readonly roles: readonly string[];
  readonly key: SigningKey;
}

/** What the command line says about who signs. */
export interface SignerOptions {
  readonly as?: string | undefined;
  readonly signWith?: string | undefined;
}

/**
 * Finds who signs: the person named, else `FIREDOOR_AS`, else whose key it is by the roster's `allowed_signers`. A person
 * named is taken at their word: the worker judges and records the attempt.
 *
 * @throws CliFailure exit 4 where the key belongs to nobody, usage where it belongs to several
 */
export async function findSigner(context: Context, options: SignerOptions, roster: Roster): Promise<Signer> {
  const keys = await findKeys(context, options.signWith);
  const named = options.as ?? context.env['FIREDOOR_AS'];
  const owners = keys.map((key) => ({ key, people: peopleWithKey(roster.allowedSigners, key.fingerprint) }));
  if (named !== undefined && named !== '') {
    const own = owners.find(({ people }) => people.includes(named)) ?? owners[0];
    if (own) return signerOf(named, own.key, roster);
  }
  const known = owners.find(({ people }) => people.length > 0);
  if (!known) throw unknownKey(keys);
  const [id, ...others] = known.people;
  if (id !== undefined && others.length === 0) return signerOf(id, known.key, roster);
  throw usageFailure(`Key ${known.key.fingerprint} belongs to ${listWords(known.people)}. Say who signs with --as.`);
}

function signerOf(id: string, key: SigningKey, roster: Roster): Signer {
  return { id, roles: personIn(roster, id)?.roles ?? [], key };
}

function unknownKey(keys: readonly SigningKey[]): CliFailure {
  const shown = keys.map(({ file, fingerprint }) => `${file} (${fingerprint})`);
  return new CliFailure(
    escapeControls(
      `Nobody in the estate's allowed_signers has the key ${listWords(shown)}. Sign with another, --sign-with FILE, or have it added for the next plan.`,
    ),
    { exitCode: exitCodes.notAuthorised },
  );
}
