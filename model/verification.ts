import type { Decision, SignedDecision } from './decision.ts';
import { readDecision, signedDecision } from './decision.ts';
import type { DenialReason } from './incident.ts';
import type { JudgementContext } from './judgement.ts';
import { judgeDocument } from './judgement.ts';

/** A signature to check: the exact bytes signed, whom they name, the keys of the roster, and the time they are judged at. */
export interface SignatureCheck {
  readonly document: string;
  readonly signature: string;
  readonly by: string;
  readonly allowedSigners: string;
  /** The list of revoked keys, base64 of the file as it stands; absent where the workers have none. */
  readonly revocations?: string;
  readonly atMs: number;
}

/** Good with the key's fingerprint and the document's sha256 (the sandbox has no crypto), or not, with the verifier's own word. */
export type SignatureAnswer =
  | { readonly good: true; readonly key: string; readonly digest: string }
  | { readonly good: false; readonly detail: string };

/** What a decision is verified with: the one verifier, and how its times are read. */
export interface Verifier {
  readonly verifySignature: (check: SignatureCheck) => Promise<SignatureAnswer>;
  /** Milliseconds of an instant: `Date.parse`. */
  readonly instantMs: (instant: string) => number;
}

/** A decision whose words and signature hold, or why it is denied; with the decision wherever it could be read. */
export type Verdict =
  | { readonly ok: true; readonly decision: Decision; readonly key: string; readonly digest: string }
  | { readonly ok: false; readonly reason: DenialReason; readonly detail?: string; readonly decision?: Decision };

/**
 * Verifies a signed decision: its form, whom and what it names, its times, and then its signature. The incident, its start and
 * every warrant verify by this one function (DESIGN.md, *Decisions*). Gate, role and replay are judged after it.
 *
 * @param signed - whatever came: nothing about it is believed
 */
export async function verifyDecision(
  signed: SignedDecision,
  context: JudgementContext,
  verifier: Verifier,
): Promise<Verdict> {
  if (!signedDecision.safeParse(signed).success) {
    return { ok: false, reason: 'malformed', detail: 'expected { document, signature }, two strings' };
  }
  const read = readDecision(signed.document);
  if (!read.ok) return { ok: false, reason: 'malformed', detail: read.why };
  const { decision } = read;
  const reason = judgeDocument(decision, context, {
    issuedMs: verifier.instantMs(decision.issued),
    expiresMs: verifier.instantMs(decision.expires),
  });
  if (reason) return { ok: false, reason, decision };
  const { allowedSigners, revocations } = context.roster;
  const answer = await verifier.verifySignature({
    ...signed,
    by: decision.by,
    allowedSigners,
    ...(revocations === undefined ? {} : { revocations }),
    atMs: context.nowMs,
  });
  if (!answer.good) return { ok: false, reason: 'bad-signature', detail: answer.detail, decision };
  return { ok: true, decision, key: answer.key, digest: answer.digest };
}
