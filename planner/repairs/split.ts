import type { Plan, Target } from '../../model/plan.ts';
import type { Playbook } from '../../model/playbook.ts';
import type { Repair } from '../../model/refusal.ts';
import type { Context, PlannerInputs } from '../context.ts';
import { prepare } from '../context.ts';
import type { Draft } from '../draft.ts';
import { draftPlan } from '../draft.ts';
import type { Hash } from '../header.ts';
import { sealPlan } from '../header.ts';
import { byText } from '../graph.ts';
import { sortedTexts } from '../order.ts';
import { countWords, listWords } from '../words.ts';
import type { CleanAttempt } from './attempt.ts';
import { attempt, withPlaybook } from './attempt.ts';
import { resultWords, touchedServices } from './outcome.ts';

/** More incidents at once than this are more than people can lead. */
const mostParts = 8;

/** Systems that some target belongs to together: they can't be parted without losing it. */
interface Bundle {
  readonly systems: readonly string[];
  readonly zone: string;
  readonly targets: number;
}

function bundlesOf(draft: Draft, { estate }: Context): readonly Bundle[] {
  const root = new Map<string, string>();
  const rootOf = (name: string): string => {
    let at = name;
    for (let up = root.get(at) ?? at; up !== at; up = root.get(at) ?? at) at = up;
    return at;
  };
  const targets = new Map<string, Target>();
  for (const stage of draft.stages) for (const { target } of stage.targets.values()) targets.set(target.id, target);
  const counts = new Map<string, number>();
  for (const { systems } of targets.values()) {
    const [first = '', ...others] = systems;
    for (const other of others) root.set(rootOf(other), rootOf(first));
    if (!root.has(first)) root.set(first, first);
  }
  for (const { systems } of targets.values()) {
    const at = rootOf(systems[0] ?? '');
    counts.set(at, (counts.get(at) ?? 0) + 1);
  }
  const members = new Map<string, string[]>();
  for (const name of root.keys()) members.set(rootOf(name), [...(members.get(rootOf(name)) ?? []), name]);
  const zoneOf = new Map(estate.systems.map(({ name, zone }) => [name, zone]));
  return [...members].map(([at, systems]) => ({
    systems: sortedTexts(systems),
    zone: zoneOf.get(sortedTexts(systems)[0] ?? '') ?? '',
    targets: counts.get(at) ?? 0,
  }));
}

/** Bundles in so many parts of about the same number of targets, each zone as whole as can be. */
function partsOf(bundles: readonly Bundle[], count: number): readonly (readonly string[])[] {
  const ordered = bundles.toSorted(
    (one, other) => byText(one.zone, other.zone) || byText(one.systems[0] ?? '', other.systems[0] ?? ''),
  );
  const total = bundles.reduce((sum, { targets }) => sum + targets, 0);
  const parts: string[][] = Array.from({ length: count }, () => []);
  let before = 0;
  for (const { systems, targets } of ordered) {
    parts[Math.min(count - 1, Math.floor((before / Math.max(1, total)) * count))]?.push(...systems);
    before += targets;
  }
  return parts.filter((part) => part.length > 0);
}

/** The playbook of one part: every stage leaves the systems of the others out. */
function playbookOf(others: readonly string[], { playbook, parameters }: Context, part: number): Playbook {
  const stages = playbook.stages.map((stage) => {
    const given = stage.on.except ?? [];
    const own = typeof given === 'string' ? (parameters[given.slice(1)] ?? []) : given;
    return { ...stage, on: { ...stage.on, except: sortedTexts([...own, ...others]) } };
  });
  return { ...playbook, name: `${playbook.name.slice(0, 60)}-${part}`, stages };
}

function planParts(
  parts: readonly (readonly string[])[],
  draft: Draft,
  context: Context,
): readonly CleanAttempt[] | undefined {
  const attempts: CleanAttempt[] = [];
  for (const [index, part] of parts.entries()) {
    const own = new Set(part);
    const others = parts.flat().filter((name) => !own.has(name));
    const playbook = playbookOf(others, context, index + 1);
    const clean = attempt(withPlaybook(context, playbook), draft.choice);
    if (!clean) return undefined;
    attempts.push(clean);
  }
  return attempts;
}

/** How large one incident may be, and how to measure a plan. */
export interface Limit {
  readonly fits: (plan: Plan) => boolean;
  readonly hash: Hash;
}

/**
 * Ways out of a plan that is too large for one incident: the fewest parts, each an incident with a playbook of its own, planned
 * and small enough. Together they touch what the whole would: what is safe together stays safe in parts.
 */
export function splitRepairs(inputs: PlannerInputs, { fits, hash }: Limit): readonly Repair[] {
  const context = prepare(inputs);
  const draft = draftPlan(context, inputs);
  const bundles = bundlesOf(draft, context);
  for (let count = 2; count <= Math.min(mostParts, bundles.length); count += 1) {
    const parts = partsOf(bundles, count);
    const attempts = parts.length === count ? planParts(parts, draft, context) : undefined;
    if (!attempts?.every((each) => fits(sealPlan(each.draft, each.context, hash)))) continue;
    const zones = parts.map((part) => {
      const own = new Set(part);
      return listWords(
        sortedTexts(bundles.filter(({ systems }) => systems.some((name) => own.has(name))).map(({ zone }) => zone)),
      );
    });
    return [
      {
        kind: 'split',
        words: `split in ${countWords(count)}, one incident each: ${zones.join('; ')}`,
        result: resultWords(draft, touchedServices(draft)),
        changes: attempts.map(({ context: at }, index) => ({
          at: { document: 'playbook', path: ['name'] },
          was: [`name: ${context.playbook.name}`],
          becomes: [
            `name: ${at.playbook.name}`,
            `each stage without ${countWords(parts.flat().length - (parts[index]?.length ?? 0))} systems of the others`,
          ],
        })),
        playbooks: attempts.map(({ context: at }) => at.playbook),
      },
    ];
  }
  return [];
}
