import { breakGlassGateId } from '../model/break-glass.ts';
import type { Standing, GuardVerdict } from '../model/continuity.ts';
import type {
  ClockStatus,
  DecisionRecord,
  Exception,
  IncidentStatus,
  Phase,
  Rejection,
  StageStatus,
  TierStatus,
  TimelineEntry,
  WaiverStatus,
  WaveStatus,
} from '../model/incident.ts';
import type { Plan } from '../model/plan.ts';
import type { TargetOutcome } from '../model/step.ts';
import { waiversFrom } from '../model/waiver.ts';
import type { Control } from './control.ts';
import type { Gate } from './gate.ts';
import { publish } from './presence.ts';

/** Lines kept for `watch`; history has them all. */
const timelineLength = 200;

interface Start {
  readonly incident: string;
  readonly namespace: string;
  readonly digest: string;
  readonly startedBy: string;
  readonly startedAt: string;
}

/** Form of {@link IncidentRecord} in what is carried. */
export interface RecordState {
  readonly phase: Phase;
  readonly standings: readonly Standing[];
  readonly exceptions: readonly Exception[];
  readonly timeline: readonly TimelineEntry[];
  readonly stages: readonly StageStatus[];
  readonly tiers: readonly TierStatus[];
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** What has happened so far, in the form the query `status` answers; nothing is decided here. */
export class IncidentRecord {
  phase: Phase = 'planning';
  rejection: Rejection | undefined;
  standings: readonly Standing[] = [];
  /** The clocks that run; set once there is somebody to ask. */
  clocks: () => readonly ClockStatus[] = () => [];
  readonly exceptions: Exception[] = [];
  readonly #timeline: TimelineEntry[] = [];
  #stages: (Mutable<Omit<StageStatus, 'waves'>> & { waves: Mutable<WaveStatus>[] })[];
  #tiers: Mutable<TierStatus>[];
  readonly #start: Start;
  readonly #plan: Plan;
  readonly #control: Control;
  readonly #gates: readonly Gate[];

  constructor(options: { start: Start; plan: Plan; control: Control; gates: readonly Gate[] }) {
    this.#start = options.start;
    this.#plan = options.plan;
    this.#control = options.control;
    this.#gates = options.gates;
    this.#stages = options.plan.header.stages.map(({ name, action, waves }) => ({
      name,
      action,
      waves: waves.map(({ index, canary, targets }) => ({ index, canary, targets, verified: 0, state: 'next' })),
    }));
    this.#tiers = options.plan.header.tiers.map(({ name, waves }) => ({
      name,
      state: 'next',
      targets: waves.reduce((sum, wave) => sum + wave.targets, 0),
      released: 0,
    }));
  }

  /** Enters a phase, says so in the timeline and to the Temporal UI. */
  enter(phase: Phase, detail: string): void {
    if (this.phase !== phase) this.say(phase, detail);
    this.phase = phase;
    this.publish();
  }

  say(what: string, detail: string): void {
    this.#timeline.push({ at: new Date().toISOString(), what, detail });
    if (this.#timeline.length > timelineLength) this.#timeline.shift();
  }

  publish(): void {
    publish(this.status([]));
  }

  wave(stage: string, index: number, change: Partial<WaveStatus>): void {
    const found = this.#stages.find((one) => one.name === stage)?.waves.find((one) => one.index === index);
    if (found) Object.assign(found, change);
    this.publish();
  }

  /** Targets of a wave that reads have shown done. */
  verified(stage: string, index: number): number {
    return this.#stages.find((one) => one.name === stage)?.waves.find((one) => one.index === index)?.verified ?? 0;
  }

  verdict(stage: string, index: number, verdict: GuardVerdict): void {
    this.standings = verdict.standings;
    this.wave(stage, index, { verdict: { ...verdict, standings: [] } });
  }

  tier(name: string, change: Partial<TierStatus>): void {
    const found = this.#tiers.find((one) => one.name === name);
    if (found) Object.assign(found, change);
    this.publish();
  }

  isTierDone(name: string): boolean {
    return this.#tiers.some((one) => one.name === name && one.state === 'done');
  }

  /** Targets of a tier that were given back. */
  released(name: string): number {
    return this.#tiers.find((one) => one.name === name)?.released ?? 0;
  }

  /** Keeps what did not come out as planned; a later outcome of the same step replaces it. */
  report(stage: string, outcomes: readonly TargetOutcome[]): void {
    for (const { target, status, detail } of outcomes) {
      const known = this.exceptions.findIndex((one) => one.stage === stage && one.target === target);
      if (known >= 0) this.exceptions.splice(known, 1);
      if (status === 'done') continue;
      const at = new Date().toISOString();
      this.exceptions.push({ at, stage, target, status, ...(detail === undefined ? {} : { detail }) });
    }
  }

  snapshot(): RecordState {
    const { phase, standings, exceptions } = this;
    return { phase, standings, exceptions, timeline: this.#timeline, stages: this.#stages, tiers: this.#tiers };
  }

  restore(state: RecordState): void {
    this.phase = state.phase;
    this.standings = state.standings;
    this.exceptions.push(...state.exceptions);
    this.#timeline.push(...state.timeline);
    this.#stages = state.stages.map((stage) => ({ ...stage, waves: stage.waves.map((wave) => ({ ...wave })) }));
    this.#tiers = state.tiers.map((tier) => ({ ...tier }));
  }

  #waivers(): readonly WaiverStatus[] {
    const glass = this.#gates.find((gate) => gate.definition.id === breakGlassGateId);
    const signedBy = glass?.isMet ? glass.status().approvedBy : [];
    const waivers = waiversFrom(this.#plan.header.waivers ?? [], Date.parse(this.#start.startedAt));
    return waivers.map(({ service, floor, untilMs }) => {
      return { service, floor, until: new Date(untilMs).toISOString(), signedBy };
    });
  }

  status(decisions: readonly DecisionRecord[]): IncidentStatus {
    const { header, digest } = this.#plan;
    return {
      schema: 'firedoor/status/v1',
      incident: this.#start.incident,
      estate: header.estate.name,
      namespace: this.#start.namespace,
      playbook: header.playbook.name,
      plan: digest,
      start: this.#start.digest,
      startedBy: this.#start.startedBy,
      startedAt: this.#start.startedAt,
      phase: this.phase,
      ...(this.#control.hold === undefined ? {} : { hold: this.#control.hold }),
      stages: this.#stages,
      tiers: this.#tiers,
      gates: this.#gates.filter((gate) => gate.isOpen || gate.isDecided).map((gate) => gate.status()),
      standings: this.standings,
      clocks: this.clocks(),
      waivers: this.#waivers(),
      exceptions: this.exceptions,
      decisions,
      timeline: this.#timeline,
      ...(this.rejection === undefined ? {} : { rejection: this.rejection }),
    };
  }
}
