import type { Floor } from './estate.ts';
import type { Mode } from './modes.ts';
import type { Refusal } from './refusal.ts';

/** Whose blast radius is asked for: systems in the attacker's hands. */
export interface RadiusRequest {
  readonly from: readonly string[];
}

/** The radius, or why there is none: names that the estate doesn't have. */
export type RadiusAnswer =
  | { readonly kind: 'radius'; readonly radius: Radius }
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] };

/** Something the attacker gets to, and the last step of a shortest way there. */
export interface ReachedThing {
  readonly kind: 'system' | 'principal';
  readonly id: string;
  /** Steps from where he is: 0 for the systems asked about. */
  readonly steps: number;
  /** The system or principal he comes from; absent where he starts. A system leads where it reaches and to what it uses. */
  readonly from?: string;
  /** Why it must be kept safe, where it must: the estate says so, or protected services need it. */
  readonly keepSafe?: 'marked' | 'needed';
}

/** How a service stands: the worst mode in which sites serve, and the share of sites in it or better. */
interface Forecast {
  readonly mode: Mode;
  readonly share: number;
}

/** What a containment does to one service. */
export interface ImpactedService {
  readonly name: string;
  readonly protected: boolean;
  readonly value: number;
  readonly floor: readonly Floor[];
  readonly before: Forecast;
  readonly after: Forecast;
  /** How it gets worse by time alone while nothing is given back; times count from the containment. */
  readonly later: readonly (Forecast & { readonly atMs: number; readonly because: string })[];
  /** When a floor stops holding, where the containment makes it: 0 for at once. */
  readonly breaksMs?: number;
  /** Systems it needs and that are down then, those contained first. */
  readonly without: readonly string[];
}

/** A system that goes down with a containment and is not contained itself. */
export interface FallenSystem {
  readonly name: string;
  /** The system it needs, the principal it loses, or the system it shares hosts with. */
  readonly because: { readonly kind: 'needs' | 'uses' | 'hosts'; readonly id: string };
}

/** What containing a set of systems breaks, with the principals they use. */
export interface Impact {
  readonly systems: readonly string[];
  readonly principals: readonly string[];
  /** Services that get worse, now or later. */
  readonly services: readonly ImpactedService[];
  readonly falls: readonly FallenSystem[];
  /** Value × share lost over all services, at once. */
  readonly loss: number;
}

/** The answer to `firedoor radius`: where the attacker can get, and what containing it would break. */
export interface Radius {
  readonly estate: string;
  readonly from: readonly string[];
  /** Nearest first, then by name; the systems asked about among them. */
  readonly reached: readonly ReachedThing[];
  /** Containing the systems asked about. */
  readonly alone: Impact;
  /** Containing everything reached. */
  readonly whole: Impact;
}
