import type { AdviceAnswer, AdviceRequest } from '../model/advice.ts';
import type { RadiusAnswer, RadiusRequest } from '../model/radius.ts';
import type { LiveReads } from '../model/live.ts';
import { advise } from '../planner/advice/advise.ts';
import { radiusOf } from '../planner/radius.ts';
import type { ActivityDeps } from './deps.ts';
import { readLive } from './live/live-reads.ts';
import { withPlaces } from './planning.ts';

/** Questions about the workers' estate as it stands now. They make no mutating call. */
export interface QuestionActivities {
  readonly advise: (request: AdviceRequest) => Promise<AdviceAnswer>;
  readonly radius: (request: RadiusRequest) => Promise<RadiusAnswer>;
}

/** The live state of everything the estate speaks of. */
async function readEverything(deps: ActivityDeps): Promise<LiveReads> {
  return await readLive(deps, {
    accounts: deps.estate.accounts.map(({ name }) => name),
    principals: deps.estate.principals.map(({ id }) => id),
  });
}

/** Questions over the deps of a worker. */
export function questionActivities(deps: ActivityDeps): QuestionActivities {
  const { estate, allowedSigners } = deps;
  return {
    advise: async (request) => {
      const answer = advise({ ...request, estate, live: await readEverything(deps), allowedSigners });
      return answer.kind === 'advice' ? answer : { ...answer, refusals: withPlaces(answer.refusals, deps) };
    },
    radius: async (request) => radiusOf({ ...request, estate, live: await readEverything(deps) }),
  };
}
