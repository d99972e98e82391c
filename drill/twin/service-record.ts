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
  readonly #weights: ReadonlyMap<string, number>;
  readonly #total: number;
  readonly #modes: Map<string, Mode>;
  readonly #inMode: Map<Mode, number>;
  readonly #breaches: OpenBreach[] = [];
  #worstMode: Mode;
  #worstShare = 1;

  constructor(service: ServiceWiring, sites: readonly DrillSite[]) {
    const best = service.modes[0]?.mode ?? 'down';
    this.#service = service;
    this.#weights = new Map(sites.map(({ site, weight }) => [site, weight]));
    this.#total = sites.reduce((sum, { weight }) => sum + weight, 0);
    this.#modes = new Map(sites.map(({ site }) => [site, best]));
    this.#inMode = new Map([[best, this.#total]]);
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
    const weight = this.#weights.get(site) ?? 0;
    this.#inMode.set(before, (this.#inMode.get(before) ?? 0) - weight);
    this.#inMode.set(mode, (this.#inMode.get(mode) ?? 0) + weight);
    this.#modes.set(site, mode);
    if (!isAtLeast(mode, this.#worstMode)) this.#worstMode = mode;
    return true;
  }

  #weigh(at: string): void {
    for (const floor of this.#service.floor) {
      const share = this.#shareIn(modes.filter((mode) => isAtLeast(mode, floor.mode)));
      this.#worstShare = Math.min(this.#worstShare, share);
      this.#note({ floor: `${floor.share * 100}% ${floor.mode}`, from: at, share }, share < floor.share);
    }
  }

  #note(now: OpenBreach, isBelow: boolean): void {
    const open = this.#breaches.find(({ floor, until }) => floor === now.floor && until === undefined);
    if (isBelow && open === undefined) this.#breaches.push(now);
    else if (isBelow && open !== undefined) open.share = Math.min(open.share, now.share);
    else if (open !== undefined) open.until = now.from;
  }

  #shareIn(some: readonly Mode[]): number {
    return some.reduce((sum, mode) => sum + (this.#inMode.get(mode) ?? 0), 0) / this.#total;
  }
}
