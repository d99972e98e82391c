import { ApplicationFailure } from '@temporalio/common';
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Claims } from '../model/claims.ts';
import {
  claims as claimsSchema,
  noClaims,
  rebuild,
  reconcile,
  removeIncident,
  takeClaim,
  takeDrop,
  takeHandOver,
  takeLeave,
} from '../model/claims.ts';
import { failureTypes } from '../model/failure-type.ts';
import type { LedgerAnswer, LedgerRequest, Marked } from '../model/ledger.ts';
import { ledgerRequest } from '../model/ledger.ts';
import { gathering, marksOf } from './activities.ts';
import { failureWords } from './failure.ts';
import { askUpdate, claimsQuery } from './messages.ts';

/** Argument of the workflow `ledger`. `carried` counts only where the run continues another: nobody starts a ledger with claims of his own. */
export interface LedgerInput {
  readonly estate: string;
  readonly carried?: Claims;
  /** Events after which it continues as new, besides when the server suggests it: for tests. */
  readonly continueAfterEvents?: number;
}

/**
 * The ledger of one estate: what every open incident has contained or in flight (docs/decisions/0030). It says who came
 * first and who else is there; it gives nobody the right to act, which is the warrant's, and proves no capture, which the
 * worker's MAC does. It runs for ever, and answers nothing before it is whole.
 */
export async function ledger(input: LedgerInput): Promise<void> {
  const book = new Book(input);
  setHandler(askUpdate, async ({ request, patient }) => await book.take(request, patient), {
    validator: ({ request }) => {
      if (!ledgerRequest.safeParse(request).success) {
        throw ApplicationFailure.nonRetryable('expected a request of an incident', failureTypes.invalidInput);
      }
    },
    description: 'For incidents: reserves what a wave takes, and says what others hold.',
  });
  setHandler(claimsQuery, () => book.claims ?? null, {
    description: 'Every claim there is, in the order they came. `null` while the ledger is made whole.',
  });
  await condition(() => {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    return continueAsNewSuggested || historyLength >= (input.continueAfterEvents ?? Infinity);
  });
  await condition(allHandlersFinished);
  await continueAsNew<typeof ledger>({ ...input, ...(book.claims ? { carried: book.claims } : {}) });
}

class Book {
  claims: Claims | undefined;
  /** Names the ledger over all its runs; askings are numbered within it. */
  readonly #name = workflowInfo().firstExecutionRunId;
  #making: Promise<string | undefined> | undefined;
  /** Claims that wait until it is whole, in the order they came. */
  readonly #waiting = new Set<Extract<LedgerRequest, { kind: 'claim' }>>();

  constructor({ carried }: LedgerInput) {
    const isContinued = workflowInfo().continuedFromExecutionRunId !== undefined;
    if (isContinued && carried) this.claims = claimsSchema.parse(carried);
  }

  /** Answers one request; makes the ledger whole first. */
  async take(request: LedgerRequest, patient: boolean): Promise<LedgerAnswer> {
    const making = this.claims ? undefined : this.#make();
    if (making) {
      if (!patient) return { kind: 'rebuilding' };
      if (request.kind === 'claim') this.#waiting.add(request);
      const why = await making;
      if (request.kind === 'claim') this.#waiting.delete(request);
      if (why !== undefined) return { kind: 'unready', why };
    }
    const answer = request.kind === 'recheck' ? await this.#recheck() : this.#answer(request);
    setCurrentDetails(details(this.#known()));
    return answer;
  }

  #known(): Claims {
    return this.claims ?? noClaims;
  }

  #answer(request: Exclude<LedgerRequest, { kind: 'recheck' }>): LedgerAnswer {
    const state = this.#known();
    switch (request.kind) {
      case 'enrol':
        return { kind: 'noted' };
      case 'claim':
        return this.#keep(takeClaim(state, request, this.#name));
      case 'leave':
        return this.#keep(takeLeave(state, request, this.#name));
      case 'hand-over':
        return this.#keep(takeHandOver(state, request));
      case 'drop':
        this.claims = takeDrop(state, request, this.#name);
        return { kind: 'noted' };
      case 'end':
        this.claims = removeIncident(state, request.incident);
        return { kind: 'noted' };
    }
  }

  #keep({ claims, answer }: { claims: Claims; answer: LedgerAnswer }): LedgerAnswer {
    this.claims = claims;
    return answer;
  }

  /** Makes the ledger whole from what open incidents say and what AWS shows; says why it couldn't. One at a time. */
  async #make(): Promise<string | undefined> {
    this.#making ??= (async () => {
      try {
        const { told, accounts } = await gathering.gatherHoldings({ owners: [] });
        const marked = await marksIn(accounts);
        this.claims = rebuild({ told, marked }, [...this.#waiting]);
        return undefined;
      } catch (error) {
        return failureWords(error);
      } finally {
        this.#making = undefined;
      }
    })();
    return await this.#making;
  }

  async #recheck(): Promise<LedgerAnswer> {
    const before = this.#known();
    const owners = [...new Set(before.claims.map((claim) => claim.incident))];
    const { told, dead, accounts } = await gathering.gatherHoldings({ owners });
    const marked = await marksIn(accounts);
    const after = reconcile(this.#known(), { told, marked }, before.next);
    const dropped = size(this.#known()) - size(after);
    this.claims = after;
    const holding = new Set(after.claims.map((claim) => claim.incident));
    return { kind: 'rechecked', dropped, dead: dead.filter((incident) => holding.has(incident)) };
  }
}

async function marksIn(accounts: readonly string[]): Promise<readonly Marked[]> {
  const answers = await Promise.all(accounts.map(async (account) => await marksOf(account).readMarks({ account })));
  return answers.flatMap(({ marked }) => marked);
}

function size({ claims }: Claims): number {
  return claims.reduce((sum, claim) => sum + claim.targets.length, 0);
}

/** What the Temporal UI shows. */
function details({ claims }: Claims): string {
  const lines = claims.map(
    ({ incident, stage, wave, action, targets }) =>
      `| ${incident} | ${stage} | ${wave} | ${action} | ${targets.length} |`,
  );
  return ['| incident | stage | wave | action | targets |', '|---|---|---|---|---|', ...lines].join('\n');
}
