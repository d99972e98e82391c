import type { SignatureAnswer, SignatureCheck } from '../model/verification.ts';
import { checkSignature } from './proof/signature.ts';

/** Activities of the decision desk; local ones, so their inputs are not stored twice (reference: Temporal, *Decisions*). */
export interface DecisionActivities {
  /** Whether a signature is good, as of workflow time. */
  readonly verifySignature: (check: SignatureCheck) => Promise<SignatureAnswer>;
}

export function decisionActivities(): DecisionActivities {
  return { verifySignature: checkSignature };
}
