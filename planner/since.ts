import type { Plan, Since, Target } from '../model/plan.ts';
import { byText } from './graph.ts';

function targetsOf({ chunks }: Pick<Plan, 'chunks'>): ReadonlyMap<string, Target> {
  const targets = Object.values(chunks).flatMap((chunk) => (chunk.kind === 'contain' ? chunk.targets : []));
  return new Map(targets.map((target) => [target.id, target]));
}

function onlyIn(these: ReadonlyMap<string, Target>, others: ReadonlyMap<string, Target>): Since['came'] {
  return [...these.values()]
    .filter(({ id }) => !others.has(id))
    .map(({ id, systems }) => ({ id, systems: [...systems] }))
    .sort((one, other) => byText(one.id, other.id));
}

/** Targets that one plan has and an earlier one has not, and the other way round; each with its systems in the plan that has it. */
export function targetsSince(last: Pick<Plan, 'chunks'>, now: Pick<Plan, 'chunks'>): Pick<Since, 'came' | 'went'> {
  const [before, after] = [targetsOf(last), targetsOf(now)];
  return { came: onlyIn(after, before), went: onlyIn(before, after) };
}
