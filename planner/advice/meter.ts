import type { Standing } from '../../model/continuity.ts';
import type { Mode } from '../../model/modes.ts';
import type { Ground } from '../ground.ts';
import { roundedLoss, shareLost } from '../loss.ts';
import { buildNeedGraph } from '../need-graph.ts';
import { isWorse, standingOf } from '../shares.ts';
import type { Falls } from './falls.ts';
import { fallsIn } from './falls.ts';
import type { Packed } from '../packed.ts';
import { entriesOf, packPairs } from '../packed.ts';
import type { ServiceVariants } from './service-states.ts';
import { groupsIn, modesBefore, variantsOf } from './service-states.ts';
import { strikesOf } from './strikes.ts';
import type { Thing } from './things.ts';

/**
 * Keeps count of what is lost while things are contained and taken back again, each step in time proportional to what
 * falls by it: at its worst, just before a horizon at which all is given back. It says what the continuity function says
 * of the same world; a test holds it to that.
 */
export interface Meter {
  /** The loss as it stands: value × share lost, over all services. */
  readonly loss: () => number;
  /** True where every protected service that is worse than without any of this still holds its floors. */
  readonly holds: () => boolean;
  /** Contains a thing that is not contained. */
  readonly contain: (thing: number) => void;
  /** Takes back what was contained last. */
  readonly undo: () => void;
}

/** Services on top of the falls of what they need. */
interface Services {
  readonly services: readonly ServiceVariants[];
  readonly values: readonly number[];
  /** Services that lean on a node in some mode. */
  readonly leaningOn: Packed;
  readonly horizonMs: number;
}

/** How one service stands. */
interface State {
  readonly modes: readonly Mode[];
  readonly lost: number;
  /** Worse than at first, protected, and below a floor. */
  readonly broken: number;
}

/** What one step changed, to take it back. */
interface Step {
  readonly thing: number;
  readonly loss: number;
  readonly broken: number;
  readonly before: readonly (readonly [service: number, state: State])[];
}

function leaningOn(services: readonly ServiceVariants[], nodes: number): Packed {
  const [from, to]: [number[], number[]] = [[], []];
  for (const [index, { variants }] of services.entries()) {
    for (const node of new Set(variants.flatMap((variant) => variant.nodes))) {
      if (node === undefined) continue;
      from.push(node);
      to.push(index);
    }
  }
  return packPairs(nodes, from, to);
}

function standingAt({ services, horizonMs }: Services, index: number, { fallMs }: Falls): [readonly Mode[], Standing] {
  const own = services[index] as ServiceVariants;
  const variantModes = modesBefore(horizonMs, own, fallMs);
  return [variantModes, standingOf(own.service, groupsIn(own, variantModes), 'normal')];
}

function isSame(one: readonly Mode[], other: readonly Mode[]): boolean {
  return one.every((mode, index) => mode === other[index]);
}

/** Prepares the meter of things, by their position in the list. Nothing is contained at first. */
export function meterOf(things: readonly Thing[], ground: Ground, horizonMs: number): Meter {
  const { whole, estate } = ground;
  const graph = buildNeedGraph(whole);
  const falls = fallsIn(graph, horizonMs);
  const strikes = strikesOf(things, ground);
  const valueOf = new Map(estate.services.map(({ name, value }) => [name, value]));
  const services = whole.services.map((service, index) => variantsOf(service, index, graph));
  const values = whole.services.map(({ name }) => valueOf.get(name) ?? 0);
  const on: Services = { services, values, horizonMs, leaningOn: leaningOn(services, graph.slack.length) };
  falls.strike(strikes.before);
  const first = services.map((_, index) => standingAt(on, index, falls));
  const states: State[] = first.map(([modes, standing], index) => ({
    modes,
    lost: (values[index] ?? 0) * shareLost(standing),
    broken: 0,
  }));
  const tally = { loss: states.reduce((sum, { lost }) => sum + lost, 0), broken: 0 };
  const steps: Step[] = [];
  const look = (index: number): State | undefined => {
    const before = states[index];
    const [modes, standing] = standingAt(on, index, falls);
    if (before === undefined || isSame(before.modes, modes)) return undefined;
    const isBroken =
      standing.protected && standing.floor?.holds === false && isWorse(first[index]?.[1] ?? standing, standing);
    states[index] = { modes, lost: (values[index] ?? 0) * shareLost(standing), broken: Number(isBroken) };
    tally.loss += states[index].lost - before.lost;
    tally.broken += states[index].broken - before.broken;
    return before;
  };
  return {
    loss: () => roundedLoss(tally.loss),
    holds: () => tally.broken === 0,
    contain: (thing) => {
      const before: [number, State][] = [];
      steps.push({ thing, ...tally, before });
      const touched = new Set<number>();
      for (const node of falls.strike(strikes.contain(thing))) {
        for (const service of entriesOf(on.leaningOn, node)) touched.add(service);
      }
      for (const service of touched) {
        const state = look(service);
        if (state) before.push([service, state]);
      }
    },
    undo: () => {
      const step = steps.pop();
      if (!step) return;
      strikes.undo(step.thing);
      falls.undo();
      for (const [service, state] of step.before) states[service] = state;
      ({ loss: tally.loss, broken: tally.broken } = step);
    },
  };
}
