import type { Mode } from '../../model/modes.ts';
import { isAtLeast, modes } from '../../model/modes.ts';
import type { ServiceWiring } from '../scenario/wiring.ts';
import type { DrillSite } from './sites.ts';

/** A time in which a service was below its floor. `until` is absent while it still is. */
export interface Breach {
  readonly floor: string;
  readonly from: string;
  readonly until?: string;
  /** The lowest share in that time. */
  readonly share: number;
}

/** A moment at which the modes of a service's sites changed, and what share was in each. */
export interface Change {
  readonly at: string;
  readonly service: string;
  readonly shares: Readonly<Partial<Record<Mode, number>>>;
}

interface OpenBreach {
  readonly floor: string;
  readonly from: string;
  until?: string;
  share: number;
}

/** How one service fared: the mode of each site over time, weighed against its floors. Starts with every site well. */
export class ServiceRecord {
  readonly #service: ServiceWiring;
  readonly #sites: ReadonlyMap<string, DrillSite>;
  readonly #modes: Map<string, Mode>;
  /** Weight by mode: of all sites, and of each tier by its name. */
  readonly #inMode: Map<string | undefined, Map<Mode, number>>;
  readonly #breaches: OpenBreach[] = [];
  #worstMode: Mode;
  #worstShare = 1;

  constructor(service: ServiceWiring, sites: readonly DrillSite[]) {
    const best = service.modes[0]?.mode ?? 'down';
    this.#service = service;
    this.#sites = new Map(sites.map((each) => [each.site, each]));
    this.#modes = new Map(sites.map(({ site }) => [site, best]));
    const tiers = [undefined, ...new Set(sites.flatMap(({ tier }) => tier ?? []))];
    const weightOf = (tier: string | undefined): number =>
      sites.filter((each) => tier === undefined || each.tier === tier).reduce((sum, { weight }) => sum + weight, 0);
    this.#inMode = new Map(tiers.map((tier) => [tier, new Map([[best, weightOf(tier)]])]));
    this.#worstMode = best;
  }

  /** The mode a site is in from now on. */
  set(site: string, mode: Mode, at: Date): void {
    if (this.#move(site, mode)) this.#weigh(at.toISOString());
  }

  /** The mode all sites are in from now on. */
  setAll(mode: Mode, at: Date): void {
    const moved = [...this.#modes.keys()].filter((site) => this.#move(site, mode));
    if (moved.length > 0) this.#weigh(at.toISOString());
  }

  /** The worst mode any site was in. */
  worstMode(): Mode {
    return this.#worstMode;
  }

  /** Lowest share of sites (by weight) in the floor's mode or better; of all floors the lowest. 1 without a floor. */
  worstShare(): number {
    return this.#worstShare;
  }

  /** Every time below a floor, in order. */
  breaches(): readonly Breach[] {
    return this.#breaches.map((breach) => ({ ...breach }));
  }

  /** The share of sites (by weight) by the mode they are in now. */
  shares(): Readonly<Partial<Record<Mode, number>>> {
    return Object.fromEntries(
      modes.map((mode) => [mode, this.#shareIn([mode])] as const).filter(([, share]) => share > 0),
    );
  }

  #move(site: string, mode: Mode): boolean {
    const before = this.#modes.get(site);
    if (before === undefined || before === mode) return false;
    const { weight = 0, tier } = this.#sites.get(site) ?? {};
    for (const group of tier === undefined ? [undefined] : [undefined, tier]) {
      const weights = this.#inMode.get(group);
      weights?.set(before, (weights.get(before) ?? 0) - weight);
      weights?.set(mode, (weights.get(mode) ?? 0) + weight);
    }
    this.#modes.set(site, mode);
    if (!isAtLeast(mode, this.#worstMode)) this.#worstMode = mode;
    return true;
  }

  #weigh(at: string): void {
    for (const floor of this.#service.floor) {
      const share = this.#shareIn(
        modes.filter((mode) => isAtLeast(mode, floor.mode)),
        floor.tier,
      );
      this.#worstShare = Math.min(this.#worstShare, share);
      const of = floor.tier === undefined ? '' : ` of ${floor.tier}`;
      this.#note({ floor: `${floor.share * 100}%${of} ${floor.mode}`, from: at, share }, share < floor.share);
    }
  }

  #note(now: OpenBreach, isBelow: boolean): void {
    const open = this.#breaches.find(({ floor, until }) => floor === now.floor && until === undefined);
    if (isBelow && open === undefined) this.#breaches.push(now);
    else if (isBelow && open !== undefined) open.share = Math.min(open.share, now.share);
    else if (open !== undefined) open.until = now.from;
  }

  #shareIn(some: readonly Mode[], tier?: string): number {
    const weights = this.#inMode.get(tier) ?? new Map<Mode, number>();
    const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
    return some.reduce((sum, mode) => sum + (weights.get(mode) ?? 0), 0) / total;
  }
}
