import type { Floor } from './estate.ts';
import type { Mode } from './modes.ts';
import type { Playbook } from './playbook.ts';
import type { Refusal } from './refusal.ts';

/** What advice is asked for: systems in the attacker's hands, or thought to be. */
export interface AdviceRequest {
  readonly compromised: readonly string[];
  readonly suspected: readonly string[];
  /** By when what is cut is to be back: an ISO 8601 duration. The worst until then is what counts. */
  readonly releaseBy: string;
}

/** Advice, or why there is none to give: unknown names, or an estate in which no cut could be started. */
export type AdviceAnswer =
  | { readonly kind: 'advice'; readonly advice: Advice }
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] };

/** A system, by all its hosts; a principal; or the sessions that a system's hosts have of the roles they run with. */
export interface CutThing {
  readonly kind: 'system' | 'principal' | 'sessions';
  /** The name of a system, also for its sessions; the id of a principal. */
  readonly id: string;
  /**
   * `way`: without it the attacker gets to what must be kept safe. `free`: it is in his hands, and containing it costs
   * nothing more.
   */
  readonly because: 'way' | 'free';
  /** What would be less lost if this alone were left out. */
  readonly costs: number;
}

/** How one service fares under a cut. */
export interface AdvisedService {
  readonly name: string;
  readonly protected: boolean;
  readonly value: number;
  readonly floor: readonly Floor[];
  /** Before the cut, and under it: the worst mode in which sites serve, and the share of sites in it or better. */
  readonly before: { readonly mode: Mode; readonly share: number };
  readonly after: { readonly mode: Mode; readonly share: number };
  /** The share lost under the cut: 0 where every site is normal, 1 where all are down. */
  readonly lost: number;
  /** True where a floor would not hold, which it did without the cut. */
  readonly breaks: boolean;
}

/** What is asked, as it was understood. */
interface Asked extends AdviceRequest {
  readonly estate: string;
  /** What must be kept safe and could be got to from there. */
  readonly keepSafe: readonly string[];
  /** What should have been kept safe, and is in the attacker's hands. */
  readonly lost: readonly string[];
}

/** A set of things to contain, and what it costs. */
export interface WeighedCut {
  readonly things: readonly CutThing[];
  readonly loss: number;
  /** The loss before anything is contained. */
  readonly lossBefore: number;
  /** The loss if every service were down. */
  readonly lossAtMost: number;
  readonly services: readonly AdvisedService[];
  /** Systems in the attacker's hands that are not cut, since that would cost more: what it would. */
  readonly left: readonly { readonly name: string; readonly costs: number; readonly breaks: boolean }[];
  /** Systems the attacker can still get to, those he has left out. */
  readonly stillReached: readonly string[];
}

/** Why no cut will do: a way that nothing can be cut on, or floors that every cut breaks. */
export type NoCut =
  | { readonly kind: 'open-way'; readonly way: readonly string[] }
  | { readonly kind: 'floors'; readonly cut: WeighedCut }
  | { readonly kind: 'not-found' };

/** The answer to `firedoor advise` (DESIGN.md, *Continuity, exactly*, Advice). */
export type Advice =
  | (Asked & {
      readonly kind: 'cut';
      readonly cut: WeighedCut;
      /** True where no cut loses less; else it is the best that was found. */
      readonly isExact: boolean;
      /** Things that could have been cut. */
      readonly candidates: number;
      /** True where what must be kept safe is itself in the cut, since nothing else would hold. */
      readonly cutsKeptSafe: boolean;
      readonly playbook: Playbook;
    })
  | (Asked & { readonly kind: 'nothing-to-cut' })
  | (Asked & { readonly kind: 'no-cut'; readonly because: NoCut });
