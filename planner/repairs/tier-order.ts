import type { Contained } from '../../model/continuity.ts';
import type { Target } from '../../model/plan.ts';
import type { Tier } from '../../model/playbook.ts';
import type { Context } from '../context.ts';
import type { Draft } from '../draft.ts';
import { sortedTexts } from '../order.ts';
import { neededBy } from '../slice.ts';

/** Tiers in a new order, and whether some of them are not as they were written. */
export interface TierOrder {
  readonly tiers: readonly Tier[];
  readonly isSplit: boolean;
}

/** A tier still to be placed. `systems` are those of it that the plan contains; `idle` ones stand in it and are not. */
interface Waiting {
  readonly tier: Tier;
  readonly systems: readonly string[];
  readonly idle: readonly string[];
}

interface Board {
  readonly targets: readonly Target[];
  readonly context: Context;
  /** Systems that no tier holds. */
  rest: readonly string[];
  waiting: readonly Waiting[];
  readonly placed: Tier[];
  isSplit: boolean;
}

function heldWith(systems: ReadonlySet<string>, targets: readonly Target[]): Contained {
  const held = targets.filter((target) => target.systems.some((name) => systems.has(name)));
  const ids = (kind: Target['kind']): ReadonlySet<string> =>
    new Set(held.filter((target) => target.kind === kind).map(({ id }) => id));
  return { hosts: ids('instance'), principals: ids('principal') };
}

/** Of some systems, those that come up when they are given back while all others that wait are held. */
function ableOf(systems: readonly string[], { rest, waiting, targets, context }: Board): readonly string[] {
  const own = new Set(systems);
  const others = [...rest, ...waiting.flatMap((each) => each.systems)].filter((name) => !own.has(name));
  const up = context.systemsUp(heldWith(new Set(others), targets));
  return systems.filter((name) => up.has(name));
}

function place(board: Board, { tier, idle }: Waiting, systems: readonly string[]): void {
  board.placed.push({ ...tier, systems: [...systems, ...idle] });
}

/** Places the first tier that comes up whole. */
function placeWhole(board: Board): boolean {
  const next = board.waiting.find(({ systems }) => ableOf(systems, board).length === systems.length);
  if (!next) return false;
  board.waiting = board.waiting.filter((each) => each !== next);
  place(board, next, next.systems);
  return true;
}

/** Takes out of the rest what waiting tiers need of it, as a tier of its own: first what comes up. */
function placeNeeded(board: Board): boolean {
  const { rest, waiting, context } = board;
  const byName = new Map(context.whole.systems.map((system) => [system.name, system]));
  const needed = neededBy(
    byName,
    waiting.flatMap(({ systems }) => systems),
  );
  const able = ableOf(
    rest.filter((name) => needed.has(name)),
    board,
  );
  if (able.length === 0) return false;
  const tier = { name: freeName('needed', board), systems: [...able], gate: [] };
  board.rest = rest.filter((name) => !able.includes(name));
  board.isSplit = true;
  board.placed.push(tier);
  return true;
}

function freeName(base: string, { placed, waiting }: Board): string {
  const taken = new Set([...placed, ...waiting.map(({ tier }) => tier)].map(({ name }) => name));
  const short = base.slice(0, 58);
  let name = short;
  for (let count = 2; taken.has(name); count += 1) name = `${short}-${count}`;
  return name;
}

/** Places the part of a tier that comes up; the other part waits under a name of its own. */
function placePart(board: Board): boolean {
  for (const waiting of board.waiting) {
    const able = ableOf(waiting.systems, board);
    if (able.length === 0) continue;
    const left = waiting.systems.filter((name) => !able.includes(name));
    const other = {
      ...waiting,
      tier: { ...waiting.tier, name: freeName(waiting.tier.name, board) },
      systems: left,
      idle: [],
    };
    board.waiting = board.waiting.map((each) => (each === waiting ? other : each));
    board.isSplit = true;
    place(board, waiting, able);
    return true;
  }
  return false;
}

/** Systems of several tiers that need each other come back together, in the first of these tiers. */
function joinAll(board: Board): boolean {
  const [first, ...others] = board.waiting;
  if (!first || others.length === 0) return false;
  board.isSplit = true;
  const systems = sortedTexts(board.waiting.flatMap((each) => each.systems));
  board.waiting = [{ ...first, systems, idle: board.waiting.flatMap(({ idle }) => idle) }];
  return true;
}

/**
 * Tiers in an order in which each comes up when it is given back while what follows is still held. As written as can be: whole
 * tiers first, then what the rest is needed for, then parts of tiers, at last those joined that need each other.
 */
export function orderedTiers({ tiers }: Draft, context: Context): TierOrder | undefined {
  const written = context.playbook.restore.tiers;
  const targets = tiers.flatMap((tier) => tier.targets);
  const contained = new Set(targets.flatMap(({ systems }) => systems));
  const listed = new Set(written.flatMap(({ systems }) => systems));
  const waiting = written.map((tier) => ({
    tier,
    systems: tier.systems.filter((name) => contained.has(name)),
    idle: tier.systems.filter((name) => !contained.has(name)),
  }));
  const rest = sortedTexts([...contained].filter((name) => !listed.has(name)));
  const board: Board = { targets, context, rest, waiting, placed: [], isSplit: false };
  while (board.waiting.length > 0) {
    if (!placeWhole(board) && !placeNeeded(board) && !placePart(board) && !joinAll(board)) return undefined;
  }
  return { tiers: board.placed, isSplit: board.isSplit };
}
