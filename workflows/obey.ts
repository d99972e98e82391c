import { condition } from '@temporalio/workflow';
import type { Telling } from '../model/notification.ts';
import { kindOfHold, tellingOfGate } from '../model/notification.ts';
import type { IncidentContext } from './context.ts';
import type { Gate } from './gate.ts';

/** What to do next: go on, leave this stage or tier out, or stop containing. */
export type Directive = 'go' | 'skip' | 'over';

/** What is being done: a stage is ended by abort and release, a tier by nothing but its own skip. */
export interface Undertaking {
  /** The stage's name, or `restore/<tier>`: what a `skip` names. */
  readonly name: string;
  readonly isContainment: boolean;
}

/** How people want an undertaking to go on, leaving a hold aside. */
function told({ control }: IncidentContext, undertaking: Undertaking): Directive {
  if (undertaking.isContainment && control.isOver) return 'over';
  return control.skipped.has(undertaking.name) ? 'skip' : 'go';
}

/** Waits while the incident holds, then says how to go on. */
export async function obey(context: IncidentContext, undertaking: Undertaking): Promise<Directive> {
  const { control, record } = context;
  const isHeld = (): boolean => control.hold !== undefined && told(context, undertaking) !== 'over';
  if (control.hold && isHeld()) {
    record.enter('holding', control.hold.detail);
    const kind = control.isNews() ? kindOfHold[control.hold.cause] : undefined;
    if (kind) context.messenger.tell({ kind });
    await context.continuing.rest(async () => await condition(() => !isHeld()));
  }
  return told(context, undertaking);
}

/**
 * Waits at a gate until its quorum is met. A denial or an expiry holds the incident; resuming opens the gate anew. A gate
 * that is open already, from the run before, keeps its deadline.
 */
export async function passGate(context: IncidentContext, gate: Gate, undertaking: Undertaking): Promise<Directive> {
  while (true) {
    const wasHeld = context.control.hold !== undefined;
    const directive = await obey(context, undertaking);
    if (directive !== 'go' || gate.isMet) return directive;
    if (gate.end && !gate.isAnswered) {
      answer(context, gate, gate.end);
      continue;
    }
    if (gate.end) context.record.say('gate', `${gate.definition.id} opens anew`);
    if (!gate.isOpen || wasHeld) openGate(context, gate);
    context.record.enter('waiting', `gate ${gate.definition.id} is open`);
    await context.continuing.rest(async () => await decided(context, gate, undertaking));
  }
}

/** Opens a gate, and tells people of it. */
export function openGate(context: IncidentContext, gate: Gate): void {
  gate.open(Date.now());
  tell(context, tellingOfGate(gate.status()));
}

function tell({ messenger }: IncidentContext, telling: Telling | undefined): void {
  if (telling) messenger.tell(telling);
}

/** Puts a gate's bad end before people: the incident holds until they choose. */
function answer(context: IncidentContext, gate: Gate, end: 'denied' | 'expired'): void {
  const how = end === 'denied' ? 'was denied' : 'got no answer in time, which means denied';
  // One that was denied before it opened has no code yet.
  tell(context, tellingOfGate(gate.status()) ?? { kind: 'held' });
  context.control.stop(end, `gate ${gate.definition.id} ${how}`, Date.now());
  gate.answer();
}

/** Waits for the gate's end, or for anything that takes precedence over it. */
async function decided(context: IncidentContext, gate: Gate, undertaking: Undertaking): Promise<void> {
  const isSettled = (): boolean =>
    gate.isDecided || context.control.hold !== undefined || told(context, undertaking) !== 'go';
  const { deadlineMs } = gate;
  if (deadlineMs === undefined) return await condition(isSettled);
  const leftMs = Math.max(1, deadlineMs - Date.now());
  const summary = `until gate ${gate.definition.id} is denied for want of an answer`;
  if (!(await condition(isSettled, leftMs, { summary }))) gate.expire();
}
