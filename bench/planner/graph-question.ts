import type { Contained, Failing } from '../../model/continuity.ts';
import type { Estate } from '../../model/estate.ts';
import type { Slice } from '../../model/plan.ts';
import type { Claims } from '../../planner/claims.ts';
import { buildGraph } from '../../planner/graph.ts';
import type { WaveQuestion } from '../../planner/guard.ts';
import { reach } from '../../planner/reach.ts';
import { wholeSlice } from '../../planner/slice.ts';
import type { CompanySize } from './company.ts';
import { makeEstate } from './company.ts';
import { plainNeeds } from './needs.ts';

/** A host as waves take it. */
export interface HostTarget {
  readonly kind: 'instance';
  readonly id: string;
  readonly account: string;
  readonly systems: string[];
}

/** What both sides are asked, from one estate: to order and split all its hosts, and to weigh one wave half way through a cut. */
export interface GraphQuestion {
  readonly systems: Estate['systems'];
  readonly targets: readonly HostTarget[];
  readonly slice: Slice;
  readonly wave: WaveQuestion;
}

function hostIds(system: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `i-${system}-${index}`);
}

function targetsOf(estate: Estate, hostsOf: ReadonlyMap<string, number>): readonly HostTarget[] {
  return estate.systems.flatMap(({ name, controls }) =>
    hostIds(name, hostsOf.get(name) ?? 0).map((id) => ({
      kind: 'instance' as const,
      id,
      account: controls[0]?.['aws.ec2'].account ?? '',
      systems: [name],
    })),
  );
}

/** Of all that an attacker in two directories reaches, half is contained, dependents first, and a twentieth comes next. */
function midwayCut(estate: Estate, { hostsOf }: Claims): Pick<WaveQuestion, 'contained' | 'wave'> {
  const owned = ['identity-ground-1', 'identity-platform-1'];
  const { systems, principals } = reach(estate, owned);
  const hosts = buildGraph(estate.systems)
    .dependentsFirst.filter((name) => systems.has(name))
    .flatMap((name) => hostsOf.get(name) ?? []);
  const half = Math.floor(hosts.length / 2);
  const of = (ids: readonly string[], own: readonly string[]): Contained => ({
    hosts: new Set(ids),
    principals: new Set(own),
  });
  return {
    contained: of(hosts.slice(0, half), [...principals.keys()].slice(0, 5)),
    wave: of(hosts.slice(half, half + Math.ceil(hosts.length / 20)), []),
  };
}

/** Probes fail in degraded, and so in normal, at one in fifty sites of every service. */
function someFailing({ services }: Slice): Failing {
  return services.map(({ name, classes }) => ({
    service: name,
    mode: 'degraded' as const,
    sites: classes.flatMap(({ sites }) => sites).filter((_, index) => index % 50 === 7),
  }));
}

/** Makes the question, the same for the same size and seed. Every need is plain, as networkx knows them. */
export function graphQuestion(size: CompanySize, seed: number): GraphQuestion {
  const { estate, hostsOf } = makeEstate(size, seed, plainNeeds);
  const targets = targetsOf(estate, hostsOf);
  const claims: Claims = {
    systemsOf: new Map(targets.map(({ id, systems }) => [id, systems])),
    hostsOf: new Map([...hostsOf].map(([name, count]) => [name, hostIds(name, count)])),
    roleOf: new Map(),
  };
  const slice = wholeSlice(estate, claims);
  const wave = { ...midwayCut(estate, claims), failing: someFailing(slice) };
  return { systems: estate.systems, targets, slice, wave };
}
