import type { Clocks, Contained, Failing, GuardVerdict } from '../model/continuity.ts';
import type { Slice } from '../model/plan.ts';
import type { Waiver } from '../model/waiver.ts';
import type { Continuity, CourseMoment } from './continuity.ts';
import { continuityOf, noClocks } from './continuity.ts';
import { isWorse } from './shares.ts';

/** When the guard looks, what is remembered, and when what is contained is due back; milliseconds of one clock. */
export interface GuardTimes {
  readonly nowMs: number;
  readonly clocks: Clocks;
  /** By host and principal; what is not in here, or was due before now, is taken to stay contained. */
  readonly dueMs: ReadonlyMap<string, number>;
  /** Floors lowered for a time, by the same clock. */
  readonly waivers?: readonly Waiver[];
}

/** What the guard weighs: a wave, on the facts of the moment. */
export interface WaveQuestion {
  /** `C`: all that is contained, in flight or not running, without the wave. */
  readonly contained: Contained;
  /** What the wave would add to `C`. */
  readonly wave: Contained;
  /** `F`: one round of probes. */
  readonly failing: Failing;
  /** Absent: only now is looked at. */
  readonly times?: GuardTimes;
}

/** The end of the look-ahead: the last moment at which something contained is due back (DESIGN.md, *Continuity, exactly*). */
export function lookAheadMs({ hosts, principals }: Contained, { nowMs, dueMs }: GuardTimes): number {
  let lastMs = nowMs;
  for (const ids of [hosts, principals]) for (const id of ids) lastMs = Math.max(lastMs, dueMs.get(id) ?? nowMs);
  return lastMs;
}

/** Whether what a service is at a time counts for the verdict. */
type Counts = (service: string, atMs: number) => boolean;

/** Services that some moment of one course that counts shows worse than the other course does then. */
function worsenedBy(
  before: readonly CourseMoment[],
  after: readonly CourseMoment[],
  counts: Counts,
): ReadonlySet<string> {
  const worsened = new Set<string>();
  for (let [earlier, later] = [0, 0]; ;) {
    const was = before[earlier]?.standings ?? [];
    const atMs = Math.max(before[earlier]?.atMs ?? 0, after[later]?.atMs ?? 0);
    for (const [index, standing] of (after[later]?.standings ?? []).entries()) {
      const own = was[index];
      if (!own || own === standing || !isWorse(own, standing)) continue;
      if (counts(standing.service, atMs)) worsened.add(standing.service);
    }
    const [nextBefore, nextAfter] = [before[earlier + 1]?.atMs ?? Infinity, after[later + 1]?.atMs ?? Infinity];
    if (nextBefore === Infinity && nextAfter === Infinity) return worsened;
    if (nextBefore <= nextAfter) earlier += 1;
    if (nextAfter <= nextBefore) later += 1;
  }
}

/** True where a service is worse at a time in one course than in the other. */
function isWorseAt(service: string, atMs: number, courses: readonly [Course, Course]): boolean {
  const [was, is] = courses.map((course) =>
    course.findLast((moment) => moment.atMs <= atMs)?.standings.find((standing) => standing.service === service),
  );
  return was !== undefined && is !== undefined && isWorse(was, is);
}

type Course = readonly CourseMoment[];

/** How far a wave is looked at: until all is due back, and for services with a waiver to its end, if that is later. */
interface Window {
  readonly dueMs: number;
  readonly lastMs: number;
  readonly waivedUntilMs: ReadonlyMap<string, number>;
}

function windowOf({ contained, wave }: WaveQuestion, times: GuardTimes, hasClocks: boolean): Window {
  const { nowMs, waivers = [] } = times;
  const running = waivers.filter(({ untilMs }) => untilMs > nowMs);
  // Without clocks and waivers nothing gets worse by time alone, so now is the worst there is.
  const looksAhead = hasClocks || running.length > 0;
  const dueMs = looksAhead ? Math.max(lookAheadMs(contained, times), lookAheadMs(wave, times)) : nowMs;
  const lastMs = running.reduce((last, { untilMs }) => Math.max(last, untilMs), dueMs);
  return { dueMs, lastMs, waivedUntilMs: new Map(running.map(({ service, untilMs }) => [service, untilMs])) };
}

