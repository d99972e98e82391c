import { condition } from '@temporalio/workflow';
import { actions } from '../model/actions/index.ts';
import type { GuardVerdict } from '../model/continuity.ts';
import type { Asking, Held, LedgerAnswer, LedgerRequest, Shared } from '../model/ledger.ts';
import type { ContainChunk } from '../model/plan.ts';
import type { TargetOutcome } from '../model/step.ts';
import type { Wait } from '../activities/ledger/sharing.ts';
import { asking, patientAsking } from './activities.ts';
import type { IncidentContext, Touched } from './context.ts';
import { failureWords } from './failure.ts';
import { look, touchedBy } from './look.ts';

const firstWaitMs = 500;
const longestWaitMs = 15_000;

/** Between askings for what another incident is at work on: a wave lasts seconds to minutes, and each asking costs events. */
export function waitMsAfter(askings: number): number {
  return Math.min(firstWaitMs * 2 ** askings, longestWaitMs);
}

/** Asks the ledger in passing, and with patience where it is being made whole or doesn't answer. */
export async function askLedger(context: IncidentContext, request: LedgerRequest): Promise<LedgerAnswer> {
  const quick = await asking.askLedger({ request, patient: false }).catch(() => undefined);
  if (quick && quick.kind !== 'rebuilding') return quick;
  try {
    const patient = async (): Promise<LedgerAnswer> => await patientAsking.askLedger({ request, patient: true });
    return await context.continuing.rest(patient);
  } catch (error) {
    return { kind: 'unready', why: failureWords(error) };
  }
}

/** Wakes the ledger while the incident is planned, so that it is whole when the first wave asks. */
export async function enrol(incident: string): Promise<void> {
  await asking.askLedger({ request: { kind: 'enrol', incident }, patient: false }).catch(() => undefined);
}

/** Gives back every claim there is: the incident is over. */
export async function endClaims(context: IncidentContext): Promise<void> {
  await askLedger(context, { kind: 'end', incident: context.incident });
}

/** Whether two incidents can stand in each other's way with an action: evidence and starts take nothing away. */
function isClaimed(action: Held['action']): boolean {
  return actions[action].effect !== 'none';
}

/** `INC-2 is at work on i-1 and i-2`. */
export function waitWords(waits: readonly Wait[]): string {
  return waits.map(({ incident, targets }) => `${incident} is at work on ${someOf(targets)}`).join('; ');
}

/** `i-1, i-2, i-3 and 4 more`. */
export function someOf(targets: readonly string[]): string {
  const more = targets.length > 3 ? ` and ${targets.length - 3} more` : '';
  return `${targets.slice(0, 3).join(', ')}${more}`;
}

/** Holds for want of a ledger: nothing acts before it is known what others hold. */
export function holdUnready({ control }: IncidentContext, answer: LedgerAnswer): void {
  const why = answer.kind === 'unready' ? answer.why : `it answered ${answer.kind}`;
  control.stop('ledger', `FD-504 what other incidents hold can't be told: ${why}`.slice(0, 500), Date.now());
}

/** A wave about to be tried. */
export interface WaveAttempt {
  readonly chunk: ContainChunk;
  readonly left: readonly string[];
  readonly attempt: number;
}

/**
 * Claims a wave's targets before its guard looks, and learns what others hold. Waits while another incident is at work on
 * the same targets; takes over captures of those it is done with.
 *
 * @returns false when the incident holds, or is told to: nothing may be looked at or done
 */
export async function reserve(context: IncidentContext, { chunk, left, attempt }: WaveAttempt): Promise<boolean> {
  if (!isClaimed(chunk.action)) return true;
  const { reservations, control, incident } = context;
  const wave = { stage: chunk.stage, wave: chunk.wave, attempt, action: chunk.action, targets: [...left] };
  let again: Asking | undefined;
  for (let askings = 0; ; askings += 1) {
    const { done, confirm } = reservations.untold;
    reservations.claim(wave);
    const answer = await askLedger(context, { kind: 'claim', incident, ...wave, done, ...(again ? { again } : {}) });
    if (answer.kind !== 'claimed') {
      holdUnready(context, answer);
      return false;
    }
    confirm();
    reservations.hear(answer);
    const waits = answer.shared.length === 0 ? [] : await visit(context, answer);
    if (waits === undefined) return false;
    if (waits.length === 0) return true;
    if (waits.some((wait) => wait.isHolding)) {
      control.stop('overlap', `FD-211 ${waitWords(waits)} and holds there`, Date.now());
      return false;
    }
    sayWait(context, `${chunk.stage}, wave ${chunk.wave}: ${waitWords(waits)}`);
    if (await interrupted(context, waitMsAfter(askings), () => control.hold !== undefined || control.isOver))
      return false;
    again = answer.asking;
  }
}

