import type { Estate, EstateFile, System } from '../../model/estate.ts';
import { estateFile } from '../../model/estate.ts';
import type { Need } from '../../model/modes.ts';
import type { Company, Domain, Place } from './layers.ts';
import { allPlaces, layOut } from './layers.ts';
import type { Edges } from './needs.ts';
import { drawEdges, writtenNeeds } from './needs.ts';
import type { Random } from './random.ts';
import { seededRandom } from './random.ts';
import { makeServices } from './services.ts';

/** How large a company is. */
export interface CompanySize {
  readonly systems: number;
  /** Names that the needs of systems name, altogether. */
  readonly needs: number;
  readonly hosts: number;
}

/** An estate and how many hosts each of its systems has. */
export interface MadeEstate {
  readonly estate: Estate;
  readonly hostsOf: ReadonlyMap<string, number>;
}

/** Who gets on from one domain to another once he is in: the attack stays in offices and what offices stand on. */
const attacked: readonly Domain[] = ['identity', 'office', 'back-office'];

function accountOf(domain: Domain): string {
  return attacked.includes(domain) ? 'corporate' : domain;
}

function reachesOf({ name, domain }: Place, company: Company, random: Random): string[] {
  if (!attacked.includes(domain)) return [];
  const count = domain === 'identity' ? 20 : random.below(4);
  const found = Array.from({ length: count }, () => random.pick(company[random.pick(attacked)].places).name);
  return [...new Set(found)].filter((each) => each !== name);
}

function hostCounts(places: readonly Place[], total: number, random: Random): ReadonlyMap<string, number> {
  const counts = new Map(places.map(({ name }) => [name, 1]));
  for (let left = total - places.length; left > 0; left -= 1) {
    const { name } = random.early(places);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** One system in ten uses an identity, and some identities are shared: what one loses, all lose. */
function usesOf({ domain }: Place, index: number, random: Random): string[] {
  if (!random.chance(0.1)) return [];
  const account = accountOf(domain);
  return random.chance(0.2)
    ? [`aws.iam.role:${account}/shared-${random.below(5)}`]
    : [`aws.iam.user:${account}/user-${index}`];
}

interface Making {
  readonly company: Company;
  readonly edges: Edges;
  readonly hostsOf: ReadonlyMap<string, number>;
  readonly random: Random;
  readonly needsOf: (names: ReadonlySet<string>, random: Random) => Need | undefined;
}

function makeSystem(place: Place, index: number, { company, edges, hostsOf, random, needsOf }: Making): System {
  const { name, domain } = place;
  const needs = needsOf(edges.get(name) ?? new Set(), random);
  const hosts = hostsOf.get(name) ?? 1;
  return {
    name,
    zone: domain,
    ...(needs !== undefined && { needs }),
    uses: usesOf(place, index, random),
    reaches: reachesOf(place, company, random),
    ...(hosts >= 3 && { capacity: { hosts: hosts - 1 } }),
    keepSafe: false,
    controls: [{ 'aws.ec2': { account: accountOf(domain), tag: { system: name } } }],
  };
}

function accounts(): EstateFile['accounts'] {
  const names = ['shared', 'stores', 'logistics', 'online', 'funeral', 'corporate'];
  return names.map((name, index) => ({ name, id: `00012345678${index}`, region: 'eu-west-2' }));
}

/**
 * A layered retailer of a given size, the same for the same seed: parts that share a ground, some small cycles, alternatives,
 * delays and time limits, services at 2,310 stores and 812 funeral homes, and an attacker who reaches the offices.
 *
 * @param needsOf - how the names that a system needs are written as a need
 */
export function makeEstate(size: CompanySize, seed: number, needsOf: Making['needsOf'] = writtenNeeds): MadeEstate {
  const random = seededRandom(seed);
  const company = layOut(size.systems);
  const places = allPlaces(company);
  const edges = drawEdges(company, size.needs, random);
  const hostsOf = hostCounts(places, size.hosts, random);
  const making = { company, edges, hostsOf, random, needsOf };
  const systems = places.map((place, index) => makeSystem(place, index, making));
  const inReach = systems.filter(({ zone }) => attacked.some((domain) => domain === zone)).map(({ name }) => name);
  const principals = [...new Set(systems.flatMap(({ uses }) => uses))].map((id) => ({
    id,
    opens: [random.pick(inReach)],
  }));
  const delivered = makeServices(company, random);
  const file = estateFile.parse({
    apiVersion: 'firedoor/v1',
    kind: 'Estate',
    name: 'bench',
    accounts: accounts(),
    people: [
      { id: 'ada@example.org', roles: ['ir-lead'] },
      { id: 'cy@example.org', roles: ['ir-lead'] },
      { id: 'bo@example.org', roles: ['platform'] },
    ],
    principals,
    systems,
    services: delivered.map(({ service }) => service),
  });
  const sites = Object.fromEntries(delivered.map(({ service, sites: own }) => [service.name, own]));
  return { estate: { ...file, sites }, hostsOf };
}
