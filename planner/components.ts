import type { Packed } from './packed.ts';

/** Strongly connected components: the one of each node; a component has a higher number than all that it points to. */
export interface Components {
  readonly componentOf: Int32Array;
  readonly count: number;
}

/** Tarjan's walk, each step of it. Typed arrays for stacks: a chain of any length needs no call stack. */
class Walk {
  readonly componentOf: Int32Array;
  count = 0;
  /** When a node was met, from 1; 0 before. */
  readonly #met: Int32Array;
  readonly #low: Int32Array;
  /** The next edge to look at. */
  readonly #next: Int32Array;
  /** Nodes met whose component is not known yet. */
  readonly #open: Int32Array;
  readonly #path: Int32Array;
  readonly #edges: Packed;
  #clock = 0;
  #opened = 0;
  #depth = 0;

  constructor(edges: Packed) {
    const nodes = edges.starts.length - 1;
    this.#edges = edges;
    this.#next = edges.starts.slice(0, nodes);
    this.componentOf = new Int32Array(nodes).fill(-1);
    this.#met = new Int32Array(nodes);
    this.#low = new Int32Array(nodes);
    this.#open = new Int32Array(nodes);
    this.#path = new Int32Array(nodes);
  }

  from(start: number): void {
    if (this.#met[start] !== 0) return;
    this.#enter(start);
    while (this.#depth > 0) this.#step(this.#path[this.#depth - 1] ?? 0);
  }

  #enter(node: number): void {
    this.#clock += 1;
    this.#met[node] = this.#clock;
    this.#low[node] = this.#clock;
    this.#open[this.#opened++] = node;
    this.#path[this.#depth++] = node;
  }

  /** Looks along the edges of a node until one leads on, or leaves it. */
  #step(node: number): void {
    const { starts, entries } = this.#edges;
    const end = starts[node + 1] ?? 0;
    for (let edge = this.#next[node] ?? 0; edge < end; edge += 1) {
      const target = entries[edge] ?? 0;
      if (this.#met[target] === 0) {
        this.#next[node] = edge + 1;
        this.#enter(target);
        return;
      }
      if (this.componentOf[target] === -1) this.#lower(node, this.#met[target] ?? 0);
    }
    this.#leave(node);
  }

  #leave(node: number): void {
    this.#depth -= 1;
    const low = this.#low[node] ?? 0;
    if (low === this.#met[node]) this.#close(node);
    else this.#lower(this.#path[this.#depth - 1] ?? 0, low);
  }

  #close(root: number): void {
    for (let node = -1; node !== root;) {
      node = this.#open[--this.#opened] ?? root;
      this.componentOf[node] = this.count;
    }
    this.count += 1;
  }

  #lower(node: number, to: number): void {
    if (to < (this.#low[node] ?? 0)) this.#low[node] = to;
  }
}

/** Finds the components of a graph given by its edges. Linear. */
export function componentsOf(edges: Packed): Components {
  const walk = new Walk(edges);
  for (let node = 0; node < edges.starts.length - 1; node += 1) walk.from(node);
  return { componentOf: walk.componentOf, count: walk.count };
}