/** Waits a while at rest; true when people said something that ends the waiting. */
export async function interrupted(
  { continuing }: IncidentContext,
  waitMs: number,
  isTold: () => boolean,
): Promise<boolean> {
  return await continuing.rest(async () => await condition(isTold, waitMs, { summary: 'until others are done' }));
}

/** Says what is waited for, once. */
export function sayWait({ record, reservations }: IncidentContext, words: string): void {
  if (reservations.waitsFor === words) return;
  reservations.waitsFor = words;
  record.say('waits', words);
  record.publish();
}

/** Asks those who claimed the same targets before; undefined when they can't be asked, and the incident holds. */
async function visit(
  context: IncidentContext,
  { asking: number, shared }: { readonly asking: Asking; readonly shared: readonly Shared[] },
): Promise<readonly Wait[] | undefined> {
  const { reservations, record } = context;
  try {
    const found = await patientAsking.visitSharers({ asking: number, shared: [...shared] });
    for (const dead of found.dead) record.say('dead', `${dead} was ended from outside; what it contained stays so`);
    const fresh = reservations.adopt(found.adoptable);
    for (const incident of new Set(fresh.map((capture) => capture.incident))) {
      const targets = fresh.filter((capture) => capture.incident === incident).map(({ target }) => target);
      record.say('shared', `${someOf(targets)}: held by ${incident} too, whose capture is taken over`);
    }
    return found.waits;
  } catch (error) {
    holdUnready(context, { kind: 'unready', why: failureWords(error) });
    return undefined;
  }
}

/**
 * Asks the guard about a claimed wave. Where it refuses while others hold something, the ledger's claims are first checked
 * with those who made them and with AWS: a stale or forged one makes nobody hold.
 */
export async function weighAmongOthers(
  context: IncidentContext,
  attempt: WaveAttempt,
  wave: Touched = touchedBy(attempt.chunk),
): Promise<GuardVerdict> {
  const verdict = await look(context, wave);
  const { reservations, incident, record } = context;
  if (verdict.allowed || reservations.by.length === 0 || context.control.hold) return verdict;
  const answer = await patientAsking.askLedger({ request: { kind: 'recheck', incident }, patient: true });
  if (answer.kind !== 'rechecked') return verdict;
  for (const dead of answer.dead) record.say('dead', `${dead} was ended from outside; what it contained still counts`);
  if (answer.dropped === 0 || !(await reserve(context, attempt))) return verdict;
  record.say('ledger', `${answer.dropped} claims of others were found to be nobody's`);
  return await look(context, wave);
}

/** `, with what INC-2 holds`, where others' claims were counted. */
export function amongWords({ reservations }: IncidentContext): string {
  return reservations.by.length === 0 ? '' : `, with what ${reservations.by.join(', ')} has contained or in flight`;
}

/** Notes how a wave came out: what is done is settled, what was left alone is no longer claimed. */
export function settleClaims(
  { reservations }: IncidentContext,
  chunk: ContainChunk,
  outcomes: readonly TargetOutcome[],
): void {
  const { action } = chunk;
  const of = (...statuses: readonly TargetOutcome['status'][]): string[] =>
    outcomes.filter(({ status }) => statuses.includes(status)).map(({ target }) => target);
  reservations.settle({ action, targets: of('done') });
  // The ledger hears of it when somebody asks (docs/decisions/0030); until then others count a little too much.
  reservations.strike({ action, targets: of('gone', 'changed') });
}

/**
 * Gives up what a wave claimed and did not come to: after a refusal by the guard, or when the wave is left out. What was
 * captured stays claimed, since it may be contained; `isOver` says that nobody works on it any more.
 */
export async function giveUpClaims(context: IncidentContext, chunk: ContainChunk, isOver: boolean): Promise<void> {
  const { reservations, undo, incident } = context;
  const { action, stage } = chunk;
  const targets = reservations.unsettled({ action, targets: chunk.targets.map(({ id }) => id) });
  const captured = targets.filter((target) => undo.find(stage, target));
  const held = { action, targets: targets.filter((target) => !captured.includes(target)) };
  if (isOver) reservations.settle({ action, targets: captured });
  if (held.targets.length === 0) return;
  reservations.strike(held);
  const { done, confirm } = reservations.untold;
  // Without an answer it is told with the next asking; whoever asks us before that hears it from us.
  const answer = await asking
    .askLedger({ request: { kind: 'drop', incident, held: done }, patient: false })
    .catch(() => undefined);
  if (answer?.kind === 'noted') confirm();
}
