import type { Refusal, Repair } from '../../model/refusal.ts';
import { breachesOf } from '../breach.ts';
import type { Context } from '../context.ts';
import type { Draft } from '../draft.ts';
import { isSameStanding } from '../shares.ts';
import type { CleanAttempt } from './attempt.ts';
import { attempt, canMend } from './attempt.ts';
import { fallbackWays } from './fallback.ts';
import { glassWays } from './glass.ts';
import { systemsToLeave } from './leave-outs.ts';
import { mendable } from './mend.ts';
import { narrowerWays } from './narrower.ts';
import { touchedServices } from './outcome.ts';
import { soonerWays } from './sooner.ts';
import type { Way } from './way.ts';
import { repairOf } from './way.ts';

const mostLeaveOuts = 3;

/** Codes that leaving out, a narrower action, a fallback or a waiver can help with. */
const avoidable: ReadonlySet<string> = new Set(['FD-201', 'FD-202', 'FD-208']);

/** True where a service ends otherwise than it began: what is left of the cut is felt. */
function isFelt({ before, moments }: Draft, services: readonly string[]): boolean {
  const after = moments.at(-1)?.standings ?? before;
  return before.some(
    (standing, index) => services.includes(standing.service) && !isSameStanding(standing, after[index] ?? standing),
  );
}

/** `leave out till-gateway`, or `cut till-gateway but not till-gateway-spare` where services then live on what is left. */
function leaveWords(leave: readonly string[], culprits: readonly string[], felt: boolean): string {
  const cut = culprits.filter((name) => !leave.includes(name));
  return felt && cut.length > 0 && cut.length <= mostLeaveOuts
    ? `cut ${cut.join(', ')} but not ${leave.join(', ')}`
    : `leave out ${leave.join(', ')}`;
}

/** The smallest sets of systems to leave out, each planned. */
function leaveOutWays(draft: Draft, context: Context): readonly Way[] {
  const breaches = breachesOf(draft, context);
  const culprits = [...new Set(breaches.flatMap((breach) => breach.culprits))];
  const services = breaches.map(({ service }) => service);
  const ways: Way[] = [];
  for (const leave of systemsToLeave(draft, context)) {
    if (ways.length === mostLeaveOuts) break;
    const clean = attempt(context, { ...draft.choice, except: [...draft.choice.except, ...leave] });
    if (!clean) continue;
    const words = leaveWords(leave, culprits, isFelt(clean.draft, services));
    ways.push({ kind: 'leave-out', words, flags: `--except ${leave.join(',')}`, clean });
  }
  return ways;
}

/** What is wrong with the playbook itself, mended. */
function mendWays(draft: Draft, context: Context): readonly Way[] {
  const clean: CleanAttempt | undefined = attempt(context, draft.choice);
  const [first, ...others] = clean?.mends ?? [];
  if (!clean || !first) return [];
  return [{ kind: first.kind, words: first.words, changes: first.changes, clean: { ...clean, mends: others } }];
}

function waysOut(draft: Draft, context: Context, problems: readonly Refusal[]): readonly Way[] {
  if (canMend(problems)) return mendWays(draft, context);
  const isCurable = problems.every(({ code }) => mendable.has(code) || avoidable.has(code));
  if (!isCurable) return [];
  return [
    ...narrowerWays(draft, context),
    ...leaveOutWays(draft, context),
    ...fallbackWays(draft, context),
    ...soonerWays(draft, context),
    ...glassWays(draft, context),
  ];
}

/**
 * Ways out of refusals, each drafted again and clean of every refusal, with what each touched protected service then is: a
 * narrower action, at most three sets of systems to leave out, a fallback started first, what runs out given back sooner, and last
 * of all glass broken; where the playbook alone is at fault, the playbook mended. One clears all refusals, so each refusal has them all.
 */
export function withRepairs(refusals: readonly Refusal[], draft: Draft, context: Context): readonly Refusal[] {
  const services = touchedServices(draft);
  const repairs = waysOut(draft, context, refusals).map((way): Repair => repairOf(way, services));
  return refusals.map((refusal) => ({ ...refusal, repairs }));
}
