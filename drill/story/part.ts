import type { IncidentStatus } from '../../model/incident.ts';
import type { Company } from '../company.ts';
import type { Answer } from '../person.ts';
import { firedoor } from '../person.ts';
import type { WorldState } from '../scenario/world-state.ts';
import type { Screen } from '../screen.ts';
import { serviceLine } from '../screen.ts';
import type { Observer } from '../twin/observer.ts';

/** What every part of the story has at hand. */
export interface Story {
  readonly company: Company;
  readonly observer: Observer;
  readonly screen: Screen;
  /** The world before anything happened. */
  readonly before: WorldState;
  readonly incident: string;
  /** Seconds by phase, filled as the story goes. */
  readonly seconds: Record<string, number>;
  /** Aborted, the story ends before its next step. */
  readonly ending: AbortSignal;
}

/** One thing a part promises, and whether it was so. */
export interface Check {
  readonly promise: string;
  readonly measured: string;
  readonly ok: boolean;
}

/** A figure in the summary: a number, a word, or a few of them. */
export type Figure = number | string | boolean | readonly string[] | Readonly<Record<string, number | string>>;

/** How a part ended. */
export interface PartResult {
  readonly name: string;
  readonly ok: boolean;
  readonly checks: readonly Check[];
  readonly figures: Readonly<Record<string, Figure>>;
}

export function partResult(name: string, checks: readonly Check[], figures: PartResult['figures']): PartResult {
  return { name, ok: checks.every((check) => check.ok), checks, figures };
}

/** Runs the real command line as one of the people, by first name, and shows what it showed. */
export async function command(story: Story, who: string, args: readonly string[]): Promise<Answer> {
  const answer = await quietly(story, who, args);
  const shown = args.map((arg) => (/[\s$]/.test(arg) ? `"${arg}"` : arg)).join(' ');
  story.screen.show(
    `firedoor ${shown}${who === 'ada' ? '' : `     # ${who}`}`,
    [answer.err, answer.out].filter((text) => text !== '').join(''),
  );
  return answer;
}

/** The same without showing it. */
export async function quietly(story: Story, who: string, args: readonly string[]): Promise<Answer> {
  story.ending.throwIfAborted();
  const { people } = story.company.files;
  return await firedoor(story.company, people[`${who}@example.org`], args);
}

/** Tries to read the status: for some seconds after a worker was killed, its incidents have nobody to answer for them. */
const statusAttempts = 5;

/** The incident's status, as `firedoor status --json` gives it. */
export async function statusOf(story: Story): Promise<IncidentStatus> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await quietly(story, 'ada', ['status', story.incident, '--json']);
    if (answer.code === 0) return JSON.parse(answer.out) as IncidentStatus;
    if (attempt === statusAttempts) throw new Error(`firedoor status ended with ${answer.code}: ${answer.err}`);
  }
}

interface WaitOptions {
  readonly timeoutMs?: number;
  readonly everyMs?: number;
}

/**
 * Watches the incident until it is as asked: events one a line, services live on a terminal.
 *
 * @throws Error when it is not so in time, with where it stands
 */
export async function waitFor(
  story: Story,
  fits: (status: IncidentStatus) => boolean | Promise<boolean>,
  { timeoutMs = 120_000, everyMs = 150 }: WaitOptions = {},
): Promise<IncidentStatus> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const status = await statusOf(story);
    announce(story, status);
    story.screen.live(liveLines(story, status));
    if (await fits(status)) return status;
    if (Date.now() > deadline) {
      throw new Error(
        `${story.incident} is ${status.phase}${status.hold ? ` (${status.hold.detail})` : ''} after ${timeoutMs / 1000} s`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

const announced = new WeakMap<Story, number>();
const lastServices = new WeakMap<Story, ReadonlySet<string>>();

function announce(story: Story, status: IncidentStatus): void {
  const known = announced.get(story) ?? 0;
  const news = status.timeline.slice(known);
  for (const { at, what, detail } of news) {
    story.screen.say(`  ${at.slice(11, 19)}Z  ${what.padEnd(10)} ${detail}`);
  }
  announced.set(story, Math.max(known, status.timeline.length));
  if (!story.screen.isLive && news.some(({ what }) => what === 'verified' || what === 'released')) sayServices(story);
}

/** Where nothing is redrawn: each protected service once, and again whenever its line is another one. */
function sayServices(story: Story): void {
  const known = lastServices.get(story) ?? new Set();
  const lines = serviceLines(story);
  for (const line of lines.filter((one) => !known.has(one)))
    story.screen.say(`           ${line.replace(/[█░ ]+$/, '')}`);
  lastServices.set(story, new Set(lines));
}

function serviceLines({ observer }: Story): readonly string[] {
  const services = observer.report().services.filter((service) => service.protected);
  return services.map(serviceLine);
}

function liveLines(story: Story, status: IncidentStatus): readonly string[] {
  const stages = status.stages.map(({ name, waves }) => {
    const done = waves.filter((wave) => wave.state === 'done').length;
    const verified = waves.reduce((sum, wave) => sum + wave.verified, 0);
    const targets = waves.reduce((sum, wave) => sum + wave.targets, 0);
    return `  ${name.padEnd(20)} wave ${done}/${waves.length}   ${verified}/${targets} verified`;
  });
  return [`${status.incident}  ${status.phase}`, ...stages, '', ...serviceLines(story)];
}
