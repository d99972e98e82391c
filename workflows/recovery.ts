import { condition } from '@temporalio/workflow';
import type { Standing } from '../model/continuity.ts';
import { modes, namesIn } from '../model/modes.ts';
import type { PlannedTier, Slice } from '../model/plan.ts';
import { assess } from '../planner/continuity.ts';
import { probing } from './activities.ts';
import type { IncidentContext } from './context.ts';
import type { Directive, Undertaking } from './obey.ts';
import { obey } from './obey.ts';

/** First and longest wait between two looks at probes: a recovery is quick or takes minutes, and looks cost events. */
const firstWaitMs = 1_000;
const longestWaitMs = 30_000;

/** Services that need one of the systems, directly or through others. */
export function servicesNeeding(slice: Slice, systems: readonly string[]): readonly string[] {
  const wanted = new Set(systems);
  for (let size = -1; size !== wanted.size;) {
    size = wanted.size;
    for (const system of slice.systems) {
      if (namesIn(system.needs).some((name) => wanted.has(name))) wanted.add(system.name);
    }
  }
  return slice.services
    .filter((service) => service.modes.some((mode) => namesIn(mode.needs).some((name) => wanted.has(name))))
    .map((service) => service.name);
}

/** True when probes take nothing away from what the model says these services should be able to do by now. */
function areWell(services: readonly string[], modelled: readonly Standing[], probed: readonly Standing[]): boolean {
  return services.every((name) => {
    const [expected, found] = [modelled, probed].map((all) => all.find((standing) => standing.service === name));
    return modes.every((mode) => Math.abs((expected?.shares[mode] ?? 0) - (found?.shares[mode] ?? 0)) < 1e-9);
  });
}

/** Closes a tier: waits until the probes of the services that need its systems pass (DESIGN.md, *The playbook*). */
export async function waitUntilWell(
  context: IncidentContext,
  tier: PlannedTier,
  undertaking: Undertaking,
): Promise<Directive> {
  const names = servicesNeeding(context.plan.slice, tier.systems);
  const services = context.plan.slice.services.filter((service) => names.includes(service.name));
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
    const told = await obey(context, undertaking);
    if (told !== 'go') return told;
    context.record.enter('releasing', `tier ${tier.name}, probing ${names.join(', ')}`);
    const failing = (
      await context.continuing.rest(async () => await probing.probeRound({ services })).catch(() => undefined)
    )?.failing;
    if (failing) {
      const nowMs = Date.now();
      const contained = context.reservations.together(context.contained);
      context.clocks.see(nowMs, { contained });
      const { clocks } = context.clocks.times(nowMs);
      const world = { contained, nowMs, clocks };
      const modelled = assess(context.plan.slice, { ...world, failing: [] });
      const probed = assess(context.plan.slice, { ...world, failing });
      context.record.standings = probed;
      if (areWell(names, modelled, probed)) return 'go';
    }
    const summary = 'until the next round of probes';
    await context.continuing.rest(
      async () => await condition(() => context.control.hold !== undefined, waitMs, { summary }),
    );
  }
}
