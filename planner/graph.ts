import type { System } from '../model/estate.ts';
import { namesIn } from '../model/modes.ts';
import { componentsOf } from './components.ts';
import type { Packed } from './packed.ts';
import { entriesOf, packPairs, packPositions } from './packed.ts';

/** What the graph is built from: systems by name and what they need. */
export type GraphedSystem = Pick<System, 'name' | 'needs'>;

/** Systems joined by their needs. A component is a system, or a cycle of systems that fall and rise together. */
export interface SystemGraph {
  /** Components with more than one system, or one that needs itself; systems by name, cycles by their first. */
  readonly cycles: readonly (readonly string[])[];
  /** Every system after all that need it; ties and the inside of cycles by name. */
  readonly dependentsFirst: readonly string[];
  /** Every system after all it needs; ties and the inside of cycles by name. */
  readonly needsFirst: readonly string[];
  /** The first name of the cycle a system is in; systems in none are absent. */
  readonly cycleOf: ReadonlyMap<string, string>;
}

/** Order of two strings by UTF-16 units: the same on every machine, whatever its locale. */
export function byText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** Systems by position, in the order of their names, and the components they form. */
interface Condensed {
  readonly names: readonly string[];
  readonly edges: Packed;
  readonly componentOf: Int32Array;
  /** Systems of each component, by name; a component comes after all it needs. */
  readonly members: Packed;
}

/** Edges to what each system needs, once each. */
function edgesOf(systems: readonly GraphedSystem[]): Packed {
  const positions = new Map<string, number>();
  for (const [position, { name }] of systems.entries()) positions.set(name, position);
  const starts = new Int32Array(systems.length + 1);
  const entries: number[] = [];
  const seenBy = new Int32Array(systems.length).fill(-1);
  for (const [position, { needs }] of systems.entries()) {
    for (const name of namesIn(needs)) {
      const target = positions.get(name);
      if (target === undefined || seenBy[target] === position) continue;
      seenBy[target] = position;
      entries.push(target);
    }
    starts[position + 1] = entries.length;
  }
  return { starts, entries: new Int32Array(entries) };
}

function condense(systems: readonly GraphedSystem[]): Condensed {
  const edges = edgesOf(systems);
  const { componentOf, count } = componentsOf(edges);
  return {
    names: systems.map(({ name }) => name),
    edges,
    componentOf,
    members: packPositions(count, componentOf),
  };
}

/**
 * By component, the longest way to it: from one that nothing needs (`above`), or from one that needs nothing (`below`).
 */
function levelsOf({ edges, componentOf, members }: Condensed, from: 'above' | 'below'): Int32Array {
  const levels = new Int32Array(members.starts.length - 1);
  const raise = (component: number, above: number): void => {
    const level = (levels[above] ?? 0) + 1;
    if (level > (levels[component] ?? 0)) levels[component] = level;
  };
  const nodes = from === 'above' ? members.entries.toReversed() : members.entries;
  for (const node of nodes) {
    const own = componentOf[node] ?? 0;
    const end = edges.starts[node + 1] ?? 0;
    for (let edge = edges.starts[node] ?? 0; edge < end; edge += 1) {
      const needed = componentOf[edges.entries[edge] ?? 0] ?? 0;
      if (needed === own) continue;
      if (from === 'above') raise(needed, own);
      else raise(own, needed);
    }
  }
  return levels;
}

/** Names by the level of their component; ties by the first name of each. */
function namesBy(levels: Int32Array, { names, componentOf, members }: Condensed): readonly string[] {
  const byName: number[] = [];
  for (const [node, component] of componentOf.entries()) {
    if (members.entries[members.starts[component] ?? 0] === node) byName.push(component);
  }
  const levelOf = byName.map((component) => levels[component] ?? 0);
  const ordered: string[] = [];
  for (const component of packPairs(Math.max(0, ...new Set(levelOf)) + 1, levelOf, byName).entries) {
    for (const node of entriesOf(members, component)) ordered.push(names[node] ?? '');
  }
  return ordered;
}

function cyclesOf({ names, edges, members }: Condensed): readonly (readonly string[])[] {
  const cycles: (readonly string[])[] = [];
  for (let component = 0; component < members.starts.length - 1; component += 1) {
    const own = entriesOf(members, component);
    const [first = 0] = own;
    if (own.length === 1 && !entriesOf(edges, first).includes(first)) continue;
    cycles.push(Array.from(own, (node) => names[node] ?? ''));
  }
  return cycles.sort((one, other) => byText(one[0] ?? '', other[0] ?? ''));
}

/** Joins systems by their needs. Needs that name no system given are passed over. Linear but for sorting names. */
export function buildGraph(systems: readonly GraphedSystem[]): SystemGraph {
  const condensed = condense([...systems].sort((one, other) => byText(one.name, other.name)));
  const cycles = cyclesOf(condensed);
  return {
    cycles,
    dependentsFirst: namesBy(levelsOf(condensed, 'above'), condensed),
    needsFirst: namesBy(levelsOf(condensed, 'below'), condensed),
    cycleOf: new Map(cycles.flatMap((cycle) => cycle.map((name) => [name, cycle[0] ?? name] as const))),
  };
}
