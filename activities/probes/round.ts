import { Context, heartbeat } from '@temporalio/activity';
import type { Failing, ProbeRound } from '../../model/continuity.ts';
import type { Probe } from '../../model/estate.ts';
import type { ServingMode } from '../../model/modes.ts';
import { servingModes } from '../../model/modes.ts';
import type { Slice } from '../../model/plan.ts';
import type { ActivityDeps } from '../deps.ts';
import { httpProbe } from './http.ts';
import { isListening } from './tcp.ts';

/**
 * Probes in flight at once. The worst round decides: 3,100 sites that hang for a second in each of two modes are to be
 * through in half a minute, well within an activity's time.
 */
export const concurrentProbes = 256;
const heartbeatEveryMs = 1_000;

type Service = Slice['services'][number];

/** Argument of `probeRound`: the services whose sites are to be probed. */
export interface ProbeRoundInput {
  readonly services: readonly Service[];
}

/** The activity that probes. */
export interface ProbeActivities {
  readonly probeRound: (input: ProbeRoundInput) => Promise<ProbeRound>;
}

interface Site {
  readonly site: string;
  readonly host: string | undefined;
}

/** The check of one mode, ready for any site of its service. */
interface ModeCheck {
  readonly mode: ServingMode;
  readonly check: (site: Site) => Promise<boolean>;
  readonly close: () => void;
}

/** One site to be probed, its service's checks best mode first. */
interface Visit {
  readonly service: string;
  readonly site: Site;
  readonly checks: readonly ModeCheck[];
}

interface Failure {
  readonly service: string;
  readonly mode: ServingMode;
  readonly site: string;
}

function readyCheck(mode: ServingMode, probe: Probe): ModeCheck {
  const timeoutMs = probe.timeoutSeconds * 1000;
  if ('http' in probe) {
    const http = httpProbe(probe.http.url);
    return { mode, check: async ({ site }) => await http.check(site, timeoutMs), close: http.close };
  }
  const { port } = probe.tcp;
  return {
    mode,
    // A site without a host cannot be asked, and unknown counts as failing (DESIGN.md, *Continuity, exactly*).
    check: async ({ host }) => host !== undefined && (await isListening({ host, port, timeoutMs })),
    close: () => undefined,
  };
}

function checksOf(service: Service): readonly ModeCheck[] {
  return servingModes.flatMap((mode) => {
    const probe = service.modes.find((candidate) => candidate.mode === mode)?.probe;
    return probe === undefined ? [] : [readyCheck(mode, probe)];
  });
}

function visitsTo(service: Service, checks: readonly ModeCheck[]): readonly Visit[] {
  if (checks.length === 0) return [];
  return service.classes.flatMap(({ sites, hosts }) =>
    sites.map((site, index) => ({ service: service.name, site: { site, host: hosts?.[index] }, checks })),
  );
}

/** Sorted, so that equal rounds are equal bytes in history. */
function grouped(failures: readonly Failure[]): Failing {
  const services = [...new Set(failures.map(({ service }) => service))].toSorted();
  return services.flatMap((service) =>
    servingModes.flatMap((mode) => {
      const sites = failures.filter((one) => one.service === service && one.mode === mode).map(({ site }) => site);
      return sites.length === 0 ? [] : [{ service, mode, sites: sites.toSorted() }];
    }),
  );
}

/**
 * Goes down a site's modes until one answers: a mode without a probe is believed, and a worse mode is not asked where a
 * better one is well.
 */
async function visitSite(visit: Visit, failures: Failure[]): Promise<number> {
  let probes = 0;
  for (const { mode, check } of visit.checks) {
    probes += 1;
    if (await check(visit.site)) break;
    failures.push({ service: visit.service, mode, site: visit.site.site });
  }
  return probes;
}

async function visitAll(visits: readonly Visit[], signal: AbortSignal): Promise<ProbeRound> {
  const failures: Failure[] = [];
  const queue = visits.values();
  let probes = 0;
  const worker = async (): Promise<void> => {
    for (const visit of queue) {
      if (signal.aborted) return;
      const asked = await visitSite(visit, failures);
      probes += asked;
    }
  };
  await Promise.all(Array.from({ length: concurrentProbes }, worker));
  return { failing: grouped(failures), probes };
}

async function probeRound({ services }: ProbeRoundInput): Promise<ProbeRound> {
  const context = Context.current();
  const ready = services.map((service) => ({ service, checks: checksOf(service) }));
  const close = (): void => ready.forEach(({ checks }) => checks.forEach((one) => one.close()));
  const visits = ready.flatMap(({ service, checks }) => visitsTo(service, checks));
  const beat = setInterval(() => heartbeat(), heartbeatEveryMs);
  context.cancellationSignal.addEventListener('abort', close, { once: true });
  try {
    const round = await visitAll(visits, context.cancellationSignal);
    // Half a round would pass unasked sites for well ones.
    if (context.cancellationSignal.aborted) await context.cancelled;
    return round;
  } finally {
    clearInterval(beat);
    context.cancellationSignal.removeEventListener('abort', close);
    close();
  }
}

/**
 * The probes: one round over all sites of the services given. It answers with the failures alone, grouped by service
 * and mode and sorted, and with how many probes it asked; a site that fails is a result, never an error.
 */
export function probeActivities(_deps: ActivityDeps): ProbeActivities {
  return { probeRound };
}