/**
 * What counts in a window. Once its waiver has ended a service counts where the wave itself makes it worse then: what probes
 * alone hold against it is what the waiver was for.
 *
 * @param courses - of the model, without the wave and with it
 */
function countsIn({ dueMs, waivedUntilMs }: Window, courses: readonly [Course, Course]): Counts {
  return (service, atMs) => {
    const untilMs = waivedUntilMs.get(service);
    if (untilMs === undefined) return atMs <= dueMs;
    return atMs < untilMs || isWorseAt(service, atMs, courses);
  };
}

/** What ran out when a service fell, in words; what ran out for this service first. */
export function endedWords(service: string, { ended }: Pick<CourseMoment, 'ended'>): string {
  const own = ended.find((each) => each.service === service) ?? ended.find((each) => each.service === undefined);
  return own?.words ?? 'what it needs has gone';
}

/**
 * Weighs a wave with a continuity function made before. Services the wave makes worse in the model, now or later, must keep
 * every floor with probes counted in, until all that is contained is due back; a service already below its floor never
 * blocks a wave that leaves it as it is.
 *
 * @returns the verdict; standings are those with the wave contained and with probes, for every service, now
 */
export function weigh(continuity: Continuity, question: WaveQuestion): GuardVerdict {
  return weighCourse(continuity, question).verdict;
}

/** The verdict on a wave, and the course it was taken from. */
export interface Weighing {
  readonly verdict: GuardVerdict;
  /** With the wave contained and with probes, from now to the end of the look-ahead. */
  readonly course: readonly CourseMoment[];
  /** The same without probes. */
  readonly modelled: readonly CourseMoment[];
  /** The end of the look-ahead. */
  readonly untilMs: number;
}

/**
 * As {@link weigh}, with the course.
 *
 * @param last - the weighing of the wave before, where this question follows it: same times, and its `C` with its wave
 */
export function weighCourse(continuity: Continuity, question: WaveQuestion, last?: Weighing): Weighing {
  const { contained, wave, failing, times } = question;
  const now = times ?? { nowMs: 0, clocks: noClocks, dueMs: new Map() };
  const window = windowOf(question, now, times !== undefined && continuity.hasClocks);
  const untilMs = window.lastMs;
  const without = continuity.ahead({ ...now, contained, untilMs });
  const before = last?.untilMs === untilMs ? last.modelled : without.course([]);
  const ahead = without.adding(wave);
  const modelled = ahead.course([]);
  const course = failing.length === 0 ? modelled : ahead.course(failing);
  const counts = countsIn(window, [before, modelled]);
  const worsened = worsenedBy(before, modelled, counts);
  const falls: GuardVerdict['falls'] = [];
  const breached = new Set<string>();
  for (const moment of course) {
    for (const { service, protected: isProtected, floor } of moment.standings) {
      if (!worsened.has(service) || !isProtected || floor?.holds !== false || breached.has(service)) continue;
      if (!counts(service, moment.atMs)) continue;
      breached.add(service);
      if (moment.atMs > now.nowMs) falls.push({ service, atMs: moment.atMs, because: endedWords(service, moment) });
    }
  }
  const standings = [...(course[0]?.standings ?? [])];
  const verdict = {
    allowed: breached.size === 0,
    worsened: standings.map(({ service }) => service).filter((service) => worsened.has(service)),
    breached: standings.map(({ service }) => service).filter((service) => breached.has(service)),
    falls,
    standings,
  };
  return { verdict, course, modelled, untilMs };
}

/**
 * Weighs one wave against a slice (DESIGN.md, *Continuity, exactly*, the guard).
 *
 * @param question - the slice, `C` without the wave, the wave, `F`, and the times
 */
export function weighWave(question: WaveQuestion & { readonly slice: Slice }): GuardVerdict {
  return weigh(continuityOf(question.slice), question);
}
