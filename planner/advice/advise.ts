import type { AdviceAnswer, AdviceRequest, CutThing, NoCut, WeighedCut } from '../../model/advice.ts';
import type { Estate } from '../../model/estate.ts';
import type { LiveReads } from '../../model/live.ts';
import type { Playbook } from '../../model/playbook.ts';
import type { Refusal } from '../../model/refusal.ts';
import { durationMs } from '../../model/duration.ts';
import { prepare } from '../context.ts';
import { continuityOf } from '../continuity.ts';
import type { Choice } from '../draft-stage.ts';
import { draftPlan } from '../draft.ts';
import type { Ground } from '../ground.ts';
import { groundOf } from '../ground.ts';
import { roundedLoss } from '../loss.ts';
import { sortedTexts } from '../order.ts';
import { unknownSystems } from '../parameters.ts';
import { problemsWith } from '../refusals.ts';
import type { AttackGraph } from './attack-graph.ts';
import { attackGraph, mustKeepSafe } from './attack-graph.ts';
import type { CutQuestion } from './best-cut.ts';
import { bestCut, measure } from './best-cut.ts';
import { playbooksOf } from './cut-playbook.ts';
import type { Meter } from './meter.ts';
import { meterOf } from './meter.ts';
import { roomForSessions } from './things.ts';
import type { Ways, WaysQuestion } from './ways.ts';
import { heldAtFirst, reachedPast, uncuttableWay, waysIn } from './ways.ts';
import type { Scales } from './weigh-cut.ts';
import { breachedBy, weighCut } from './weigh-cut.ts';

/** What advice is made from. */
export interface AdviceInputs extends AdviceRequest {
  readonly estate: Estate;
  readonly live: LiveReads;
  /** The OpenSSH allowed_signers file, for planning the playbook that carries the cut. */
  readonly allowedSigners: string;
}

/** What all steps of one advice share. */
interface Board {
  readonly inputs: AdviceInputs;
  readonly ground: Ground;
  readonly graph: AttackGraph;
  readonly scales: Scales;
  /** Its things are the graph's. */
  readonly meter: Meter;
  readonly from: readonly number[];
  readonly goals: ReadonlySet<number>;
}

function layOut(inputs: AdviceInputs): Board {
  const ground = groundOf(inputs);
  const graph = attackGraph(ground);
  const numbers = (names: Iterable<string>): number[] =>
    [...names].map((name) => graph.numberOf.get(name)).filter((node) => node !== undefined);
  const from = numbers(sortedTexts([...inputs.compromised, ...inputs.suspected]));
  const held = new Set(from);
  const goals = new Set(numbers(mustKeepSafe(ground)).filter((node) => !held.has(node)));
  const horizonMs = durationMs(inputs.releaseBy);
  const scales = { ground, continuity: continuityOf(ground.whole), horizonMs };
  return { inputs, ground, graph, scales, meter: meterOf(graph.things, ground, horizonMs), from, goals };
}

/** What a search over ways goes by: the meter by candidate, and the guard's word on a cut it would take. */
function searchOver(ways: Ways, { meter, graph, scales }: Board): CutQuestion {
  const nodeOf = (candidate: number): number => ways.candidates[candidate] ?? 0;
  return {
    ways,
    meter: { ...meter, contain: (candidate) => meter.contain(nodeOf(candidate)) },
    accepts: (candidates) => {
      const things = candidates.flatMap((candidate) => graph.things[nodeOf(candidate)] ?? []);
      return roomForSessions(things, scales.ground) && breachedBy(things, scales).length === 0;
    },
  };
}

/** What is in the attacker's hands and costs nothing more to contain, beside a cut. */
function freeBeside(cut: readonly number[], { meter, graph, from }: Board): readonly number[] {
  const free: number[] = [];
  for (const node of cut) meter.contain(node);
  const loss = meter.loss();
  for (const node of heldAtFirst(graph, from)) {
    if (cut.includes(node) || graph.containable[node] === 0) continue;
    meter.contain(node);
    if (meter.loss() === loss && meter.holds()) free.push(node);
    else meter.undo();
  }
  for (const _ of [...cut, ...free]) meter.undo();
  return free;
}

/** True where the attacker gets to nothing that must be kept safe, unless it is contained itself. */
function isCut(contained: readonly number[], { graph, from, goals }: Board): boolean {
  return !reachedPast(graph, from, new Set(contained)).some((node) => goals.has(node));
}

/** Things without those that the others make needless: what is the attacker's already is kept. */
function withoutNeedless(things: readonly number[], board: Board): readonly number[] {
  const held = new Set(heldAtFirst(board.graph, board.from));
  let left = things;
  for (const node of things) {
    const fewer = left.filter((each) => each !== node);
    if (!held.has(node) && isCut(fewer, board)) left = fewer;
  }
  return left;
}

/** What one thing brings of the loss of those that close a way: what would be less lost if it alone were left out. */
function costsIn(closing: readonly number[], meter: Meter): ReadonlyMap<number, number> {
  const { loss } = measure(meter, closing);
  const without = (node: number): readonly number[] => closing.filter((each) => each !== node);
  return new Map(closing.map((node) => [node, roundedLoss(loss - measure(meter, without(node)).loss)]));
}

