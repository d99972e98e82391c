import type { Standing } from '../../model/continuity.ts';
import { durationWords } from '../../model/duration.ts';
import type { IncidentStatus, StageStatus, TierStatus, TimelineEntry } from '../../model/incident.ts';
import type { Mode } from '../../model/modes.ts';
import { servingModes } from '../../model/modes.ts';
import { bar } from './bar.ts';
import { deadlineWords } from './gate.ts';
import { hang } from './hang.ts';
import { gateName, missingWords, nextStep, openGates } from './incident-next.ts';
import type { TimeOptions } from './time.ts';
import { laterWords, offsetWords, timeWords } from './time.ts';
import { glassLines } from './waiver.ts';
import { countWords, percentWords } from './words.ts';

/** How a status is drawn. */
export interface StatusOptions {
  readonly now: Date;
  readonly time: TimeOptions;
  readonly width: number;
  /** Bars beside the numbers: on a terminal, and not under `--plain`. */
  readonly draws: boolean;
  /** Newest lines of the timeline to show. */
  readonly events: number;
}

/** Where an incident stands, as lines; outside strings are not escaped yet. */
export function statusLines(status: IncidentStatus, options: StatusOptions): readonly string[] {
  const parts = [
    glassLines(status, options),
    stageLines(status, options),
    standingLines(status, options),
    tierLines(status),
    clockLines(status, options),
    waitLines(status, options),
    exceptionLines(status),
    timelineLines(status.timeline, options),
  ].filter((part) => part.length > 0);
  return [headline(status, options), ...parts.flatMap((part, index) => (index === 0 ? part : ['', ...part]))].flatMap(
    (line) => hang(line, options.width),
  );
}

/** The last line of every screen. */
export function nextLine(status: IncidentStatus): string {
  return `Next: ${nextStep(status)}`;
}

/** `INC-42 intrusion: acting   14:06:31 +01:00, 4 m 12 s since start`. */
function headline(status: IncidentStatus, { now, time }: StatusOptions): string {
  const since = durationWords(Math.max(0, now.getTime() - Date.parse(status.startedAt)));
  const at = `${timeWords(now, { ...time, seconds: true })} ${offsetWords(now, time)}`;
  const who = status.startedBy === '' ? '' : ` by ${status.startedBy}`;
  return `${status.incident} ${status.playbook}: ${status.phase}   ${at}, ${since} since start${who}`;
}

function stageLines(status: IncidentStatus, { draws }: StatusOptions): readonly string[] {
  const { stages } = status;
  const open = openGates(status).map((gate) => gate.id);
  const width = widest(stages.map((stage) => stage.name));
  return stages.map((stage) => {
    const targets = sum(stage.waves.map((wave) => wave.targets));
    const verified = sum(stage.waves.map((wave) => wave.verified));
    const drawn = draws && targets > 0 ? `  ${bar(verified / targets)}` : '';
    return `  ${stage.name.padEnd(width)}  ${stageState(stage, open.includes(stage.name)).padEnd(10)}  ${`${verified}/${targets}`.padStart(7)} verified${drawn}`;
  });
}

/** `done`, `wave 4/5`, `held 4/5`, `skipped`, `waits` at its gate, `next`. */
function stageState({ waves }: StageStatus, waits: boolean): string {
  const now = waves.find((wave) => wave.state === 'acting' || wave.state === 'held');
  const position = `${waves.filter((wave) => wave.state === 'done').length + 1}/${waves.length}`;
  if (now) return `${now.state === 'held' ? 'held' : 'wave'} ${position}`;
  if (waves.every((wave) => wave.state === 'done')) return 'done';
  if (waves.some((wave) => wave.state === 'skipped')) return 'skipped';
  if (waves.some((wave) => wave.state === 'done')) return `wave ${position}`;
  return waits ? 'waits' : 'next';
}

/** `store-tills  100% normal  floor 95% degraded, holds  ██████████`, in columns; bars only where every line has room. */
function standingLines({ standings }: IncidentStatus, { draws, width }: StatusOptions): readonly string[] {
  const texts = standings.map((standing) => {
    const { mode, share } = worstOf(standing);
    return [standing.service, `${percentWords(share).padStart(6)} ${mode}`, floorWords(standing)];
  });
  const widths = [0, 1, 2].map((column) => widest(texts.map((cells) => cells[column] ?? '')));
  const lines = texts.map((cells) => `  ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`);
  if (!draws || widest(lines) + 2 + standingBar > width) return lines.map((line) => line.trimEnd());
  return standings.map((standing, at) => {
    const share = standing.floor ? standing.floor.actual : worstOf(standing).share;
    return `${lines[at] ?? ''}  ${bar(share, standingBar)}`;
  });
}

