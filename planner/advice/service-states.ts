import type { Mode } from '../../model/modes.ts';
import { modes, servingModes } from '../../model/modes.ts';
import type { Slice } from '../../model/plan.ts';
import type { NeedGraph } from '../need-graph.ts';
import type { GroupMode } from '../shares.ts';

type SliceService = Slice['services'][number];

/** Sites of one service that lean on the same nodes in every mode: their weight by tier. */
interface Variant {
  /** By mode of the slice; undefined where it needs nothing. */
  readonly nodes: readonly (number | undefined)[];
  readonly weights: ReadonlyMap<string | undefined, number>;
}

/** A service as a search looks at it. */
export interface ServiceVariants {
  readonly service: SliceService;
  readonly variants: readonly Variant[];
}

/** Folds the classes of a service by the nodes they lean on. */
export function variantsOf(service: SliceService, index: number, { modeNodes }: NeedGraph): ServiceVariants {
  const folded = new Map<string, { nodes: Variant['nodes']; weights: Map<string | undefined, number> }>();
  for (const [position, { weight, tier, sites }] of service.classes.entries()) {
    const nodes = modeNodes[index]?.[position] ?? [];
    const key = nodes.join();
    const variant = folded.get(key) ?? { nodes, weights: new Map() };
    variant.weights.set(tier, (variant.weights.get(tier) ?? 0) + weight * sites.length);
    folded.set(key, variant);
  }
  return { service, variants: [...folded.values()] };
}

/**
 * The mode sites are in just before a horizon, when everything went down at time 0 and they were well until then: each
 * mode holds until what it needs falls or its time is up, and its time counts from when a better one was left.
 */
function modeBefore(horizonMs: number, { modes: own }: SliceService, fallMs: (mode: number) => number): Mode {
  const lastBetterMs = servingModes.map(() => 0);
  const rankOf = (mode: Mode): number => modes.indexOf(mode);
  for (let atMs = 0; ;) {
    const endOf = (mode: SliceService['modes'][number], position: number): number =>
      Math.min(fallMs(position), (lastBetterMs[rankOf(mode.mode)] ?? 0) + (mode.forMs ?? Infinity));
    const position = own.findIndex((mode, index) => atMs < endOf(mode, index));
    const entered = own[position];
    if (!entered) return 'down';
    const endMs = endOf(entered, position);
    if (endMs >= horizonMs) return entered.mode;
    for (let worse = rankOf(entered.mode) + 1; worse < lastBetterMs.length; worse += 1) lastBetterMs[worse] = endMs;
    atMs = endMs;
  }
}

/** The mode of each variant just before a horizon. */
export function modesBefore(
  horizonMs: number,
  { service, variants }: ServiceVariants,
  fallMs: (node: number) => number,
): readonly Mode[] {
  return variants.map(({ nodes }) =>
    modeBefore(horizonMs, service, (mode) => {
      const node = nodes[mode];
      return node === undefined ? Infinity : fallMs(node);
    }),
  );
}

/** The sites of a service in the modes of its variants, for shares and floors. */
export function groupsIn({ variants }: ServiceVariants, variantModes: readonly Mode[]): readonly GroupMode[] {
  return variants.flatMap(({ weights }, index) =>
    [...weights].map(([tier, weight]) => ({ weight, tier, mode: variantModes[index] ?? 'down' })),
  );
}
