import { writeFile } from 'node:fs/promises';
import type { Contained, GuardVerdict } from '../../model/continuity.ts';
import { namesIn } from '../../model/modes.ts';
import { continuityOf } from '../../planner/continuity.ts';
import { buildGraph } from '../../planner/graph.ts';
import { containedTogether } from '../../planner/contained.ts';
import { weigh } from '../../planner/guard.ts';
import type { WaveOf } from '../../planner/waves.ts';
import { orderTargets, splitIntoWaves, waveOrder } from '../../planner/waves.ts';
import { answerLines } from '../answering.ts';
import type { CompanySize } from './company.ts';
import type { HostTarget } from './graph-question.ts';
import { graphQuestion } from './graph-question.ts';
import { question } from './messages.ts';

const { systems, targets, slice, wave } = graphQuestion(
  JSON.parse(process.argv[2] ?? '') as CompanySize,
  Number(process.argv[3]),
);
const continuity = continuityOf(slice);
let order: readonly string[] = [];
let waves: readonly WaveOf<HostTarget>[] = [];
let verdict: GuardVerdict | undefined;

function asLists({ hosts, principals }: Contained) {
  return { hosts: [...hosts], principals: [...principals] };
}

/** The question as JSON, with the names a system needs in a list: what the peer reads. */
async function writeQuestion(file: string): Promise<void> {
  const needs = new Map(slice.systems.map((system) => [system.name, namesIn(system.needs)]));
  const data = {
    systems: slice.systems.map((system) => ({ ...system, needs: needs.get(system.name) })),
    services: slice.services,
    targets,
    contained: asLists(wave.contained),
    wave: asLists(wave.wave),
    failing: wave.failing,
  };
  await writeFile(file, JSON.stringify(data));
}

function milliseconds(work: () => void): { readonly ms: number } {
  const begun = performance.now();
  work();
  return { ms: performance.now() - begun };
}

function makeWaves(): void {
  const graph = buildGraph(systems);
  const followed = waveOrder(graph.dependentsFirst, graph.cycleOf);
  order = graph.dependentsFirst;
  waves = splitIntoWaves(orderTargets(targets, followed), { canary: 1, size: '5%' }, followed);
}

function guardAnswer() {
  const up = continuity.systemsUp(containedTogether(wave.contained, wave.wave));
  const fallen = slice.systems.map(({ name }) => name).filter((name) => !up.has(name));
  return { fallen: fallen.sort(), worsened: verdict?.worsened, breached: verdict?.breached };
}

await answerLines(async (asked) => {
  const { op, file } = question.parse(asked);
  switch (op) {
    case 'write':
      await writeQuestion(file ?? '');
      return {};
    case 'waves':
      return milliseconds(makeWaves);
    case 'guard':
      return milliseconds(() => (verdict = weigh(continuity, wave)));
    case 'first':
      return milliseconds(() => (verdict = weigh(continuityOf(slice), wave)));
    case 'waves-answer':
      return { order, waves: waves.map(({ items }) => items.map(({ id }) => id)) };
    case 'guard-answer':
      return guardAnswer();
    default:
      throw new Error(`no such question: ${op}`);
  }
});
