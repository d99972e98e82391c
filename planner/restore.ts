import type { Contained } from '../model/continuity.ts';
import { durationMs } from '../model/duration.ts';
import type { GateDefinition, Target } from '../model/plan.ts';
import type { Tier } from '../model/playbook.ts';
import type { Context } from './context.ts';
import { tierGate } from './gates.ts';
import { sortedTexts } from './order.ts';
import { neededBy } from './slice.ts';
import type { WaveOf } from './waves.ts';
import { orderTargets, splitIntoWaves } from './waves.ts';

/** A tier of the restore: what it gives back, in waves. */
export interface DraftTier {
  readonly name: string;
  /** Its place in the playbook; absent for the last tier, which nobody wrote. */
  readonly index?: number;
  readonly systems: readonly string[];
  readonly gate?: GateDefinition;
  readonly probe: boolean;
  readonly releaseByMs: number;
  readonly targets: readonly Target[];
  readonly waves: readonly WaveOf<Target>[];
}

function restName(tiers: readonly Tier[]): string {
  return tiers.some(({ name }) => name === 'rest') ? 'rest-of-all' : 'rest';
}

/** Position of the first tier that holds one of a target's systems; the number of tiers where none does. */
function tierOf(target: Target, tiers: readonly Tier[]): number {
  const index = tiers.findIndex(({ systems }) => target.systems.some((name) => systems.includes(name)));
  return index === -1 ? tiers.length : index;
}

/**
 * The tiers targets are given back in: as written, and last those in no tier. A principal goes with the first tier that
 * holds a system using it, before that tier's hosts; hosts go by the earliest clock, needs first. Tiers with nothing to give back are left out.
 *
 * @param targets - distinct targets whose containment is taken back
 */
export function restoreTiers(
  targets: readonly Target[],
  { estate, backOrder: order, playbook }: Context,
): readonly DraftTier[] {
  const written = playbook.restore.tiers;
  const shares: Target[][] = Array.from({ length: written.length + 1 }, () => []);
  for (const target of targets) shares[tierOf(target, written)]?.push(target);
  const named = written.map((tier, index): DraftTier => {
    const ordered = orderTargets(shares[index] ?? [], order);
    const gate = tierGate(tier, estate);
    const waves = splitIntoWaves(ordered, tier.waves, order);
    const probe = tier.gate.includes('probe');
    const releaseByMs = durationMs(tier.releaseBy ?? playbook.releaseBy);
    const { name, systems } = tier;
    return { name, index, systems, probe, releaseByMs, targets: ordered, waves, ...(gate && { gate }) };
  });
  const rest = orderTargets(shares[written.length] ?? [], order);
  const systems = sortedTexts(rest.flatMap((target) => target.systems));
  const waves = splitIntoWaves(rest, undefined, order);
  const last: DraftTier = {
    name: restName(written),
    systems,
    probe: false,
    releaseByMs: durationMs(playbook.releaseBy),
    targets: rest,
    waves,
  };
  return [...named, last].filter((tier) => tier.targets.length > 0);
}

/** A system whose tier comes before that of something it needs. */
export interface TierClash {
  readonly tier: DraftTier;
  readonly system: string;
  readonly needs: string;
  readonly later: DraftTier;
}

function heldBy(tiers: readonly DraftTier[]): Contained {
  const targets = tiers.flatMap((tier) => tier.targets);
  const ids = (kind: Target['kind']): ReadonlySet<string> =>
    new Set(targets.filter((target) => target.kind === kind).map(({ id }) => id));
  return { hosts: ids('instance'), principals: ids('principal') };
}

/** The first tier whose being held alone keeps the system down, or the last of all that do so together. */
function keeperOf(
  system: string,
  later: readonly DraftTier[],
  up: (held: Contained) => ReadonlySet<string>,
): DraftTier | undefined {
  return later.find((tier) => !up(heldBy([tier])).has(system)) ?? later.at(-1);
}

/**
 * Systems that could not come up when their tier is released, because a later tier still holds what they need: by the
 * continuity function, so an alternative that is up is enough.
 */
export function tierClashes(tiers: readonly DraftTier[], { whole, systemsUp }: Context): readonly TierClash[] {
  return tiers.flatMap((tier, index) => {
    const later = tiers.slice(index + 1);
    if (later.length === 0) return [];
    const up = systemsUp(heldBy(later));
    const own = sortedTexts(tier.targets.flatMap((target) => target.systems));
    const isInTier = (name: string): boolean => tier.systems.includes(name);
    return own
      .filter((name) => isInTier(name) && !up.has(name))
      .flatMap((system) => {
        const keeper = keeperOf(system, later, systemsUp);
        const needs = keeper && firstNeedIn(system, keeper, whole.systems);
        return keeper && needs !== undefined ? [{ tier, system, needs, later: keeper }] : [];
      });
  });
}

function firstNeedIn(system: string, keeper: DraftTier, systems: Context['whole']['systems']): string | undefined {
  const needed = neededBy(new Map(systems.map((each) => [each.name, each])), [system]);
  const held = new Set(keeper.targets.flatMap((target) => target.systems));
  return [...needed].find((name) => name !== system && held.has(name));
}
