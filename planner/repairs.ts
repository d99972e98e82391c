import type { Refusal, Repair } from '../model/refusal.ts';
import { breachesOf } from './breach.ts';
import type { Context } from './context.ts';
import { forecastOf, isSameStanding } from './shares.ts';
import type { Draft } from './draft.ts';
import { draftPlan } from './draft.ts';
import { sortedTexts } from './order.ts';
import { problemsWith } from './refusals.ts';
import { forecastWords } from './words.ts';

const mostRepairs = 3;
/** Pairs are tried among at most so many systems: 66 drafts. Beyond that only sets made smaller step by step. */
const mostPaired = 12;

/** Codes that leaving systems out can help with. */
const leavable: ReadonlySet<string> = new Set(['FD-201', 'FD-202', 'FD-206', 'FD-208']);

/** Systems whose leaving out could help: behind a breach, never to be touched, or unfit. */
function candidatesOf(draft: Draft, context: Context): readonly string[] {
  const breaching = breachesOf(draft, context).flatMap(({ culprits }) => culprits);
  const forbidden = new Set(context.estate.neverTouch);
  const others = draft.stages.flatMap(({ targets }) =>
    [...targets.values()].flatMap(({ target, unfit }) => {
      const isForbidden = forbidden.has(target.id) || target.systems.some((name) => forbidden.has(`system:${name}`));
      return unfit !== undefined || isForbidden ? target.systems : [];
    }),
  );
  return sortedTexts([...breaching, ...others]);
}

/** Drafts with more left out, and what speaks against them; each set once. */
interface Trial {
  readonly isClean: (leave: readonly string[]) => boolean;
  readonly draft: (leave: readonly string[]) => Draft;
}

function trialOf(draft: Draft, context: Context): Trial {
  const drafts = new Map<string, Draft>();
  const draftFor = (leave: readonly string[]): Draft => {
    const key = leave.join(' ');
    const made = drafts.get(key) ?? draftPlan(context, { ...draft.choice, except: [...draft.choice.except, ...leave] });
    drafts.set(key, made);
    return made;
  };
  return { draft: draftFor, isClean: (leave) => problemsWith(draftFor(leave), context).length === 0 };
}

/** Takes systems back in one by one, in the order given, as long as the plan stays clean. */
function shrink(all: readonly string[], order: readonly string[], trial: Trial): readonly string[] {
  let leave = all;
  for (const name of order) {
    const fewer = leave.filter((each) => each !== name);
    if (fewer.length > 0 && trial.isClean(fewer)) leave = fewer;
  }
  return leave;
}

function pairsOf(names: readonly string[]): readonly (readonly string[])[] {
  return names.flatMap((one, index) => names.slice(index + 1).map((other) => [one, other]));
}

function firstClean(sets: readonly (readonly string[])[], trial: Trial): readonly (readonly string[])[] {
  const clean: (readonly string[])[] = [];
  for (const set of sets) if (clean.length < mostRepairs && trial.isClean(set)) clean.push(set);
  return clean;
}

/** The smallest sets of systems to leave out that were found clean: one system, else two, else made small greedily. */
function leaveOuts(candidates: readonly string[], trial: Trial): readonly (readonly string[])[] {
  const singles = firstClean(
    candidates.map((name) => [name]),
    trial,
  );
  if (singles.length > 0 || candidates.length < 2) return singles;
  const pairs = candidates.length <= mostPaired ? firstClean(pairsOf(candidates), trial) : [];
  if (pairs.length > 0 || !trial.isClean(candidates)) return pairs;
  const sets = [candidates, candidates.toReversed()].map((order) => shrink(candidates, order, trial));
  return [...new Map(sets.map((set) => [set.join(), set])).values()];
}

/** How services come out of a draft, in words. */
export function resultWords(draft: Draft, services: readonly string[]): string {
  const last = draft.moments.at(-1)?.standings ?? draft.before;
  return last
    .filter(({ service }) => services.includes(service))
    .map((standing) => `${standing.service} ${forecastWords(forecastOf(standing))}`)
    .join('; ');
}

/** Protected services that a draft changes at all. */
export function touchedServices({ before, moments }: Draft): readonly string[] {
  const after = moments.at(-1)?.standings ?? before;
  return before
    .filter((standing, index) => standing.protected && !isSameStanding(standing, after[index] ?? standing))
    .map(({ service }) => service);
}

/**
 * Ways out of refusals: at most three sets of systems to leave out, smallest found first, each drafted again and clean of
 * every refusal, with what each touched protected service then is.
 */
export function repairsFor(draft: Draft, context: Context): readonly Repair[] {
  const candidates = candidatesOf(draft, context);
  const trial = trialOf(draft, context);
  const services = touchedServices(draft);
  return leaveOuts(candidates, trial)
    .slice(0, mostRepairs)
    .map((leave) => ({
      words: `leave out ${leave.join(', ')}`,
      flags: `--except ${leave.join(',')}`,
      result: resultWords(trial.draft(leave), services),
    }));
}

/** Refusals with their repairs: those that leaving systems out can help with have them, since one repair clears all. */
export function withRepairs(refusals: readonly Refusal[], repairs: readonly Repair[]): readonly Refusal[] {
  return refusals.map((refusal) => (leavable.has(refusal.code) ? { ...refusal, repairs: [...repairs] } : refusal));
}
