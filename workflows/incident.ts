import { ApplicationFailure } from '@temporalio/common';
import { allHandlersFinished, CancellationScope, condition, setHandler } from '@temporalio/workflow';
import { signedDecision } from '../model/decision.ts';
import { failureTypes } from '../model/failure-type.ts';
import type { DecisionRecord, IncidentResult, Rejection } from '../model/incident.ts';
import { evidenceIsWhole } from './closing.ts';
import { IncidentClocks } from './clocks.ts';
import { contain } from './contain.ts';
import type { Guard, IncidentContext } from './context.ts';
import { Control } from './control.ts';
import { DecisionDesk, Inbox } from './desk.ts';
import { Gate } from './gate.ts';
import type { IncidentInput } from './messages.ts';
import { decideSignal, decideUpdate, planQuery, statusQuery } from './messages.ts';
import type { Opening } from './opening.ts';
import { open, unopened } from './opening.ts';
import { Messenger } from './notify.ts';
import { IncidentRecord } from './record.ts';
import { release } from './release.ts';
import { UndoLog } from './undo-log.ts';
import { Warnings } from './warnings.ts';
import { capturedSignal } from './wave.ts';

/** One incident, from its start to nothing of ours left: plan again, contain, wait for a release, give back. */
export function incidentWith(guard: Guard): (input: IncidentInput) => Promise<IncidentResult> {
  return async function incident(input) {
    const inbox = new Inbox();
    const undo = new UndoLog();
    let context: IncidentContext | undefined;
    let rejected: Rejection | undefined;
    listen(inbox, undo);
    setHandler(statusQuery, () => context?.record.status(context.desk.records) ?? unopened(input, rejected), {
      description: 'Where the incident stands: phase, stages, gates, services, decisions, exceptions.',
    });
    setHandler(planQuery, () => context?.plan ?? null, { description: 'The plan being carried out, as signed.' });

    const opening = await CancellationScope.nonCancellable(async () => await open(input));
    if ('kind' in opening) {
      rejected = opening;
      return { phase: 'rejected', exceptions: [], rejection: opening };
    }
    context = begin(input, opening, { guard, undo });
    await carryOut(context, inbox);
    return { phase: 'closed', exceptions: context.record.exceptions };
  };
}

/** Sets the handlers of everything an incident is told; before the first await, since an update finds no handler later. */
function listen(inbox: Inbox, undo: UndoLog): void {
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
}

function begin(input: IncidentInput, opening: Opening, given: { guard: Guard; undo: UndoLog }): IncidentContext {
  const { plan, starter, namespace } = opening;
  const { header } = plan;
  const control = new Control();
  const gates = [...header.stages, ...header.tiers].flatMap(({ gate }) =>
    gate ? [new Gate(gate, { incident: input.incident, roster: header.roster, starter })] : [],
  );
  const record = new IncidentRecord({
    start: {
      incident: input.incident,
      namespace,
      digest: opening.startDigest,
      startedBy: starter,
      startedAt: opening.start.acceptedAt,
    },
    plan,
    control,
    gates,
  });
  const scope = {
    estate: header.estate.name,
    namespace,
    incident: input.incident,
    plan: plan.digest,
    start: opening.startDigest,
    starter,
    roster: header.roster,
    stages: header.stages.map((stage) => stage.name),
    tiers: header.tiers.map((tier) => `restore/${tier.name}`),
  };
  const clocks = new IncidentClocks(plan, Date.parse(opening.start.acceptedAt));
  const desk = new DecisionDesk({ scope, gates, control, clocks, phase: () => record.phase });
  const messenger = new Messenger({ incident: input.incident, onUntold: (words) => record.say('untold', words) });
  const contained = { hosts: new Set<string>(), principals: new Set<string>() };
  const { seal, start } = opening;
  return {
    incident: input.incident,
    namespace,
    plan,
    seal,
    start,
    control,
    desk,
    record,
    messenger,
    contained,
    clocks,
    ...given,
  };
}

/** The procedure, and beside it the desk that takes decisions until it is over. */
async function carryOut(context: IncidentContext, inbox: Inbox): Promise<void> {
  const { control, record, desk, messenger } = context;
  let isEnding = false;
  const serving = inbox.serve(desk, { isEnding: () => isEnding, onRecord: (taken) => announce(context, taken) });
  CancellationScope.current().cancelRequested.catch(() =>
    control.stop('hold', 'Temporal was asked to cancel; incidents end by abort and release', Date.now()),
  );
  await CancellationScope.nonCancellable(async () => {
    void messenger.serve();
    const warnings = new Warnings(context);
    record.clocks = () => warnings.status();
    const warning = warnings.serve(() => isEnding);
    record.enter('acting', 'start accepted');
    messenger.tell({ kind: 'started' });
    await contain(context);
    if (!control.released) {
      record.enter('contained', control.aborted ? 'aborted: what there is stays contained' : 'all stages done');
      messenger.tell({ kind: 'contained' });
      await condition(() => control.released);
    }
    messenger.tell({ kind: 'releasing' });
    await release(context);
    messenger.tell({ kind: 'released' });
    await evidenceIsWhole(context);
    record.enter('closed', 'nothing of ours is left');
    messenger.tell({ kind: 'closed' });
    isEnding = true;
    await Promise.all([serving, warning]);
    await messenger.flush();
    await condition(allHandlersFinished);
  });
}

function announce({ record }: IncidentContext, taken: DecisionRecord): void {
  const who = taken.by ?? 'somebody';
  const what = `${taken.verb ?? 'decision'}${taken.gate === undefined ? '' : ` ${taken.gate}`}`;
  record.say(taken.verdict, `${what} by ${who}${taken.reason === undefined ? '' : `: ${taken.reason}`}`);
  record.publish();
}
