import type { Tier } from '../../model/playbook.ts';
import { breachesOf } from '../breach.ts';
import type { Context } from '../context.ts';
import type { Draft } from '../draft.ts';
import { sortedTexts } from '../order.ts';
import { attempt, withPlaybook } from './attempt.ts';
import { flow } from './flow.ts';
import type { Way } from './way.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** The longest whole number of hours, or of minutes below two hours, that ends before a limit. */
function spanBefore(limitMs: number): string | undefined {
  const hours = Math.ceil(limitMs / hourMs) - 1;
  if (hours >= 2) return `PT${hours}H`;
  const minutes = Math.ceil(limitMs / minuteMs) - 1;
  return minutes > 0 ? `PT${minutes}M` : undefined;
}

/** By system, the earliest time at which keeping it contained takes a floor; none where some floor falls at once. */
function limitsOf(draft: Draft, context: Context): ReadonlyMap<string, number> {
  const limits = new Map<string, number>();
  for (const { fall, culprits } of breachesOf(draft, context)) {
    if (fall.atMs === 0) return new Map();
    for (const name of culprits) limits.set(name, Math.min(fall.atMs, limits.get(name) ?? Infinity));
  }
  return limits;
}

function soonerTier(name: string, systems: readonly string[], releaseBy: string): Tier {
  return { name, systems: [...systems], releaseBy, gate: [] };
}

function nameFor({ playbook }: Context): string {
  const taken = new Set(playbook.restore.tiers.map(({ name }) => name));
  let name = 'sooner';
  for (let count = 2; taken.has(name); count += 1) name = `sooner-${count}`;
  return name;
}

/**
 * The way out of a floor that falls by time alone: what holds it down is given back before that. Tiers that hold it get an
 * earlier `releaseBy`; what stands in no tier gets a tier of its own.
 */
export function soonerWays(draft: Draft, context: Context): readonly Way[] {
  const limits = limitsOf(draft, context);
  if (limits.size === 0) return [];
  const { playbook } = context;
  const written = playbook.restore.tiers;
  const earliest = (systems: readonly string[]): number =>
    Math.min(...systems.map((name) => limits.get(name) ?? Infinity));
  const tiers = written.map((tier): Tier => {
    const span = spanBefore(earliest(tier.systems));
    return Number.isFinite(earliest(tier.systems)) && span !== undefined ? { ...tier, releaseBy: span } : tier;
  });
  const listed = new Set(written.flatMap(({ systems }) => systems));
  const rest = sortedTexts([...limits.keys()].filter((name) => !listed.has(name)));
  const span = rest.length === 0 ? undefined : spanBefore(earliest(rest));
  const all = span === undefined ? tiers : [...tiers, soonerTier(nameFor(context), rest, span)];
  const changed = all.filter((tier) => !written.includes(tier));
  if (changed.length === 0) return [];
  const clean = attempt(withPlaybook(context, { ...playbook, restore: { tiers: all } }), draft.choice);
  if (!clean) return [];
  const was = written.filter((tier) => !all.includes(tier)).map(tierLine);
  return [
    {
      kind: 'sooner',
      words: changed.map(({ name, releaseBy }) => `give tier ${name} back within ${releaseBy ?? ''}`).join(', '),
      changes: [{ at: { document: 'playbook', path: ['restore', 'tiers'] }, was, becomes: changed.map(tierLine) }],
      clean,
    },
  ];
}

function tierLine({ name, systems, releaseBy }: Tier): string {
  return `- name: ${name}, systems: ${flow(systems)}${releaseBy === undefined ? '' : `, releaseBy: ${releaseBy}`}`;
}
