import type { Contained } from '../model/continuity.ts';
import type { Slice } from '../model/plan.ts';
import type { Packed } from './packed.ts';
import { containedTogether } from './contained.ts';
import { packPairs } from './packed.ts';

type SliceSystem = Slice['systems'][number];

/** Which systems are down by themselves: ready to be asked about many worlds, in time by what is contained. */
export interface Strikes {
  /** Systems struck by what is contained, by position, each once: what `isStruck` says of each of them. */
  readonly struckBy: (contained: Contained) => readonly number[];
  /** The same as a tally, to which more can be added. */
  readonly tally: (contained: Contained) => Tally;
}

/** Systems struck by some set, and by that set with more: only what is more is looked at then. */
export interface Tally {
  /** All of the set; put together when it is first asked for. */
  readonly contained: () => Contained;
  readonly struck: () => readonly number[];
  readonly adding: (more: Contained) => Tally;
}

/** What losing a principal takes from a system: the system, all its hosts, or some of them. */
interface Hold {
  readonly system: number;
  readonly takes: 'system' | 'hosts' | readonly string[];
}

interface Hosts {
  readonly numberOf: ReadonlyMap<string, number>;
  readonly systemsOf: Packed;
}

function hostsOf(systems: readonly SliceSystem[]): Hosts {
  const numberOf = new Map<string, number>();
  const [from, to]: [number[], number[]] = [[], []];
  for (const [system, { hosts }] of systems.entries()) {
    for (const host of hosts) {
      const number = numberOf.get(host) ?? numberOf.size;
      if (number === numberOf.size) numberOf.set(host, number);
      from.push(number);
      to.push(system);
    }
  }
  return { numberOf, systemsOf: packPairs(numberOf.size, from, to) };
}

function holdsOf(systems: readonly SliceSystem[]): ReadonlyMap<string, readonly Hold[]> {
  const holds = new Map<string, Hold[]>();
  const add = (principal: string, hold: Hold): void => {
    const known = holds.get(principal);
    if (known) known.push(hold);
    else holds.set(principal, [hold]);
  };
  for (const [system, { uses, runsWith = [] }] of systems.entries()) {
    for (const principal of uses) add(principal, { system, takes: 'system' });
    for (const { id, hosts } of runsWith) add(id, { system, takes: hosts ?? 'hosts' });
  }
  return holds;
}

/** Counts, by system, the hosts it has lost, each once. */
class Losses {
  readonly taken: Int32Array;
  /** Systems that have lost something. */
  readonly touched: number[];
  readonly #contained: Contained;
  /** Hosts lost by their role alone, by system. */
  readonly #byRole = new Map<number, Set<string>>();

  constructor(contained: Contained, taken: Int32Array, touched: number[] = []) {
    this.taken = taken;
    this.touched = touched;
    this.#contained = contained;
  }

  /** True where some hosts are lost by their role: then who is lost twice over depends on all of `C`. */
  get hasPartial(): boolean {
    return this.#byRole.size > 0;
  }

  take(system: number, hosts: number): void {
    const before = this.taken[system] ?? 0;
    if (before === 0) this.touched.push(system);
    this.taken[system] = before + hosts;
  }

  takeWithRole(system: number, hosts: readonly string[]): void {
    const known = this.#byRole.get(system) ?? new Set();
    this.#byRole.set(system, known);
    for (const host of hosts) {
      if (known.has(host) || this.#contained.hosts.has(host)) continue;
      known.add(host);
      this.take(system, 1);
    }
  }
}

/** More hosts than any system has: what losing a principal it uses comes to. */
const everything = 1 << 29;

/** Prepares the strikes of a slice's systems. Linear. */
export function strikesOf(systems: readonly SliceSystem[]): Strikes {
  const { numberOf, systemsOf } = hostsOf(systems);
  const holds = holdsOf(systems);
  const all = Int32Array.from(systems, ({ hosts }) => hosts.length);
  const spare = Int32Array.from(systems, ({ hosts, capacity }) => hosts.length - capacity);
  const always = [...spare.keys()].filter((system) => (spare[system] ?? 0) < 0);
  const takeHost = (number: number, losses: Losses): void => {
    const end = systemsOf.starts[number + 1] ?? 0;
    for (let at = systemsOf.starts[number] ?? 0; at < end; at += 1) losses.take(systemsOf.entries[at] ?? 0, 1);
  };
  const takeHold = ({ system, takes }: Hold, losses: Losses): void => {
    if (takes === 'system') losses.take(system, everything);
    else if (takes === 'hosts') losses.take(system, all[system] ?? 0);
    else losses.takeWithRole(system, takes);
  };
  const isStruck = (system: number, taken: number): boolean => {
    const left = spare[system] ?? 0;
    // A host may be counted with its role too: no more are lost than there are.
    return left >= 0 && (taken >= everything || Math.min(taken, all[system] ?? 0) > left);
  };
  const take = ({ hosts, principals }: Contained, losses: Losses, known?: Contained): void => {
    for (const host of hosts) {
      const number = known?.hosts.has(host) ? undefined : numberOf.get(host);
      if (number !== undefined) takeHost(number, losses);
    }
    for (const principal of principals) {
      if (known?.principals.has(principal)) continue;
      for (const hold of holds.get(principal) ?? []) takeHold(hold, losses);
    }
  };
  const isPartial = (principal: string): boolean =>
    holds.get(principal)?.some(({ takes }) => typeof takes !== 'string') ?? false;
  const count = (contained: Contained): Losses => {
    const losses = new Losses(contained, new Int32Array(systems.length));
    take(contained, losses);
    return losses;
  };
  const tallyOf = (contained: () => Contained, losses: Losses): Tally => ({
    contained,
    struck: () => [...always, ...losses.touched.filter((system) => isStruck(system, losses.taken[system] ?? 0))],
    adding: (more) => {
      const together = once(() => containedTogether(contained(), more));
      if (losses.hasPartial || [...more.principals].some(isPartial)) return tallyOf(together, count(together()));
      const added = new Losses(more, losses.taken.slice(), [...losses.touched]);
      take(more, added, contained());
      return tallyOf(together, added);
    },
  });
  const tally = (contained: Contained): Tally => tallyOf(() => contained, count(contained));
  return { tally, struckBy: (contained) => tally(contained).struck() };
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
