import type { Service, Site } from '../../model/estate.ts';
import type { Need } from '../../model/modes.ts';
import type { Company, Domain } from './layers.ts';
import type { Random } from './random.ts';

/** Services of the company: where they are delivered, and from which part of its IT. */
const kinds: readonly { readonly domain: Domain; readonly services: number; readonly sites: number }[] = [
  { domain: 'stores', services: 12, sites: 2310 },
  { domain: 'funeral', services: 5, sites: 812 },
  { domain: 'logistics', services: 10, sites: 38 },
  { domain: 'online', services: 12, sites: 1 },
  { domain: 'office', services: 20, sites: 14 },
];
/** What a service of a domain is worth beside the others. */
const values: Readonly<Record<Domain, number>> = {
  stores: 10,
  funeral: 8,
  logistics: 6,
  online: 2,
  office: 1,
  identity: 1,
  shared: 1,
  'back-office': 1,
};
/** Sites of one region hang on one system of their own. */
const regions = 24;

interface Delivered {
  readonly service: Service;
  readonly sites: readonly Site[];
}

function edgesOf(company: Company, domain: Domain): readonly string[] {
  const { places, below } = company[domain];
  return places.slice(below.at(-1)).map(({ name }) => name);
}

function modesOf(domain: Domain, company: Company, random: Random): Service['modes'] {
  const edges = edgesOf(company, domain);
  const some = (): string => random.pick(edges);
  const late: Need = {
    on: random.pick(edgesOf(company, 'office')),
    after: `P${4 + random.below(10)}D`,
    then: 'books close',
  };
  const supplies: Need = { on: random.pick(edgesOf(company, 'logistics')), after: 'P2D', then: 'shelves are empty' };
  const normal = domain === 'office' ? [some(), some(), some()] : [some(), some(), late, supplies];
  // Offices are what the attacker has: their people are on paper then. Some services beside them lean on an office directly.
  const isMixed = domain !== 'office' && random.chance(0.3);
  return {
    normal: { needs: { all: isMixed ? [...normal, random.pick(edgesOf(company, 'office'))] : normal } },
    degraded: {
      needs: { atLeast: 1, of: [some(), some(), some()] },
      for: `PT${84 + random.below(90)}H`,
      then: 'what was stored offline runs out',
    },
    manual: {},
  };
}

function sitesOf(domain: Domain, count: number, { company, random }: { company: Company; random: Random }): Site[] {
  const edges = edgesOf(company, domain);
  return Array.from({ length: count }, (_, index) => ({
    site: `${domain}-${String(index + 1).padStart(4, '0')}`,
    weight: random.pick([1, 1, 1, 2]),
    ...(random.chance(0.05) && { tier: 'lifeline' }),
    ...(count > regions && { needs: { normal: [edges[index % Math.min(regions, edges.length)] ?? ''] } }),
  }));
}

/** Every service with its sites. Offices are not protected; the others keep 90 of 100 sites in degraded, all in manual. */
export function makeServices(company: Company, random: Random): readonly Delivered[] {
  return kinds.flatMap(({ domain, services, sites }) =>
    Array.from({ length: services }, (_, index) => ({
      service: {
        name: `${domain}-service-${index + 1}`,
        protected: domain !== 'office',
        value: values[domain],
        sites: { from: `${domain}-${index + 1}.csv` },
        floor:
          domain === 'office'
            ? []
            : [
                { tier: 'lifeline', share: 1, mode: 'degraded' as const },
                { share: 0.9, mode: 'degraded' as const },
                { share: 1, mode: 'manual' as const },
              ],
        modes: modesOf(domain, company, random),
      },
      sites: sitesOf(domain, sites, { company, random }),
    })),
  );
}
