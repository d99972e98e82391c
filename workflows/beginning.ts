import { gatesOf } from '../model/break-glass.ts';
import type { Carried } from './carried.ts';
import { restore } from './carried.ts';
import { Children } from './children.ts';
import { IncidentClocks } from './clocks.ts';
import type { Guard, IncidentContext } from './context.ts';
import { Continuing } from './continuing.ts';
import { Control } from './control.ts';
import { DecisionDesk, Inbox } from './desk.ts';
import { Gate } from './gate.ts';
import { Messenger } from './notify.ts';
import type { Opening } from './opening.ts';
import { Progress } from './progress.ts';
import { IncidentRecord } from './record.ts';
import { Reservations } from './reservations.ts';
import { UndoLog } from './undo-log.ts';
import { Warnings } from './warnings.ts';

/** What signals and updates write to, made before anything can be told; and what the incident was built with. */
export interface Told {
  readonly guard: Guard;
  readonly inbox: Inbox;
  readonly undo: UndoLog;
  readonly children: Children;
  readonly continuing: Continuing;
  readonly reservations: Reservations;
}

export function toldBy(guard: Guard, continueAfterEvents: number | undefined): Told {
  const continuing = new Continuing(continueAfterEvents);
  const [undo, children, reservations] = [new UndoLog(), new Children(), new Reservations()];
  return { guard, inbox: new Inbox(), undo, children, continuing, reservations };
}

/** The context of an incident whose start was accepted. */
export function begin(incident: string, opening: Opening, told: Told): IncidentContext {
  const { plan, starter, namespace, seal, start } = opening;
  const { header } = plan;
  const control = new Control();
  const gates = gatesOf(header).map((gate) => new Gate(gate, { incident, roster: header.roster, starter }));
  const record = new IncidentRecord({
    start: { incident, namespace, digest: opening.startDigest, startedBy: starter, startedAt: start.acceptedAt },
    plan,
    control,
    gates,
  });
  const scope = {
    estate: header.estate.name,
    namespace,
    incident,
    plan: plan.digest,
    start: opening.startDigest,
    starter,
    roster: header.roster,
    stages: header.stages.map((stage) => stage.name),
    tiers: header.tiers.map((tier) => `restore/${tier.name}`),
  };
  const clocks = new IncidentClocks(plan, Date.parse(start.acceptedAt));
  const desk = new DecisionDesk({ scope, gates, control, clocks, phase: () => record.phase });
  const messenger = new Messenger({ incident, onUntold: (words) => record.say('untold', words) });
  const warnings = new Warnings({ plan, start, record, clocks, messenger });
  record.clocks = () => warnings.status();
  const contained = { hosts: new Set<string>(), principals: new Set<string>() };
  const { guard, undo, children, continuing, reservations } = told;
  const parts = {
    control,
    desk,
    record,
    clocks,
    messenger,
    warnings,
    undo,
    children,
    continuing,
    reservations,
    progress: new Progress(),
    contained,
  };
  return { incident, namespace, plan, seal, start, guard, ...parts };
}

/** The context of an incident that goes on from an earlier run. */
export function goOn(incident: string, carried: Carried, told: Told): IncidentContext {
  const { version } = carried;
  // Not a failure of the incident: its task waits for a worker whose code can read this.
  if (version !== 1) throw new TypeError(`state of version ${String(version)}, expected 1`);
  const context = begin(incident, carried.opening, told);
  restore(context, carried);
  return context;
}
