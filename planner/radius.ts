import type { Estate } from '../model/estate.ts';
import type { LiveReads } from '../model/live.ts';
import type { RadiusAnswer, RadiusRequest, ReachedThing } from '../model/radius.ts';
import { mustKeepSafe } from './advice/attack-graph.ts';
import { continuityOf } from './continuity.ts';
import type { Ground } from './ground.ts';
import { groundOf } from './ground.ts';
import { impactOf } from './impact.ts';
import { sortedTexts } from './order.ts';
import { unknownSystems } from './parameters.ts';
import type { Reach, Step } from './reach.ts';
import { reach } from './reach.ts';

/** What a radius is made from. */
export interface RadiusInputs extends RadiusRequest {
  readonly estate: Estate;
  readonly live: LiveReads;
}

function cameFrom(step: Step): string | undefined {
  switch (step.kind) {
    case 'start':
      return undefined;
    case 'reaches':
    case 'uses':
      return step.from;
    case 'opens':
      return step.principal;
  }
}

/** Everything reached with its last step, nearest first: what it comes from stands before it. */
function reachedThings({ systems, principals }: Reach, ground: Ground): readonly ReachedThing[] {
  const marked = new Set(ground.estate.systems.filter(({ keepSafe }) => keepSafe).map(({ name }) => name));
  const safe = mustKeepSafe(ground);
  // Nearest first: what something comes from was met before it.
  const steps = new Map<string, number>();
  for (const [id, step] of systems) {
    const owner = step.kind === 'opens' ? principals.get(step.principal) : step;
    const before = owner && 'from' in owner ? (steps.get(owner.from) ?? 0) : -1;
    steps.set(id, before + (step.kind === 'opens' ? 2 : 1));
  }
  for (const [id, step] of principals) steps.set(id, ('from' in step ? (steps.get(step.from) ?? 0) : 0) + 1);
  const thing = (kind: ReachedThing['kind'], id: string, step: Step): ReachedThing => {
    const from = cameFrom(step);
    const keepSafe = marked.has(id) ? 'marked' : safe.has(id) ? 'needed' : undefined;
    return { kind, id, steps: steps.get(id) ?? 0, ...(from !== undefined && { from }), ...(keepSafe && { keepSafe }) };
  };
  return [
    ...[...systems].map(([id, step]) => thing('system', id, step)),
    ...[...principals].map(([id, step]) => thing('principal', id, step)),
  ].sort((one, other) => one.steps - other.steps);
}

/**
 * The blast radius of systems, both ways: where whoever owns them can get, and what our own containment breaks, of them
 * alone and of all he can get to. Pure; the order of lists changes nothing.
 */
export function radiusOf(inputs: RadiusInputs): RadiusAnswer {
  const refusals = unknownSystems(inputs.estate, inputs.from, '--from');
  if (refusals.length > 0) return { kind: 'refused', refusals };
  const ground = groundOf(inputs);
  const scales = { ground, continuity: continuityOf(ground.whole) };
  const from = sortedTexts(inputs.from);
  const found = reach(ground.running, from);
  const usedBy = (names: ReadonlySet<string>): readonly string[] =>
    ground.running.systems.filter(({ name }) => names.has(name)).flatMap(({ uses }) => uses);
  const radius = {
    estate: ground.estate.name,
    from,
    reached: reachedThings(found, ground),
    alone: impactOf(from, usedBy(new Set(from)), scales),
    whole: impactOf([...found.systems.keys()], [...found.principals.keys()], scales),
  };
  return { kind: 'radius', radius };
}
