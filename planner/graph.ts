import type { System } from '../model/estate.ts';
import { namesIn } from '../model/modes.ts';

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

interface Visit {
  readonly node: number;
  next: number;
}

/** Tarjan's strongly connected components without recursion; a component comes after all that it points to. */
function componentsOf(edges: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const order = new Int32Array(edges.length).fill(-1);
  const low = new Int32Array(edges.length);
  const isOpen = new Uint8Array(edges.length);
  const open: number[] = [];
  const components: number[][] = [];
  let count = 0;
  const enter = (node: number): Visit => {
    order[node] = low[node] = count++;
    isOpen[node] = 1;
    open.push(node);
    return { node, next: 0 };
  };
  const close = (root: number): void => {
    const component = open.splice(open.lastIndexOf(root));
    for (const node of component) isOpen[node] = 0;
    components.push(component);
  };
  const lower = (node: number, to: number): void => {
    low[node] = Math.min(low[node] ?? 0, to);
  };
  for (const start of edges.keys()) {
    const path = order[start] === -1 ? [enter(start)] : [];
    for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
      const { node } = visit;
      const target = edges[node]?.[visit.next++];
      if (target === undefined) {
        if (low[node] === order[node]) close(node);
        path.pop();
        const parent = path.at(-1);
        if (parent) lower(parent.node, low[node] ?? 0);
      } else if (order[target] === -1) path.push(enter(target));
      else if (isOpen[target] === 1) lower(node, order[target] ?? 0);
    }
  }
  return components;
}

interface Condensed {
  /** Systems of each component, by name; a component comes after all it needs. */
  readonly components: readonly (readonly string[])[];
  readonly needs: readonly ReadonlySet<number>[];
}

function condense(names: readonly string[], edges: readonly (readonly number[])[]): Condensed {
  const found = componentsOf(edges);
  const componentOf = new Int32Array(names.length);
  for (const [index, component] of found.entries()) for (const node of component) componentOf[node] = index;
  const needs = found.map((component, index) => {
    const targets = component.flatMap((node) => edges[node] ?? []).map((node) => componentOf[node] ?? 0);
    return new Set(targets.filter((target) => target !== index));
  });
  return { components: found.map((component) => component.map((node) => names[node] ?? '').sort(byText)), needs };
}

/** Longest way from each component down to one that needs nothing. */
function heights({ needs }: Condensed): readonly number[] {
  const levels: number[] = [];
  for (const targets of needs) {
    let level = 0;
    for (const target of targets) level = Math.max(level, (levels[target] ?? 0) + 1);
    levels.push(level);
  }
  return levels;
}

/** Longest way from each component up to one that nothing needs. */
function depths({ needs }: Condensed): readonly number[] {
  const levels = needs.map(() => 0);
  for (let index = needs.length - 1; index >= 0; index -= 1) {
    for (const target of needs[index] ?? []) {
      levels[target] = Math.max(levels[target] ?? 0, (levels[index] ?? 0) + 1);
    }
  }
  return levels;
}

function orderBy(levels: readonly number[], components: Condensed['components']): readonly string[] {
  const level = (index: number): number => levels[index] ?? 0;
  const first = (index: number): string => components[index]?.[0] ?? '';
  return [...components.keys()]
    .sort((one, other) => level(one) - level(other) || byText(first(one), first(other)))
    .flatMap((index) => components[index] ?? []);
}

/** Joins systems by their needs. Needs that name no system given are passed over. Linear but for sorting. */
export function buildGraph(systems: readonly GraphedSystem[]): SystemGraph {
  const sorted = [...systems].sort((one, other) => byText(one.name, other.name));
  const index = new Map(sorted.map(({ name }, position) => [name, position]));
  const edges = sorted.map(({ needs }) => {
    const targets = new Set(namesIn(needs).map((name) => index.get(name)));
    return [...targets].filter((target) => target !== undefined);
  });
  const condensed = condense([...index.keys()], edges);
  const { components } = condensed;
  const needsItself = (name: string): boolean => edges[index.get(name) ?? -1]?.includes(index.get(name) ?? -1) ?? false;
  const cycles = components
    .filter((component) => component.length > 1 || component.some(needsItself))
    .toSorted((one, other) => byText(one[0] ?? '', other[0] ?? ''));
  return {
    cycles,
    dependentsFirst: orderBy(depths(condensed), components),
    needsFirst: orderBy(heights(condensed), components),
    cycleOf: new Map(cycles.flatMap((cycle) => cycle.map((name) => [name, cycle[0] ?? name] as const))),
  };
}
