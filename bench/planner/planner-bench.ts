import type { Bench } from '../bench.ts';
import { measureGraphs } from './graphs.ts';
import { measurePlanning } from './planning.ts';

/** How long planning takes, and how its graph work compares to networkx. */
export const plannerBench: Bench = {
  name: 'planner',
  summary:
    'plan, advice, refusal and memory at 10,000 hosts; waves and a guard check at 100,000 systems beside networkx',
  run: async (tools) => {
    const planning = await measurePlanning(tools);
    const graphs = await measureGraphs(tools);
    return {
      results: [...planning.results, ...graphs.results],
      notes: [...planning.notes, ...graphs.notes],
      software: graphs.software,
    };
  },
};
