import type { Contained } from '../model/continuity.ts';
import type { CapturesAnswer, ContainedIds, Held, Holdings, WaveHeld } from '../model/ledger.ts';
import type { Capture } from '../model/step.ts';
import type { UndoLog } from './undo-log.ts';

/** A target within a claim: asked for, and no more; in flight; done with, for better or worse; being given back. */
type Standing = 'asked' | 'claimed' | 'settled' | 'leaving';

interface Entry extends Omit<WaveHeld, 'targets'> {
  readonly targets: Map<string, Standing>;
}

/** Form of {@link Reservations} in what is carried. */
export interface ReservationsState {
  readonly waves: readonly (Omit<WaveHeld, 'targets'> & {
    readonly targets: readonly (readonly [string, Standing])[];
  })[];
  readonly others: ContainedIds;
  readonly by: readonly string[];
  readonly adoptable: readonly Capture[];
  readonly told: readonly string[];
  readonly kept: readonly string[];
  readonly untold: readonly Held[];
}

/**
 * What this incident has claimed in the estate's ledger, and what it was told of others. Its own word counts where the two
 * differ: a claim is noted here before it is asked for, and what is struck here the ledger hears with the next asking.
 */
export class Reservations {
  /** What other incidents have contained or in flight, as of the last answer. */
  others: ContainedIds = { hosts: [], principals: [] };
  /** Those incidents. */
  by: readonly string[] = [];
  /** Captures of others, each with our workers' MAC, of targets that are shared. */
  readonly adoptable: Capture[] = [];
  /** Dead incidents that people were told of: what they held keeps nothing any more once people resume. */
  readonly told = new Set<string>();
  /** Targets that another incident keeps contained: given back by that one. */
  readonly kept = new Set<string>();
  /** What was last said to be waited for. */
  waitsFor = '';
  readonly #entries: Entry[] = [];
  #untold: Held[] = [];

  snapshot(): ReservationsState {
    return {
      waves: this.#entries.map((entry) => ({ ...entry, targets: [...entry.targets] })),
      others: this.others,
      by: this.by,
      adoptable: [...this.adoptable],
      told: [...this.told],
      kept: [...this.kept],
      untold: this.#untold,
    };
  }

  restore(state: ReservationsState): void {
    this.#entries.push(...state.waves.map((wave) => ({ ...wave, targets: new Map(wave.targets) })));
    this.others = state.others;
    this.by = state.by;
    this.adoptable.push(...state.adoptable);
    for (const incident of state.told) this.told.add(incident);
    for (const target of state.kept) this.kept.add(target);
    this.#untold = [...state.untold];
  }

  /** All that is contained or in flight, by this incident and by others. */
  together({ hosts, principals }: Contained): Contained {
    return {
      hosts: new Set([...hosts, ...this.others.hosts]),
      principals: new Set([...principals, ...this.others.principals]),
    };
  }

  /** Notes what is about to be asked for; targets already claimed stay where they are. */
  claim({ targets, ...wave }: WaveHeld): void {
    const added = targets.filter((target) => this.#standing(wave.action, target) === undefined);
    if (added.length > 0) this.#entries.push({ ...wave, targets: new Map(added.map((id) => [id, 'asked'])) });
  }

  /** A wave goes: what it asked for is in flight. */
  act(held: Held): void {
    this.#set(held, 'claimed');
  }

  settle(held: Held): void {
    this.#set(held, 'settled');
  }

  leave(held: Held): void {
    this.#set(held, 'leaving');
  }

  /** Forgets claims that the ledger has forgotten too. */
  forget({ action, targets }: Held): void {
    for (const entry of this.#entries) {
      if (entry.action !== action) continue;
      for (const target of targets) entry.targets.delete(target);
    }
    const left = this.#entries.filter((entry) => entry.targets.size > 0);
    this.#entries.splice(0, this.#entries.length, ...left);
  }

  /** Gives up claims; the ledger hears of it in passing. */
  strike({ action, targets }: Held): void {
    const known = targets.filter((target) => this.#standing(action, target) !== undefined);
    if (known.length === 0) return;
    this.forget({ action, targets: known });
    this.#untold.push({ action, targets: known });
  }

  /** What the ledger has not heard yet; `confirm` says that it has. */
  get untold(): { readonly done: Held[]; readonly confirm: () => void } {
    const done = [...this.#untold];
    return { done, confirm: () => (this.#untold = this.#untold.filter((held) => !done.includes(held))) };
  }

  /** Keeps captures of others for waves to come; gives those that are new. */
  adopt(captures: readonly Capture[]): readonly Capture[] {
    const known = new Set(this.adoptable.map(({ mac }) => mac));
    const fresh = captures.filter(({ mac }) => !known.has(mac));
    this.adoptable.push(...fresh);
    return fresh;
  }

  /** Those of the targets that are asked for or in flight. */
  unsettled({ action, targets }: Held): readonly string[] {
    return targets.filter((target) => ['asked', 'claimed'].includes(this.#standing(action, target) ?? ''));
  }

  /** Notes what the ledger says of others. */
  hear({ others, by }: { readonly others: ContainedIds; readonly by?: readonly string[] }): void {
    this.others = others;
    this.by = by ?? this.by;
  }

  /** The answer of the query `holdings`. */
  holdings(incident: string, estate: string): Holdings {
    const waves = this.#entries.map(({ targets, ...wave }) => {
      const of = (wanted: Standing): string[] =>
        [...targets].filter(([, standing]) => standing === wanted).map(([target]) => target);
      return { ...wave, targets: [...targets.keys()], asked: of('asked'), leaving: of('leaving') };
    });
    return { incident, estate, waves };
  }

  /** The answer of the query `captures`. */
  captures({ action, targets }: Held, undo: UndoLog, isHolding: boolean): CapturesAnswer {
    const known = targets.flatMap((target) => {
      const standing = this.#standing(action, target);
      return standing === undefined ? [] : [{ target, standing }];
    });
    return {
      captures: known.flatMap(({ target, standing }) =>
        standing === 'leaving' ? [] : (undo.by(action).find((capture) => capture.target === target) ?? []),
      ),
      unsettled: known.filter(({ standing }) => standing !== 'settled').map(({ target }) => target),
      isHolding,
    };
  }

  #standing(action: Held['action'], target: string): Standing | undefined {
    for (const entry of this.#entries) {
      const standing = entry.action === action ? entry.targets.get(target) : undefined;
      if (standing !== undefined) return standing;
    }
    return undefined;
  }

  #set({ action, targets }: Held, standing: Standing): void {
    for (const entry of this.#entries) {
      if (entry.action !== action) continue;
      for (const target of targets) if (entry.targets.has(target)) entry.targets.set(target, standing);
    }
  }
}
