import type { Capture } from '../model/step.ts';
import type { ChildrenState } from './children.ts';
import type { ClocksState } from './clocks.ts';
import type { IncidentContext } from './context.ts';
import type { ControlState } from './control.ts';
import type { DeskState } from './desk.ts';
import type { GateState } from './gate.ts';
import type { MessengerState } from './notify.ts';
import type { Opening } from './opening.ts';
import type { ProgressState } from './progress.ts';
import type { RecordState } from './record.ts';
import type { ReservationsState } from './reservations.ts';
import type { KnownClock } from './warnings.ts';

/**
 * What an incident takes along when it continues as new: a part for each class that has state, which writes it by
 * `snapshot` and reads it by `restore`. Whoever gives a class state adds its part here; a part that changes its form needs
 * a new version, and code that still reads the old one.
 */
export interface Carried {
  readonly version: 1;
  readonly opening: Opening;
  readonly control: ControlState;
  readonly gates: readonly GateState[];
  readonly desk: DeskState;
  readonly record: RecordState;
  readonly clocks: ClocksState;
  readonly warnings: readonly KnownClock[];
  readonly undo: readonly Capture[];
  /** What people have not been told yet. */
  readonly untold: MessengerState;
  readonly progress: ProgressState;
  readonly children: ChildrenState;
  readonly reservations: ReservationsState;
  readonly contained: { readonly hosts: readonly string[]; readonly principals: readonly string[] };
}

/** Argument of the workflow `incident` from its second run on. */
export interface ContinuedIncident {
  readonly incident: string;
  readonly carried: Carried;
  readonly continueAfterEvents?: number;
}

/** All that the next run needs, of this very moment. */
export function snapshot(context: IncidentContext, opening: Opening): Carried {
  const { control, desk, record, clocks, warnings, messenger, undo, progress, children, reservations, contained } =
    context;
  return {
    version: 1,
    opening,
    control: control.snapshot(),
    gates: desk.gates.map((gate) => gate.snapshot()),
    desk: desk.snapshot(Date.now()),
    record: record.snapshot(),
    clocks: clocks.snapshot(),
    warnings: warnings.snapshot(),
    undo: undo.snapshot(),
    untold: messenger.snapshot(),
    progress: progress.snapshot(),
    children: children.snapshot(),
    reservations: reservations.snapshot(),
    contained: { hosts: [...contained.hosts], principals: [...contained.principals] },
  };
}

/** Gives a context that was just made the state of the run before. */
export function restore(context: IncidentContext, carried: Carried): void {
  context.control.restore(carried.control);
  for (const gate of context.desk.gates) {
    const state = carried.gates.find(({ id }) => id === gate.definition.id);
    if (state) gate.restore(state);
  }
  context.desk.restore(carried.desk);
  context.record.restore(carried.record);
  context.clocks.restore(carried.clocks);
  context.warnings.restore(carried.warnings);
  context.undo.restore(carried.undo);
  context.messenger.restore(carried.untold);
  context.progress.restore(carried.progress);
  context.children.restore(carried.children);
  context.reservations.restore(carried.reservations);
  for (const host of carried.contained.hosts) context.contained.hosts.add(host);
  for (const principal of carried.contained.principals) context.contained.principals.add(principal);
}
