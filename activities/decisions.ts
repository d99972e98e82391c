import type { SignatureAnswer, SignatureCheck } from './proof/signature.ts';
import { checkSignature, documentDigest } from './proof/signature.ts';

/** Activities of the decision desk; local ones, so their inputs are not stored twice (reference: Temporal, *Decisions*). */
export interface DecisionActivities {
  /** Whether a signature is good, as of workflow time. */
  readonly verifySignature: (check: SignatureCheck) => Promise<SignatureAnswer>;
  /** sha256 of a document: the sandbox has no crypto. */
  readonly digestDocument: (document: string) => Promise<string>;
}

export function decisionActivities(): DecisionActivities {
  return {
    verifySignature: checkSignature,
    digestDocument: async (document) => await Promise.resolve(documentDigest(document)),
  };
}
