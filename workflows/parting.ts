import { actions } from '../model/actions/index.ts';
import type { Asking, Held, Shared } from '../model/ledger.ts';
import type { Capture, TargetOutcome } from '../model/step.ts';
import type { Parting } from '../activities/ledger/sharing.ts';
import { patientAsking } from './activities.ts';
import type { IncidentContext } from './context.ts';
import { failureWords } from './failure.ts';
import { askLedger, holdUnready, sayWait, someOf, waitWords } from './reserve.ts';

/** What a wave of a release comes down to once others were asked. */
export interface Parted {
  /** To undo now: nobody else holds these. */
  readonly targets: readonly string[];
  readonly captures: readonly Capture[];
  /** Targets that another incident keeps, each reported. */
  readonly kept: readonly TargetOutcome[];
  /** Targets that have to wait: another incident is at work on them, or people have to say something first. */
  readonly waiting: readonly string[];
}

const nothing: Parted = { targets: [], captures: [], kept: [], waiting: [] };

/** Captures by action, as the ledger knows them. */
function heldOf(captures: readonly Capture[]): readonly Held[] {
  return [...new Set(captures.map(({ action }) => action))].toSorted().map((action) => ({
    action,
    targets: [...new Set(captures.filter((one) => one.action === action).map(({ target }) => target))].toSorted(),
  }));
}

/** Whether there is anything to give back; what is kept on purpose is nobody's to share. */
function isGivenBack({ action }: Capture): boolean {
  return actions[action].undo === 'exact';
}

function keyOf(action: string, target: string): string {
  return `${action} ${target}`;
}

function keysOf(held: readonly Held[]): ReadonlySet<string> {
  return new Set(held.flatMap(({ action, targets }) => targets.map((target) => keyOf(action, target))));
}

/**
 * Before targets are given back: the ledger says which of them nobody else holds, and marks those. The last incident out
 * gives back; an earlier one drops its claim, and its captures with it, once the other holds a capture of its own. Holds
 * where the ledger can't be had, where another holds and is at work on a target, and once for each incident that is dead.
 */
export async function part(context: IncidentContext, targets: readonly string[]): Promise<Parted> {
  const { reservations, undo, incident } = context;
  const captures = undo.of(targets);
  const held = heldOf(captures.filter(isGivenBack));
  if (held.length === 0) return { ...nothing, targets, captures };
  const { done, confirm } = reservations.untold;
  const answer = await askLedger(context, { kind: 'leave', incident, held: [...held], done });
  if (answer.kind !== 'leaving') {
    holdUnready(context, answer);
    return { ...nothing, waiting: targets };
  }
  confirm();
  reservations.hear(answer);
  for (const one of answer.alone) reservations.leave(one);
  if (answer.shared.length === 0) return { ...nothing, targets, captures };
  const parting = await partFrom(context, answer);
  if (!parting) return { ...nothing, waiting: targets };
  const alone = keysOf(answer.alone);
  return sort(context, { targets, parting, isAlone: ({ action, target }) => alone.has(keyOf(action, target)) });
}

async function partFrom(
  context: IncidentContext,
  { asking, shared }: { readonly asking: Asking; readonly shared: readonly Shared[] },
): Promise<Parting | undefined> {
  const { reservations, incident } = context;
  try {
    const despite = [...reservations.told];
    const parting = await patientAsking.partFromSharers({ incident, asking, shared, despite });
    holdWhereItMust(context, parting);
    if (parting.waits.length > 0) sayWait(context, `to give back: ${waitWords(parting.waits)}`);
    return parting;
  } catch (error) {
    holdUnready(context, { kind: 'unready', why: failureWords(error) });
    return undefined;
  }
}

/** Holds for people: nobody can give a dead incident's word but they, and one that holds by itself won't go on by itself. */
function holdWhereItMust({ control, reservations }: IncidentContext, { dead, waits }: Parting): void {
  if (control.hold) return;
  const incidents = [...new Set(dead.map((one) => one.incident))];
  if (incidents.length > 0) {
    const targets = someOf(dead.flatMap((one) => one.targets));
    const words = `${incidents.join(', ')}, ended from outside, holds ${targets} too: resume gives back for both, skip leaves it`;
    control.stop('overlap', `FD-211 ${words}`, Date.now());
    for (const incident of incidents) reservations.told.add(incident);
  } else if (waits.some((wait) => wait.isHolding)) {
    control.stop('overlap', `FD-211 ${waitWords(waits)} and holds there`, Date.now());
  }
}

interface Sorting {
  readonly targets: readonly string[];
  readonly parting: Parting;
  readonly isAlone: (capture: Capture) => boolean;
}

/** Apart: what is undone now, what others keep, and what waits. A target waits whole: it is undone newest first. */
function sort(context: IncidentContext, { targets, parting, isAlone }: Sorting): Parted {
  const { reservations, undo, record } = context;
  const kept: TargetOutcome[] = [];
  const waiting: string[] = [];
  const now: string[] = [];
  for (const held of parting.kept) {
    // The ledger has handed them over, so it need not hear of it.
    reservations.forget(held);
    undo.forget(held);
    for (const target of held.targets) reservations.kept.add(target);
  }
  for (const target of targets) {
    const captures = undo.of([target]);
    const keepers = parting.kept.filter((one) => one.targets.includes(target)).map((one) => one.incident);
    const isOpen = captures.some((capture) => isGivenBack(capture) && !isAlone(capture));
    if (keepers.length > 0) kept.push(keptOutcome(target, keepers));
    const isDue = captures.some(isGivenBack) || keepers.length === 0;
    if (isOpen) waiting.push(target);
    else if (isDue) now.push(target);
  }
  for (const { incident, targets: ids } of parting.kept) {
    record.say('kept', `${someOf(ids)}: ${incident} holds it too, and gives it back`);
  }
  return { targets: now, captures: undo.of(now), kept, waiting };
}

function keptOutcome(target: string, keepers: readonly string[]): TargetOutcome {
  const detail = `kept contained: ${keepers.join(' and ')} holds it too, and gives it back`;
  return { target, status: 'shared', detail };
}

/** Notes what came back, or was found to be nobody's work of ours: it is claimed no longer. */
export function noteGivenBack({ reservations, undo }: IncidentContext, outcomes: readonly TargetOutcome[]): void {
  const over = outcomes.filter(({ status }) => status === 'done' || status === 'gone' || status === 'changed');
  for (const held of heldOf(undo.of(over.map(({ target }) => target)))) reservations.strike(held);
}
