import { condition } from '@temporalio/workflow';
import type { ClockStatus } from '../model/incident.ts';
import type { IncidentContext } from './context.ts';

/** How much of a clock's time is gone when people are warned, and how that is said and told. */
const thresholds = [
  { share: 0.5, words: 'half of its time is gone', kind: 'clock-half' },
  { share: 0.75, words: 'three quarters of its time are gone', kind: 'clock-three-quarters' },
  { share: 1, words: 'its time is up', kind: 'clock-ended' },
] as const;

/** `2025-04-24T14:02:00Z`: to the second, as clocks are. */
function instantWords(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** A clock that runs: a tier that is due back, a service that gets worse by time alone, or a waiver. */
interface RunningClock {
  readonly id: string;
  readonly kind: ClockStatus['kind'];
  readonly name: string;
  readonly endsMs: number;
  readonly because: string;
}

/** What is kept of a clock, and carried: when it began to run, and the last warning given. */
export interface KnownClock extends RunningClock {
  readonly beganMs: number;
  readonly warned: number;
}

/** What clocks are read from, and warnings go to. */
type Clocked = Pick<IncidentContext, 'plan' | 'start' | 'record' | 'clocks' | 'messenger'>;

function tierClocks({ plan, record, clocks }: Clocked): readonly RunningClock[] {
  return plan.header.tiers.flatMap(({ name }) => {
    const endsMs = clocks.tierDueMs(name);
    if (endsMs === undefined || record.isTierDone(name)) return [];
    const because = 'due back; nothing is released by itself: release, or extend';
    return [{ id: `tier ${name}`, kind: 'tier', name, endsMs, because }];
  });
}

function serviceClocks({ clocks }: Clocked, nowMs: number): readonly RunningClock[] {
  return clocks.endings(nowMs).map(({ service, endsMs, because }) => {
    return { id: `service ${service} ${because}`, kind: 'service', name: service, endsMs, because };
  });
}

function waiverClocks({ clocks }: Clocked, nowMs: number): readonly RunningClock[] {
  const running = clocks.waivers.filter(({ untilMs }) => untilMs > nowMs);
  return running.map(({ service, untilMs }) => {
    const because = 'its waiver ends, and its own floor is in force again';
    return { id: `waiver ${service}`, kind: 'waiver', name: service, endsMs: untilMs, because };
  });
}

/**
 * Warns people at half and at three quarters of the time of every clock, and when it has run out (DESIGN.md, *Continuity,
 * exactly*): of tiers that are due back and of waivers, counted from the start, and of services that get worse by time alone,
 * counted from when that began.
 */
export class Warnings {
  #known: readonly KnownClock[] = [];
  readonly #context: Clocked;
  readonly #startMs: number;

  constructor(context: Clocked) {
    this.#context = context;
    this.#startMs = Date.parse(context.start.acceptedAt);
  }

  /** Runs beside the procedure until the incident ends. */
  async serve(isEnding: () => boolean): Promise<void> {
    while (!isEnding()) {
      const nowMs = Date.now();
      this.#look(nowMs);
      const version = this.#context.clocks.version;
      const isOther = (): boolean => isEnding() || this.#context.clocks.version !== version;
      const nextMs = this.#nextMs();
      if (nextMs === Infinity) await condition(isOther);
      else await condition(isOther, Math.max(1, nextMs - nowMs), { summary: 'until people are warned of a clock' });
    }
  }

  snapshot(): readonly KnownClock[] {
    return this.#known;
  }

  restore(known: readonly KnownClock[]): void {
    this.#known = known;
  }

  status(): readonly ClockStatus[] {
    return this.#known.map(({ kind, name, beganMs, endsMs, because, warned }) => {
      const [beganAt, endsAt] = [new Date(beganMs).toISOString(), new Date(endsMs).toISOString()];
      return { kind, name, beganAt, endsAt, because, warned };
    });
  }

  #look(nowMs: number): void {
    const running = [tierClocks, serviceClocks, waiverClocks].flatMap((of) => of(this.#context, nowMs));
    for (const clock of this.#known) {
      const isOver = clock.warned < 1 && clock.endsMs <= nowMs && !running.some(({ id }) => id === clock.id);
      if (isOver) this.#warn(clock, thresholds[2]);
    }
    this.#known = running.map((clock) => {
      const known = this.#known.find(({ id, endsMs }) => id === clock.id && endsMs === clock.endsMs);
      const beganMs = known?.beganMs ?? (clock.kind === 'service' ? nowMs : this.#startMs);
      const gone = (nowMs - beganMs) / (clock.endsMs - beganMs);
      const reached = thresholds.findLast(({ share }) => gone >= share);
      if (reached && reached.share > (known?.warned ?? 0)) this.#warn(clock, reached);
      return { ...clock, beganMs, warned: reached?.share ?? 0 };
    });
  }

  #nextMs(): number {
    return this.#known.reduce((nextMs, { beganMs, endsMs, warned }) => {
      const next = thresholds.find(({ share }) => share > warned);
      return next ? Math.min(nextMs, beganMs + Math.ceil((endsMs - beganMs) * next.share)) : nextMs;
    }, Infinity);
  }

  #warn({ kind, name, endsMs, because }: RunningClock, reached: (typeof thresholds)[number]): void {
    const { record, messenger } = this.#context;
    record.say('clock', `${kind} ${name}: ${reached.words}; ${instantWords(endsMs)} ${because}`);
    messenger.tell({ kind: reached.kind, ends: new Date(endsMs).toISOString() });
    record.publish();
  }
}
