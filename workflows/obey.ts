import { condition } from '@temporalio/workflow';
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
    const kind = kindOfHold[control.hold.cause];
    if (kind) context.messenger.tell({ kind });
    await condition(() => !isHeld());
  }
  return told(context, undertaking);
}

/** Waits at a gate until its quorum is met. A denial or an expiry holds the incident; resuming opens the gate anew. */
export async function passGate(context: IncidentContext, gate: Gate, undertaking: Undertaking): Promise<Directive> {
  while (true) {
    const directive = await obey(context, undertaking);
    if (directive !== 'go' || gate.isMet) return directive;
    if (gate.end) context.record.say('gate', `${gate.definition.id} opens anew`);
    gate.open(Date.now());
    tellOf(context, gate);
    context.record.enter('waiting', `gate ${gate.definition.id} is open`);
    await decided(context, gate, undertaking);
    if (gate.end) {
      tellOf(context, gate);
      const how = gate.end === 'denied' ? 'was denied' : 'got no answer in time, which means denied';
      context.control.stop(gate.end, `gate ${gate.definition.id} ${how}`, Date.now());
    }
  }
}

function tellOf({ messenger }: IncidentContext, gate: Gate): void {
  const telling = tellingOfGate(gate.status());
  if (telling) messenger.tell(telling);
}

/** Waits for the gate's end, or for anything that takes precedence over it. */
async function decided(context: IncidentContext, gate: Gate, undertaking: Undertaking): Promise<void> {
  const isSettled = (): boolean =>
    gate.isDecided || context.control.hold !== undefined || told(context, undertaking) !== 'go';
  const { id, withinMs } = gate.definition;
  if (withinMs === undefined) return await condition(isSettled);
  if (!(await condition(isSettled, withinMs, { summary: `until gate ${id} is denied for want of an answer` })))
    gate.expire();
}