/** Systems in the attacker's hands that a cut leaves alone, and what containing each of them too would cost. */
function leftBeside(cut: readonly number[], { meter, graph, from }: Board): WeighedCut['left'] {
  const { loss } = measure(meter, cut);
  return from
    .filter((node) => !cut.includes(node))
    .map((node) => {
      const more = measure(meter, [...cut, node]);
      const [name = ''] = namesOf([node], graph);
      return { name, costs: roundedLoss(more.loss - loss), breaks: !more.holds };
    });
}

function weighed(cut: readonly number[], board: Board): WeighedCut {
  const { scales, graph, meter, from } = board;
  const nodes = withoutNeedless(
    [...cut, ...freeBeside(cut, board)].sort((one, other) => one - other),
    board,
  );
  const closing = nodes.filter(
    (node) =>
      !isCut(
        nodes.filter((each) => each !== node),
        board,
      ),
  );
  const costs = costsIn(closing, meter);
  const held = new Set(from);
  const stillReached = reachedPast(graph, from, new Set(nodes)).filter((node) => !held.has(node));
  const contained = nodes.flatMap((node) => graph.things[node] ?? []);
  return weighCut(scales, contained, {
    things: contained.map((thing, index): CutThing => {
      const own = costs.get(nodes[index] ?? -1);
      return { kind: thing.kind, id: thing.id, because: own === undefined ? 'free' : 'way', costs: own ?? 0 };
    }),
    left: leftBeside(nodes, board),
    stillReached: namesOf(stillReached, graph, 'system'),
  });
}

function namesOf(nodes: Iterable<number>, { things }: AttackGraph, kind?: 'system'): readonly string[] {
  return [...nodes].flatMap((node) => {
    const thing = things[node];
    return thing && (kind === undefined || thing.kind === kind) ? [thing.id] : [];
  });
}

/** Why there is no cut, with what must be kept safe free to be cut itself. */
function whyNone(question: WaysQuestion, board: Board): NoCut {
  const { graph } = board;
  const ways = waysIn(graph, question);
  if (ways.isOpen) return { kind: 'open-way', way: namesOf(uncuttableWay(graph, question), graph) };
  const search = searchOver(ways, board);
  const { cut } = bestCut({ ways, meter: { ...search.meter, holds: () => true }, accepts: () => true });
  if (!cut) return { kind: 'not-found' };
  return {
    kind: 'floors',
    cut: weighed(
      cut.candidates.map((each) => ways.candidates[each] ?? 0),
      board,
    ),
  };
}

const asWritten: Choice = { except: [], narrow: [] };

/** The first playbook of a cut that plans clean, or what speaks against the barest of them. */
function cleanPlaybook(things: readonly CutThing[], { inputs, ground }: Board): Playbook | readonly Refusal[] {
  const { estate, live, compromised, releaseBy, allowedSigners } = inputs;
  let problems: readonly Refusal[] = [];
  for (const playbook of playbooksOf({ estate, compromised: sortedTexts(compromised), releaseBy, things })) {
    const context = prepare({ estate, live, playbook, parameters: {}, ...asWritten, allowedSigners }, ground);
    problems = problemsWith(draftPlan(context, asWritten), context);
    if (problems.length === 0) return playbook;
  }
  return problems;
}

/**
 * Advice (DESIGN.md, *Continuity, exactly*): the cut of least loss between the systems in the attacker's hands and what
 * must be kept safe, floors held, as a playbook that plans clean. What must be kept safe is cut off itself only where
 * nothing else holds. Pure; the order of lists changes nothing.
 */
export function advise(inputs: AdviceInputs): AdviceAnswer {
  const refusals = [
    ...unknownSystems(inputs.estate, inputs.compromised, '--compromised'),
    ...unknownSystems(inputs.estate, inputs.suspected, '--suspected'),
  ];
  if (refusals.length > 0) return { kind: 'refused', refusals };
  const board = layOut(inputs);
  const { ground, graph, from, goals } = board;
  const safe = mustKeepSafe(ground);
  const asked = {
    estate: ground.estate.name,
    compromised: sortedTexts(inputs.compromised),
    suspected: sortedTexts(inputs.suspected),
    releaseBy: inputs.releaseBy,
    lost: namesOf(from, graph).filter((name) => safe.has(name)),
  };
  let isExact = true;
  for (const mayCutGoals of [false, true]) {
    const ways = waysIn(graph, { from, goals, mayCutGoals });
    const keepSafe = namesOf(ways.goals, graph);
    if (keepSafe.length === 0) return { kind: 'advice', advice: { ...asked, keepSafe, kind: 'nothing-to-cut' } };
    const found = bestCut(searchOver(ways, board));
    isExact &&= found.isExact;
    if (!found.cut) continue;
    const cut = weighed(
      found.cut.candidates.map((each) => ways.candidates[each] ?? 0),
      board,
    );
    const playbook = cleanPlaybook(cut.things, board);
    if (!('stages' in playbook)) return { kind: 'refused', refusals: playbook };
    const candidates = ways.candidates.length;
    const advice = {
      ...asked,
      keepSafe,
      kind: 'cut',
      cut,
      isExact,
      candidates,
      cutsKeptSafe: mayCutGoals,
      playbook,
    } as const;
    return { kind: 'advice', advice };
  }
  const question = { from, goals, mayCutGoals: true };
  const keepSafe = namesOf(waysIn(graph, question).goals, graph);
  return { kind: 'advice', advice: { ...asked, keepSafe, kind: 'no-cut', because: whyNone(question, board) } };
}
