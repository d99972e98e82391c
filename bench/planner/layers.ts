/** The parts a company's IT falls into, and which other parts each may need. */
const domains = {
  shared: { share: 0.04, needs: [] },
  identity: { share: 0.02, needs: ['shared'] },
  stores: { share: 0.26, needs: ['shared'] },
  logistics: { share: 0.14, needs: ['shared'] },
  online: { share: 0.12, needs: ['shared', 'logistics'] },
  funeral: { share: 0.06, needs: ['shared'] },
  office: { share: 0.2, needs: ['shared', 'identity', 'back-office'] },
  'back-office': { share: 0.16, needs: ['shared', 'identity', 'logistics'] },
} as const satisfies Record<string, { readonly share: number; readonly needs: readonly string[] }>;
export type Domain = keyof typeof domains;
const domainNames = Object.keys(domains) as Domain[];

/** Domains whose systems a domain may need beside its own. */
export function neededDomains(domain: Domain): readonly Domain[] {
  return domains[domain].needs;
}

/** From the ground up; a system needs what lies below it. */
const layers = [
  { name: 'ground', share: 0.03 },
  { name: 'platform', share: 0.12 },
  { name: 'data', share: 0.15 },
  { name: 'middle', share: 0.3 },
  { name: 'app', share: 0.3 },
  { name: 'edge', share: 0.1 },
] as const;

/** A system of the made-up company before it has needs. */
export interface Place {
  readonly name: string;
  readonly domain: Domain;
  /** 0 is the ground. */
  readonly layer: number;
}

/** Systems of one domain, from the ground up. */
export interface Floors {
  readonly places: readonly Place[];
  /** By layer: how many places lie below it. */
  readonly below: readonly number[];
}
export type Company = Readonly<Record<Domain, Floors>>;

/** Whole numbers by share, each at least 1, that sum up to a total; what is left over goes to the largest. */
function parts(total: number, shares: readonly number[]): readonly number[] {
  const counts = shares.map((share) => Math.max(1, Math.floor(total * share)));
  const largest = shares.indexOf(Math.max(...shares));
  const over = counts.reduce((sum, count) => sum + count, 0) - total;
  return counts.map((count, index) => (index === largest ? count - over : count));
}

function floorsOf(domain: Domain, count: number): Floors {
  const counts = parts(
    count,
    layers.map(({ share }) => share),
  );
  const below = counts.map((_, layer) => counts.slice(0, layer).reduce((sum, each) => sum + each, 0));
  const places = layers.flatMap(({ name }, layer) =>
    Array.from({ length: counts[layer] ?? 0 }, (_, index) => ({
      name: `${domain}-${name}-${index + 1}`,
      domain,
      layer,
    })),
  );
  return { places, below };
}

/** Lays `count` systems out in domains and layers. At least some hundred, so that every layer has one. */
export function layOut(count: number): Company {
  const sizes = parts(
    count,
    domainNames.map((domain) => domains[domain].share),
  );
  const floors = domainNames.map((domain, index) => [domain, floorsOf(domain, sizes[index] ?? 1)] as const);
  return Object.fromEntries(floors) as Record<Domain, Floors>;
}

/** Every system, domain by domain. */
export function allPlaces(company: Company): readonly Place[] {
  return domainNames.flatMap((domain) => company[domain].places);
}
