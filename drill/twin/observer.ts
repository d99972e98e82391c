import { setTimeout as sleep } from 'node:timers/promises';
import type { Mode } from '../../model/modes.ts';
import { isAtLeast } from '../../model/modes.ts';
import type { Floor } from '../../model/estate.ts';
import type { World } from '../scenario/seed.ts';
import type { ServiceWiring } from '../scenario/wiring.ts';
import { createProber } from './prober.ts';
import type { Prober } from './prober.ts';
import { ServiceRecord } from './service-record.ts';
import type { Breach, Change } from './service-record.ts';
import { readSites } from './sites.ts';
import type { DrillSite } from './sites.ts';
import type { Truth } from './truth.ts';
import type { Twin } from './twin.ts';

/** What is observed, and how fast. */
export interface ObserverOptions {
  readonly world: World;
  readonly twin: Pick<Twin, 'url' | 'onLook' | 'truth'>;
  /** How long one round over all sites takes at least. Default 2,500. */
  readonly roundMs?: number;
  /** Told of every change of a service's shares. */
  readonly onChange?: (change: Change) => void;
}

/** How one service fared, by probes and by the twin's own truth at every look: the worse of the two. */
export interface ServiceReport {
  readonly service: string;
  readonly protected: boolean;
  readonly floor: readonly Floor[];
  readonly sites: number;
  readonly worstShare: number;
  readonly worstMode: Mode;
  /** HTTP requests made to its sites. */
  readonly probes: number;
  /** Times below a floor, as probes saw them and as the truth had them. */
  readonly breaches: readonly (Breach & { readonly seenBy: 'probes' | 'truth' })[];
  /** How its sites stand now, by probes: shares by mode. */
  readonly now: Readonly<Partial<Record<Mode, number>>>;
}

/** What the observer saw from start to now. */
export interface ObserverReport {
  readonly services: readonly ServiceReport[];
  /** Whole rounds over all sites. */
  readonly rounds: number;
  readonly probes: number;
  /** Looks of the twin at the emulator. */
  readonly looks: number;
  /** Changes of the truth, in order. */
  readonly timeline: readonly Change[];
}

/** The drill's own eyes on the business. */
export interface Observer {
  readonly report: () => ObserverReport;
  /** Resolves after the next round that begins from now on has ended. */
  readonly wholeRound: () => Promise<void>;
  /** Ends after the requests under way. May be called again. */
  readonly stop: () => Promise<void>;
}

interface Watched {
  readonly service: ServiceWiring;
  readonly sites: readonly DrillSite[];
  readonly probed: ServiceRecord;
  readonly real: ServiceRecord;
  probes: number;
}

/** Sites asked at once; a round is cut into so many, spread evenly over its time. */
const BATCH = 32;

/**
 * Starts to probe every site of every service over HTTP, round after round, asking for a mode only when the better ones
 * fail; and to weigh the truth at each of the twin's looks, which come more often than a round.
 */
export async function startObserver(options: ObserverOptions): Promise<Observer> {
  const watched = await watch(options.world);
  const timeline: Change[] = [];
  const prober = createProber(options.twin.url, BATCH);
  const state = { stopped: false, rounds: 0, looks: 0, begun: 0 };
  const weigh = (truth: Truth): void => {
    state.looks++;
    const changes = watched.flatMap((each) => weighTruth(each, truth, new Date()));
    timeline.push(...changes);
    for (const change of changes) options.onChange?.(change);
  };
  weigh(options.twin.truth());
  const forget = options.twin.onLook(weigh);
  const finished = probeRounds(watched, prober, { state, roundMs: options.roundMs ?? 2_500 });
  return {
    report: () => report(watched, timeline, state),
    wholeRound: async () => {
      const target = state.begun + 1;
      while (!state.stopped && state.rounds < target) await sleep(20);
    },
    stop: async () => {
      state.stopped = true;
      forget();
      await finished;
      prober.close();
    },
  };
}

async function watch({ scenario }: World): Promise<readonly Watched[]> {
  const sites = await readSites(scenario);
  return scenario.wiring.services.map((service) => {
    const own = sites.get(service.name) ?? [];
    return {
      service,
      sites: own,
      probed: new ServiceRecord(service, own),
      real: new ServiceRecord(service, own),
      probes: 0,
    };
  });
}

function weighTruth({ service, real }: Watched, truth: Truth, at: Date): readonly Change[] {
  const before = JSON.stringify(real.shares());
  real.setAll(truth.services.get(service.name)?.find(({ works }) => works)?.mode ?? 'down', at);
  const shares = real.shares();
  return JSON.stringify(shares) === before ? [] : [{ at: at.toISOString(), service: service.name, shares }];
}

interface Rounds {
  readonly state: { stopped: boolean; rounds: number; begun: number };
  readonly roundMs: number;
}

async function probeRounds(watched: readonly Watched[], prober: Prober, { state, roundMs }: Rounds): Promise<void> {
  const all = watched.flatMap((each) => each.sites.map(({ site }) => ({ each, site })));
  while (!state.stopped) {
    const start = performance.now();
    state.begun++;
    for (let index = 0; index < all.length && !state.stopped; index += BATCH) {
      await Promise.all(all.slice(index, index + BATCH).map(async ({ each, site }) => await probe(each, site, prober)));
      const due = start + (roundMs * Math.min(index + BATCH, all.length)) / all.length;
      await sleep(Math.max(0, due - performance.now()));
    }
    if (!state.stopped) state.rounds++;
  }
}

async function probe(each: Watched, site: string, prober: Prober): Promise<void> {
  for (const { mode } of each.service.modes) {
    each.probes++;
    if (await prober.isWell(`/${each.service.name}/${site}/${mode}`)) return each.probed.set(site, mode, new Date());
  }
  each.probed.set(site, 'down', new Date());
}

function report(
  watched: readonly Watched[],
  timeline: readonly Change[],
  { rounds, looks }: { readonly rounds: number; readonly looks: number },
): ObserverReport {
  const probes = watched.reduce((sum, each) => sum + each.probes, 0);
  return { services: watched.map(serviceReport), rounds, probes, looks, timeline: [...timeline] };
}

function serviceReport({ service, sites, probed, real, probes }: Watched): ServiceReport {
  return {
    service: service.name,
    protected: service.protected,
    floor: service.floor,
    sites: sites.length,
    worstShare: Math.min(probed.worstShare(), real.worstShare()),
    worstMode: isAtLeast(probed.worstMode(), real.worstMode()) ? real.worstMode() : probed.worstMode(),
    probes,
    breaches: [
      ...probed.breaches().map((breach) => ({ ...breach, seenBy: 'probes' as const })),
      ...real.breaches().map((breach) => ({ ...breach, seenBy: 'truth' as const })),
    ],
    now: probed.shares(),
  };
}
