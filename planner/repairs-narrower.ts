import type { Narrower } from '../model/plan.ts';
import { principalParts } from '../model/names.ts';
import type { Repair } from '../model/refusal.ts';
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import { fateOf } from './fate.ts';
import { narrowed, narrowerStages } from './narrower.ts';
import { problemsWith } from './refusals.ts';
import { resultWords, touchedServices } from './repairs.ts';
import { countWords, listWords } from './words.ts';

function narrowerWords(stages: readonly Narrower[]): string {
  const roles = stages.flatMap((each) => each.roles).map((id) => principalParts(id).name);
  const hosts = stages.reduce((sum, each) => sum + each.hosts, 0);
  return `take ${listWords(roles)} from ${countWords(hosts)} compromised ${hosts === 1 ? 'host' : 'hosts'} alone`;
}

/**
 * Ways out of refusals by a narrower action: stages that take a shared role from the compromised hosts alone. One stage,
 * else all that can; each drafted again and clean of every refusal.
 */
export function narrowerRepairs(draft: Draft, context: Context): readonly Repair[] {
  const stages = narrowerStages(draft, context, fateOf(context));
  const services = touchedServices(draft);
  const clean = (set: readonly Narrower[]): readonly Repair[] => {
    const trial = narrowed(draft, context, set);
    if (problemsWith(trial, context).length > 0) return [];
    const flags = `--narrow ${set.map(({ stage }) => stage).join(',')}`;
    return [{ words: narrowerWords(set), flags, result: resultWords(trial, services) }];
  };
  const singles = stages.flatMap((each) => clean([each]));
  return singles.length > 0 || stages.length < 2 ? singles : clean(stages);
}
