import { ApplicationFailure } from '@temporalio/common';
import { allHandlersFinished, CancellationScope, condition, setHandler } from '@temporalio/workflow';
import { signedDecision } from '../model/decision.ts';
import { failureTypes } from '../model/failure-type.ts';
import type { DecisionRecord, IncidentResult, IncidentStatus, Rejection } from '../model/incident.ts';
import type { Holdings } from '../model/ledger.ts';
import type { Plan } from '../model/plan.ts';
import type { Told } from './beginning.ts';
import { begin, goOn, toldBy } from './beginning.ts';
import type { ContinuedIncident } from './carried.ts';
import { snapshot } from './carried.ts';
import { evidenceIsWhole } from './closing.ts';
import { contain } from './contain.ts';
import type { Guard, IncidentContext } from './context.ts';
import { serveWaivers, waiversAreReviewed } from './glass.ts';
import type { IncidentInput } from './messages.ts';
import { capturesQuery, decideSignal, decideUpdate, holdingsQuery, planQuery, statusQuery } from './messages.ts';
import type { Opening } from './opening.ts';
import { open, unopened } from './opening.ts';
import { endClaims, enrol } from './reserve.ts';
import { release } from './release.ts';
import { endedSignal } from './reporting.ts';
import { capturedSignal } from './wave.ts';

/**
 * One incident, from its start to nothing of ours left: plan again, contain, wait for a release, give back. It continues as
 * new when its history grows long, wherever it is at rest.
 */
export function incidentWith(guard: Guard): (input: IncidentInput | ContinuedIncident) => Promise<IncidentResult> {
  return async function incident(input) {
    const told = toldBy(guard, input.continueAfterEvents);
    return await ('carried' in input ? nextRun(input, told) : firstRun(input, told));
  };
}

async function firstRun(input: IncidentInput, told: Told): Promise<IncidentResult> {
  let context: IncidentContext | undefined;
  let rejected: Rejection | undefined;
  listen(told, {
    status: () => (context ? statusOf(context) : unopened(input, rejected)),
    plan: () => context?.plan ?? null,
    holdings: () => told.reservations.holdings(input.incident, input.shown.estate.name),
    isHolding: () => context?.control.hold !== undefined,
  });
  void enrol(input.incident);
  const opening = await CancellationScope.nonCancellable(async () => await open(input));
  if ('kind' in opening) {
    rejected = opening;
    return { phase: 'rejected', exceptions: [], rejection: opening };
  }
  context = begin(input.incident, opening, told);
  context.record.enter('acting', 'start accepted');
  context.messenger.tell({ kind: 'started' });
  return await carryOut(context, opening, told);
}

async function nextRun({ incident, carried }: ContinuedIncident, told: Told): Promise<IncidentResult> {
  const context = goOn(incident, carried, told);
  const estate = context.plan.header.estate.name;
  listen(told, {
    status: () => statusOf(context),
    plan: () => context.plan,
    holdings: () => told.reservations.holdings(incident, estate),
    isHolding: () => context.control.hold !== undefined,
  });
  context.record.publish();
  return await carryOut(context, carried.opening, told);
}

function statusOf({ record, desk }: IncidentContext): IncidentStatus {
  return record.status(desk.records);
}

/** What queries are answered from. */
interface Answers {
  readonly status: () => IncidentStatus;
  readonly plan: () => Plan | null;
  readonly holdings: () => Holdings;
  readonly isHolding: () => boolean;
}

/** Sets the handlers of everything an incident is told; before the first await, since an update finds no handler later. */
function listen({ inbox, undo, children, reservations }: Told, answers: Answers): void {
  setHandler(statusQuery, answers.status, {
    description: 'Where the incident stands: phase, stages, gates, services, decisions, exceptions.',
  });
  setHandler(planQuery, answers.plan, { description: 'The plan being carried out, as signed.' });
  setHandler(holdingsQuery, answers.holdings, {
    description: 'For the ledger of the estate: what this incident has contained or in flight.',
  });
  setHandler(capturesQuery, (held) => reservations.captures(held, undo, answers.isHolding()), {
    description: 'For other incidents on the same targets: what this one captured of them.',
  });
  setHandler(decideUpdate, async (signed) => await inbox.submit(signed), {
    validator: (signed) => {
      if (!signedDecision.safeParse(signed).success) {
        throw ApplicationFailure.nonRetryable(
          'expected { document, signature }, two strings',
          failureTypes.invalidInput,
        );
      }
    },
    description: 'Takes a signed decision {document, signature} and answers what became of it.',
  });
  setHandler(decideSignal, (signed) => void inbox.submit(signed), {
    description: 'Takes a signed decision {document, signature}, as the update does, without an answer.',
  });
  setHandler(capturedSignal, (captures) => undo.register(captures), {
    description: 'For waves: what they captured before a change.',
  });
  setHandler(endedSignal, (report) => children.hear(report), {
    description: 'For waves: how they ended.',
  });
}

/** The procedure, and beside it the desk that takes decisions until it is over, or until the next run goes on. */
async function carryOut(context: IncidentContext, opening: Opening, { inbox }: Told): Promise<IncidentResult> {
  const { control, record, desk, messenger, warnings, continuing } = context;
  let isEnding = false;
  const serving = inbox.serve(desk, { isEnding: () => isEnding, onRecord: (taken) => announce(context, taken) });
  CancellationScope.current().cancelRequested.catch(() =>
    control.stop('hold', 'Temporal was asked to cancel; incidents end by abort and release', Date.now()),
  );
  return await CancellationScope.nonCancellable(async () => {
    void messenger.serve();
    const beside = [warnings.serve(() => isEnding), serveWaivers(context, () => isEnding)];
    await Promise.race([procedure(context), continuing.turn(inbox, () => [continued(context, opening)])]);
    isEnding = true;
    await Promise.all([serving, ...beside]);
    await messenger.flush();
    await condition(allHandlersFinished);
    return { phase: 'closed', exceptions: record.exceptions };
  });
}

/** Contain, wait for a release, give back, see that evidence is whole and waivers are reviewed. What an earlier run has finished is passed over. */
async function procedure(context: IncidentContext): Promise<void> {
  const { control, record, messenger, continuing, progress } = context;
  await contain(context);
  if (!control.released) {
    record.enter('contained', control.aborted ? 'aborted: what there is stays contained' : 'all stages done');
    if (progress.begin('told/contained')) messenger.tell({ kind: 'contained' });
    await continuing.rest(async () => await condition(() => control.released));
  }
  if (progress.begin('told/releasing')) messenger.tell({ kind: 'releasing' });
  await release(context);
  if (progress.begin('told/released')) messenger.tell({ kind: 'released' });
  await evidenceIsWhole(context);
  await endClaims(context);
  await waiversAreReviewed(context);
  record.enter(
    'closed',
    context.reservations.kept.size === 0 ? 'nothing of ours is left' : 'others keep what they share',
  );
  messenger.tell({ kind: 'closed' });
}

function continued(context: IncidentContext, opening: Opening): ContinuedIncident {
  const { eventBudget } = context.continuing;
  return {
    incident: context.incident,
    carried: snapshot(context, opening),
    ...(eventBudget === undefined ? {} : { continueAfterEvents: eventBudget }),
  };
}

function announce({ record }: IncidentContext, taken: DecisionRecord): void {
  const who = taken.by ?? 'somebody';
  const what = `${taken.verb ?? 'decision'}${taken.gate === undefined ? '' : ` ${taken.gate}`}`;
  record.say(taken.verdict, `${what} by ${who}${taken.reason === undefined ? '' : `: ${taken.reason}`}`);
  record.publish();
}
