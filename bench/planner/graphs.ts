import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { ensurePython } from '../../drill/stack/python-environment.ts';
import type { BenchOutcome, BenchTools } from '../bench.ts';
import { interleave } from '../interleave.ts';
import type { LineProcess } from '../line-process.ts';
import { startLineProcess } from '../line-process.ts';
import { resultOf } from '../report.ts';
import type { CompanySize } from './company.ts';
import { done, guardAnswer, timed, version, wavesAnswer } from './messages.ts';

const child = fileURLToPath(new URL('graph-child.ts', import.meta.url));
const peer = fileURLToPath(new URL('networkx_peer.py', import.meta.url));
const packages = {
  name: 'networkx',
  words: 'networkx, a peer of the planner bench,',
  requirements: fileURLToPath(new URL('requirements.txt', import.meta.url)),
};

const size: CompanySize = { systems: 100_000, needs: 500_000, hosts: 200_000 };
const seed = 42;
const scale = '100,000 systems, 500,000 needs, 200,000 hosts';
const target = 0.1;

/** What is compared; both sides answer to the same names. */
const compared = [
  { op: 'waves', metric: `waves, ${scale}; networkx` },
  { op: 'guard', metric: `one guard check, ${scale}; networkx` },
  { op: 'first', metric: `the first guard check, its graph built for it; networkx` },
] as const;

interface Sides {
  readonly ours: LineProcess;
  readonly theirs: LineProcess;
}

/** Both must have come to the same; else no figure means anything. Throws where they have not. */
async function requireAgreement({ ours, theirs }: Sides, { directory }: BenchTools): Promise<void> {
  const waves = await ours.ask({ op: 'waves-answer' }, wavesAnswer);
  const { order } = await theirs.ask({ op: 'waves-answer' }, wavesAnswer);
  if (!isDeepStrictEqual(waves.order, order)) throw new Error('the two sides order systems differently');
  if (new Set(waves.waves.flat()).size !== size.hosts) throw new Error('the waves are no partition of the hosts');
  const file = path.join(directory, 'order.json');
  await writeFile(file, JSON.stringify(waves.order));
  const { follows } = await theirs.ask({ op: 'follows', file }, z.strictObject({ follows: z.boolean() }));
  if (!follows) throw new Error('some system is ordered after one it needs');
  const verdict = await ours.ask({ op: 'guard-answer' }, guardAnswer);
  if (!isDeepStrictEqual(verdict, await theirs.ask({ op: 'guard-answer' }, guardAnswer))) {
    throw new Error('the two sides find different systems fallen, or different services worse');
  }
  if (verdict.fallen.length === 0 || verdict.worsened.length === 0)
    throw new Error('the wave weighed makes nothing fall');
}

/** Waves and a guard's check over a large estate, beside networkx on the same graph in the same run. */
export async function measureGraphs(tools: BenchTools): Promise<BenchOutcome> {
  const { directory, log, signal, repeats } = tools;
  const python = await ensurePython(packages, log, signal);
  log(`graphs, ${scale}: making the estate`);
  const sides: Sides = {
    ours: startLineProcess({
      command: process.execPath,
      arguments: [child, JSON.stringify(size), String(seed)],
      signal,
    }),
    theirs: startLineProcess({ command: python, arguments: ['-B', peer], signal }),
  };
  try {
    const file = path.join(directory, 'question.json');
    await sides.ours.ask({ op: 'write', file }, done);
    await sides.theirs.ask({ op: 'load', file }, done);
    const results = [];
    for (const { op, metric } of compared) {
      log(metric);
      const once = (side: LineProcess) => async (): Promise<number> => (await side.ask({ op }, timed)).ms;
      // Workers live long: neither side's first time is counted.
      for (const side of [sides.ours, sides.theirs]) await once(side)();
      const pairs = await interleave({ ours: once(sides.ours), peer: once(sides.theirs) }, repeats);
      results.push(resultOf({ metric, unit: 'ms', target }, pairs));
    }
    await requireAgreement(sides, tools);
    const { name, version: found } = await sides.theirs.ask({ op: 'version' }, version);
    return { results, notes, software: { [name]: found } };
  } finally {
    await Promise.all([sides.ours.end(), sides.theirs.end()]);
  }
}

const notes = [
  'Waves: firedoor goes from the parsed systems to waves of hosts: graph, cycles, order, canary, twentieths, cycles kept',
  'together. networkx has its DiGraph made before the clock starts: condensation, topological_generations, names sorted in',
  'each, hosts sorted and cut into twentieths. Both orders are the same, and networkx finds no system after one it needs.',
  'Guard: half of what an attacker reaches is contained, a twentieth is weighed, one site in fifty fails its probe. Both',
  'tell which systems fall before and after, every service by site, probes counted in, and every floor, for one moment;',
  'networkx by bfs_layers over a reversed DiGraph, since all needs here are plain. Systems fallen, services worse and',
  'floors broken are the same. Both have made their graph before, but for the first check, where both make it in the time.',
  'Neither side counts its first time: workers live long.',
];