const standingBar = 10;

function floorWords({ floor }: Standing): string {
  if (!floor) return 'no floor';
  const held = floor.holds ? 'holds' : `BROKEN: ${percentWords(floor.actual)}`;
  return `floor ${percentWords(floor.share)} ${floor.mode}, ${held}`;
}

/** The worst mode in which sites still serve, and the share of sites in it or better. */
function worstOf({ shares }: Standing): { readonly mode: Mode; readonly share: number } {
  const mode = servingModes.findLast((candidate) => (shares[candidate] ?? 0) > 0);
  if (mode === undefined) return { mode: 'down', share: 0 };
  const upTo = servingModes.slice(0, servingModes.indexOf(mode) + 1);
  return { mode, share: sum(upTo.map((candidate) => shares[candidate] ?? 0)) };
}

/** Tiers, once any of them has begun. */
function tierLines({ tiers, phase }: IncidentStatus): readonly string[] {
  if (phase !== 'releasing' && phase !== 'closed' && tiers.every((tier) => tier.state === 'next')) return [];
  const width = widest(tiers.map((tier) => tier.name));
  const state = (tier: TierStatus): string => (tier.state === 'waiting' ? 'waits' : tier.state);
  return tiers.map(
    (tier) =>
      `  ${tier.name.padEnd(width)}  ${state(tier).padEnd(10)}  ${`${tier.released}/${tier.targets}`.padStart(7)} given back`,
  );
}

/** `  store-tills  Thu 14:02 shelves empty, 1 d 22 h left`; tiers once half their time is gone. */
function clockLines({ clocks }: IncidentStatus, { now, time }: StatusOptions): readonly string[] {
  const shown = clocks.filter(({ kind, warned }) => kind === 'service' || warned > 0);
  return shown
    .toSorted((one, other) => Date.parse(one.endsAt) - Date.parse(other.endsAt))
    .map(({ kind, name, endsAt, because }) => {
      const leftMs = Date.parse(endsAt) - now.getTime();
      const at = laterWords(now, leftMs, time);
      const left = leftMs > 0 ? `${durationWords(leftMs)} left` : `${durationWords(-leftMs)} ago`;
      return `  ${kind === 'tier' ? `tier ${name}` : name}: ${at} ${because}, ${left}`;
    });
}

function waitLines(status: IncidentStatus, { now }: StatusOptions): readonly string[] {
  const hold = status.hold === undefined ? [] : [`  holds: ${status.hold.detail}`];
  const gates = openGates(status).map(
    (gate) => `  gate ${gateName(gate)} waits for ${missingWords(gate)}${deadlineWords(gate.deadline, now)}`,
  );
  const rejection = status.rejection;
  const rejected = rejection
    ? [
        `  ${rejection.kind}${rejection.detail === undefined ? '' : `: ${rejection.detail}`}`,
        ...rejection.differences.map((line) => `    ${line}`),
        ...rejection.refusals.map(({ code, message }) => `    ${code} ${message}`),
      ]
    : [];
  return [...hold, ...gates, ...rejected];
}

const exceptionsShown = 8;

function exceptionLines({ exceptions }: IncidentStatus): readonly string[] {
  if (exceptions.length === 0) return [];
  const shown = exceptions.slice(0, exceptionsShown).map(({ stage, target, status, detail }) => {
    const why = detail === undefined ? '' : `, ${detail}`;
    return `  ${target} in ${stage}: ${status}${why}`;
  });
  const more = exceptions.length - shown.length;
  const rest = more > 0 ? [`  and ${more} more: --json has all`] : [];
  return [`${countWords(exceptions.length, 'target')} not as planned`, ...shown, ...rest];
}

/** Newest first, as many as asked for. */
function timelineLines(timeline: readonly TimelineEntry[], { events, time }: StatusOptions): readonly string[] {
  return timeline
    .slice(-events)
    .toReversed()
    .map((entry) => `  ${eventLine(entry, time)}`);
}

/** `14:06:29  verified  cut-off, wave 4: isolated`: one thing that happened. */
export function eventLine({ at, what, detail }: TimelineEntry, time: TimeOptions): string {
  return `${timeWords(new Date(at), { ...time, seconds: true })}  ${what.padEnd(9)}  ${detail}`;
}

function widest(words: readonly string[]): number {
  return Math.max(0, ...words.map((word) => word.length));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
