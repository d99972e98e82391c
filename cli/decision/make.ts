import { sha256 } from '../../documents/digest.ts';
import { canonical } from '../../model/canonical.ts';
import type { Decision } from '../../model/decision.ts';
import { decision as decisionSchema } from '../../model/decision.ts';
import type { Context } from '../context.ts';
import { usageFailure } from '../failure.ts';

/** What a decision is about and says; time and nonce are added when it is made. */
export type DecisionFacts = Omit<Decision, 'kind' | 'issued' | 'expires' | 'nonce'>;

/** A decision, the bytes to sign, and their sha256. */
export interface MadeDecision {
  readonly decision: Decision;
  /** RFC 8785 form. */
  readonly document: string;
  readonly digest: string;
}

/**
 * Makes a decision, issued now.
 *
 * @throws CliFailure usage, where a fact does not fit: a reason of two lines, an id that is none
 */
export function makeDecision(
  context: Pick<Context, 'now' | 'randomId'>,
  facts: DecisionFacts,
  expiresInMs: number,
): MadeDecision {
  const issuedMs = context.now().getTime();
  const parsed = decisionSchema.safeParse({
    kind: 'Decision',
    ...facts,
    issued: new Date(issuedMs).toISOString(),
    expires: new Date(issuedMs + expiresInMs).toISOString(),
    nonce: context.randomId().replaceAll('-', ''),
  });
  if (!parsed.success) {
    throw usageFailure(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'));
  }
  const document = canonical(parsed.data);
  return { decision: parsed.data, document, digest: sha256(document) };
}
