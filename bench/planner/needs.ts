import type { Need } from '../../model/modes.ts';
import type { Company, Place } from './layers.ts';
import { allPlaces, neededDomains } from './layers.ts';
import type { Random } from './random.ts';

/** Names each system needs, by its name. */
export type Edges = ReadonlyMap<string, ReadonlySet<string>>;

/** Neighbours in one layer of one domain that need each other: one pair in so many systems. */
const systemsToAPair = 250;

function drawNeed({ domain, layer }: Place, company: Company, random: Random): string {
  const elsewhere = neededDomains(domain);
  const from = elsewhere.length > 0 && random.chance(0.25) ? random.early(elsewhere) : domain;
  const { places, below } = company[from];
  // What many lean on comes first in its layer: a directory has more dependents than a report.
  return random.early(places.slice(0, below[layer])).name;
}

/**
 * Exactly `count` needs: every system above the ground has one, the rest is drawn; some neighbours need each other, so that
 * there are cycles, and small ones.
 */
export function drawEdges(company: Company, count: number, random: Random): Edges {
  const places = allPlaces(company);
  const edges = new Map(places.map(({ name }) => [name, new Set<string>()]));
  let left = count;
  const add = (from: string, to: string): void => {
    const own = edges.get(from);
    if (!own || left === 0 || own.has(to)) return;
    own.add(to);
    left -= 1;
  };
  for (let index = 0; index + 1 < places.length; index += systemsToAPair) {
    const [one, other] = [places[index], places[index + 1]];
    if (!one || !other || one.domain !== other.domain || one.layer !== other.layer) continue;
    add(one.name, other.name);
    add(other.name, one.name);
  }
  const upper = places.filter(({ layer }) => layer > 0);
  for (const place of upper) add(place.name, drawNeed(place, company, random));
  while (left > 0) {
    const place = random.pick(upper);
    add(place.name, drawNeed(place, company, random));
  }
  return edges;
}

/** Needs as `all` of them; what networkx can read too. */
export function plainNeeds(names: ReadonlySet<string>): Need | undefined {
  return names.size === 0 ? undefined : { all: [...names] };
}

/** Needs as estates write them: most at once, two of four as alternatives now and then, some with a delay. */
export function writtenNeeds(names: ReadonlySet<string>, random: Random): Need | undefined {
  const rest = [...names];
  if (rest.length === 0) return undefined;
  const parts: Need[] = [];
  if (rest.length >= 3 && random.chance(0.2)) parts.push({ atLeast: 1, of: rest.splice(0, 2) });
  if (rest.length >= 2 && random.chance(0.05)) {
    const days = 1 + random.below(9);
    parts.push({ on: rest.pop() ?? '', after: `P${days}D`, then: 'stocks run out' });
  }
  return { all: [...parts, ...rest] };
}
