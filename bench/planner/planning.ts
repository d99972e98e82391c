import { fileURLToPath } from 'node:url';
import type { BenchOutcome, BenchTools } from '../bench.ts';
import { startLineProcess } from '../line-process.ts';
import { resultWithin } from '../report.ts';
import type { CompanySize } from './company.ts';
import { peakMemory, timed } from './messages.ts';

const child = fileURLToPath(new URL('planning-child.ts', import.meta.url));
const size: CompanySize = { systems: 5_000, needs: 20_000, hosts: 10_000 };
const seed = 42;
const scale = '5,000 systems, 20,000 needs, 10,000 hosts';

/** One repeat: a process of its own, so that nothing is warm and its peak of memory is its own. */
async function planOnce({ signal }: BenchTools) {
  const planning = startLineProcess({
    command: process.execPath,
    arguments: [child, JSON.stringify(size), String(seed)],
    signal,
  });
  try {
    const plan = await planning.ask({ op: 'plan' }, timed);
    const advice = await planning.ask({ op: 'advice' }, timed);
    const refusal = await planning.ask({ op: 'refuse' }, timed);
    const memory = await planning.ask({ op: 'memory' }, peakMemory);
    return { plan: plan.ms, advice: advice.ms, refusal: refusal.ms, memory: memory.mebibytes };
  } finally {
    await planning.end();
  }
}

/** Planning at the size of a large company, from the parsed estate: within a second and a gibibyte. */
export async function measurePlanning(tools: BenchTools): Promise<Pick<BenchOutcome, 'results' | 'notes'>> {
  const runs: Awaited<ReturnType<typeof planOnce>>[] = [];
  for (let repeat = 0; repeat < tools.repeats; repeat += 1) {
    tools.log(`planning, ${scale}: ${repeat + 1} of ${tools.repeats}`);
    runs.push(await planOnce(tools));
  }
  return {
    results: [
      resultWithin(
        { metric: `plan, ${scale}; limit 1 s`, unit: 'ms', limit: 1_000 },
        runs.map(({ plan }) => plan),
      ),
      resultWithin(
        { metric: `advice, ${scale}; limit 1 s`, unit: 'ms', limit: 1_000 },
        runs.map(({ advice }) => advice),
      ),
      resultWithin(
        { metric: 'plan and advice together; limit 1 s', unit: 'ms', limit: 1_000 },
        runs.map(({ plan, advice }) => plan + advice),
      ),
      resultWithin(
        { metric: 'a refusal, its repairs planned; limit 1 s', unit: 'ms', limit: 1_000 },
        runs.map(({ refusal }) => refusal),
      ),
      resultWithin(
        { metric: `memory of that process at its peak; limit 1 GiB`, unit: 'MiB', limit: 1_024 },
        runs.map(({ memory }) => memory),
      ),
    ],
    notes: [
      'Planning: a process for each repeat, cold, from the parsed estate and live reads to the sealed plan; then, in it,',
      'advice and a refusal. Its memory holds the estate, its making, and all that was planned.',
    ],
  };
}
