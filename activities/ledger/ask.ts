import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import { canonical } from '../../model/canonical.ts';
import { failureTypes } from '../../model/failure-type.ts';
import type { LedgerAnswer, LedgerRequest } from '../../model/ledger.ts';
import { sha256 } from '../proof/seal.ts';
import type { LedgerPort } from './port.ts';

/** A request, and whether to wait while the ledger is made whole. */
export interface AskInput {
  readonly request: LedgerRequest;
  readonly patient: boolean;
}

/** How an incident speaks to the estate's ledger. Makes no call to AWS. */
export interface AskActivities {
  /** Puts one request. Throws `InvalidInput` for an answer that is none; what can be tried again is retried. */
  readonly askLedger: (input: AskInput) => Promise<LedgerAnswer>;
}

/** The same for every try of one activity, and for nothing else: the ledger answers each request once. */
function idOf({ request, patient }: AskInput): string {
  const { workflowExecution, activityId, isLocal } = activityInfo();
  const by = [workflowExecution?.runId, isLocal ? 'local' : 'remote', activityId, patient ? 'patient' : 'quick'];
  return `${by.join('/')}/${sha256(canonical(request))}`;
}

/** Asks on behalf of the running activity: a retry of it gets the answer the first try would have had. */
export async function askFor(port: LedgerPort, input: AskInput): Promise<LedgerAnswer> {
  try {
    return await port.ask(input.request, { id: idOf(input), patient: input.patient });
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    throw ApplicationFailure.nonRetryable(
      'what answers as the ledger of the estate is none',
      failureTypes.invalidInput,
    );
  }
}

export function askActivities(deps: { readonly ledger: LedgerPort }): AskActivities {
  return { askLedger: async (input) => await askFor(deps.ledger, input) };
}
