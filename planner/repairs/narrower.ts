import type { Narrower } from '../../model/plan.ts';
import { principalParts } from '../../model/names.ts';
import type { Context } from '../context.ts';
import type { Draft } from '../draft.ts';
import { fateOf } from '../fate.ts';
import { narrowerStages } from '../narrower.ts';
import { countWords, listWords } from '../words.ts';
import { attempt } from './attempt.ts';
import type { Way } from './way.ts';

function narrowerWords(stages: readonly Narrower[]): string {
  const roles = stages.flatMap((each) => each.roles).map((id) => principalParts(id).name);
  const hosts = stages.reduce((sum, each) => sum + each.hosts, 0);
  return `take ${listWords(roles)} from ${countWords(hosts)} compromised ${hosts === 1 ? 'host' : 'hosts'} alone`;
}

/**
 * Ways out of refusals by a narrower action: stages that take a shared role from the compromised hosts alone. One stage,
 * else all that can.
 */
export function narrowerWays(draft: Draft, context: Context): readonly Way[] {
  const stages = narrowerStages(draft, context, fateOf(context));
  const planned = (set: readonly Narrower[]): readonly Way[] => {
    const narrow = [...draft.choice.narrow, ...set.map(({ stage }) => stage)];
    const clean = attempt(context, { ...draft.choice, narrow });
    if (!clean) return [];
    const flags = `--narrow ${set.map(({ stage }) => stage).join(',')}`;
    return [{ kind: 'narrower', words: narrowerWords(set), flags, clean }];
  };
  const singles = stages.flatMap((each) => planned([each]));
  return singles.length > 0 || stages.length < 2 ? singles : planned(stages);
}
