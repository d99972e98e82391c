import type { Ground } from '../ground.ts';
import { freeHosts, isStruck } from '../struck.ts';
import type { Thing } from './things.ts';

/** Which systems are struck down by what is contained: by too few hosts left, or by a principal they use. */
export interface Strikes {
  /** Systems that are struck before anything is contained. */
  readonly before: readonly number[];
  /** Contains a thing. Gives the systems it strikes that nothing else had struck. */
  readonly contain: (thing: number) => readonly number[];
  /** Takes back a thing that was contained. */
  readonly undo: (thing: number) => void;
}

/** A loss of one principal that a system uses outweighs any number of hosts to spare. */
const wholeWeight = 1 << 28;

/** What systems can lose, as numbers: a host of one system, or a principal that one system uses or runs with throughout. */
interface Slots {
  /** The system each is of. */
  readonly systems: readonly number[];
  readonly weights: readonly number[];
  readonly ofHost: ReadonlyMap<string, readonly number[]>;
  /** For a principal: what losing it takes from systems; single hosts where only some run with it. */
  readonly ofPrincipal: ReadonlyMap<string, readonly number[]>;
}

function push(map: Map<string, number[]>, key: string, slot: number): void {
  const known = map.get(key);
  if (known) known.push(slot);
  else map.set(key, [slot]);
}

function slotsOf({ whole, baseline }: Ground): Slots {
  const [systems, weights]: [number[], number[]] = [[], []];
  const [ofHost, ofPrincipal] = [new Map<string, number[]>(), new Map<string, number[]>()];
  const add = (system: number, weight: number): number => {
    weights.push(weight);
    return systems.push(system) - 1;
  };
  for (const [index, { hosts, uses, runsWith = [] }] of whole.systems.entries()) {
    // What is gone already can't be lost again.
    const own = new Map(hosts.filter((id) => !baseline.hosts.has(id)).map((id) => [id, add(index, 1)]));
    for (const [id, slot] of own) push(ofHost, id, slot);
    for (const id of uses) push(ofPrincipal, id, add(index, wholeWeight));
    for (const { id, hosts: some } of runsWith) {
      if (some === undefined) push(ofPrincipal, id, add(index, wholeWeight));
      for (const host of some ?? []) {
        const slot = own.get(host);
        if (slot !== undefined) push(ofPrincipal, id, slot);
      }
    }
  }
  return { systems, weights, ofHost, ofPrincipal };
}

/** Prepares the strikes of things, by their position in the list. */
export function strikesOf(things: readonly Thing[], ground: Ground): Strikes {
  const { whole, baseline } = ground;
  const slots = slotsOf(ground);
  const ownSlots = things.map(({ hosts, principals }) =>
    Int32Array.from([
      ...hosts.flatMap((id) => slots.ofHost.get(id) ?? []),
      ...principals.flatMap((id) => slots.ofPrincipal.get(id) ?? []),
    ]),
  );
  const held = new Int32Array(slots.systems.length);
  const spare = Int32Array.from(whole.systems, (system) =>
    isStruck(system, baseline)
      ? Math.min(-1, freeHosts(system, baseline) - system.capacity)
      : freeHosts(system, baseline) - system.capacity,
  );
  return {
    before: [...spare.keys()].filter((system) => (spare[system] ?? 0) < 0),
    contain: (thing) => {
      const struck: number[] = [];
      for (const slot of ownSlots[thing] ?? []) {
        held[slot] = (held[slot] ?? 0) + 1;
        if (held[slot] > 1) continue;
        const system = slots.systems[slot] ?? 0;
        const left = spare[system] ?? 0;
        spare[system] = left - (slots.weights[slot] ?? 0);
        if (left >= 0 && spare[system] < 0) struck.push(system);
      }
      return struck;
    },
    undo: (thing) => {
      for (const slot of ownSlots[thing] ?? []) {
        held[slot] = (held[slot] ?? 0) - 1;
        const system = slots.systems[slot] ?? 0;
        if (held[slot] === 0) spare[system] = (spare[system] ?? 0) + (slots.weights[slot] ?? 0);
      }
    },
  };
}
