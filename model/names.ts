import { z } from 'zod';

/**
 * Names people write into files and sign. ASCII, lower case, a fixed alphabet: look-alikes, control characters and
 * bidi marks are refused, never normalised (docs/decisions/0003).
 */
export const name = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,62}$/,
    'expected a name of 1 to 63 of a-z, 0-9 and "-", starting with a letter or digit',
  );

/** A person, named as in `allowed_signers`: an e-mail address in lower-case ASCII. */
export const personId = z
  .string()
  .max(120)
  .regex(
    /^[a-z0-9][a-z0-9._+-]*@[a-z0-9][a-z0-9.-]*$/,
    'expected an e-mail address in lower-case ASCII, such as ada@example.org',
  );

/** What a responder calls the incident: `INC-42`. It becomes part of workflow ids, so its alphabet is narrow. */
export const incidentId = z
  .string()
  .regex(
    /^[A-Z][A-Z0-9]{0,15}-[A-Z0-9]{1,16}$/,
    'expected an incident id such as INC-42: capitals and digits, one hyphen',
  );

/** A principal: `aws.iam.user:<account>/<name>` or `aws.iam.role:<account>/<name>`, the account by its estate name. */
export const principalId = z
  .string()
  .regex(
    /^aws\.iam\.(user|role):[a-z0-9][a-z0-9-]{0,62}\/[A-Za-z0-9+=,.@_-]{1,128}$/,
    'expected aws.iam.user:<account>/<name> or aws.iam.role:<account>/<name>',
  );

/** sha256 as `sha256:` and 64 hex digits. */
export const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 hex digits');

/** An instant in UTC with at most milliseconds, as `Date.toISOString` writes it. */
export const instant = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/, 'expected a UTC instant such as 2025-04-22T14:02:00Z');

/** A sentence a person wrote: one line, no control characters, so that it can't redraw a terminal or forge a log line. */
export const sentence = z
  .string()
  .trim()
  .min(1, 'expected some words')
  .max(500, 'expected at most 500 characters')
  // eslint-disable-next-line no-control-regex
  .refine((text) => !/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/.test(text), {
    message: 'expected one line without control or direction characters',
  });

/** A few words in a table: what happens when a time limit runs out. */
export const phrase = sentence.max(60, 'expected at most 60 characters');

/** The parts of a principal id. */
export interface PrincipalParts {
  readonly kind: 'user' | 'role';
  readonly account: string;
  readonly name: string;
}

/** Splits a principal id that has passed {@link principalId}. */
export function principalParts(id: string): PrincipalParts {
  const match = /^aws\.iam\.(user|role):([^/]+)\/(.+)$/.exec(id);
  if (!match) throw new TypeError(`not a principal id: ${id}`);
  return { kind: match[1] as 'user' | 'role', account: match[2] as string, name: match[3] as string };
}
