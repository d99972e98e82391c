import { z } from 'zod';
import { canonical } from './canonical.ts';
import { digest, incidentId, instant, name, personId, sentence } from './names.ts';
import { verb } from './verbs.ts';

/**
 * What a person signs (DESIGN.md, *Decisions*). `start` is the sha256 of the start decision's document, absent in the
 * start decision itself; `gate` names the stage, `restore/<tier>`, `start/break-glass`, `close/review`, or for `attest`
 * `restore/<tier>/<what is attested>`.
 */
export const decision = z.strictObject({
  kind: z.literal('Decision'),
  estate: name,
  namespace: z.string().min(1).max(255),
  incident: incidentId,
  start: digest.optional(),
  plan: digest,
  gate: z.string().max(200).optional(),
  verb,
  by: personId,
  reason: sentence,
  issued: instant,
  expires: instant,
  nonce: z.string().regex(/^[0-9a-f]{32}$/, 'expected 32 hex digits'),
});
export type Decision = z.infer<typeof decision>;

/** A decision on the wire: the exact bytes signed, and the armoured SSHSIG over them. */
export const signedDecision = z.strictObject({ document: z.string().max(8_000), signature: z.string().max(8_000) });
export type SignedDecision = z.infer<typeof signedDecision>;

/** SSHSIG namespace of decisions: a signature made for git or a file never counts (OpenSSH PROTOCOL.sshsig). */
export const signatureNamespace = 'decision@firedoor';

/** A decision that was read, or why it can't be. */
export type ReadDecision =
  { readonly ok: true; readonly decision: Decision } | { readonly ok: false; readonly why: string };

/** Reads the document of a signed decision: JSON, exact fields, and byte for byte its own RFC 8785 form. */
export function readDecision(document: string): ReadDecision {
  let value: unknown;
  try {
    value = JSON.parse(document);
  } catch {
    return { ok: false, why: 'it is not JSON' };
  }
  const parsed = decision.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { ok: false, why: `${issue?.path.join('.') || 'document'}: ${issue?.message ?? 'invalid'}`.slice(0, 200) };
  }
  if (canonical(parsed.data) !== document) return { ok: false, why: 'its bytes are not its RFC 8785 form' };
  return { ok: true, decision: parsed.data };
}
