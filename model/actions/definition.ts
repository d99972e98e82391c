import type { Effect } from '../estate.ts';
import type { LiveInstance, LivePrincipal } from '../live.ts';
import type { ActionName } from './names.ts';

/** A token bucket of AWS: calls it holds when full, and calls a second it regains (reference: EC2 API throttling). */
export interface Bucket {
  readonly api: string;
  readonly size: number;
  readonly refillPerSecond: number;
}

/** Mutating calls of one API that an action makes for one target. */
export interface CallCost {
  readonly bucket: Bucket;
  readonly calls: number;
}

/** What giving back means: the exact state captured, kept on purpose (evidence, new keys), or nothing to give back. */
export type Undo = 'exact' | 'kept';

/** AWS permissions by what they are needed for. */
export interface Permissions {
  readonly read: readonly string[];
  readonly apply: readonly string[];
  readonly undo: readonly string[];
}

interface CommonDefinition<Name extends ActionName> {
  readonly name: Name;
  /** One line for people: `isolate hosts: no traffic in or out`. */
  readonly summary: string;
  /** The verb in a sentence before a system's name: `isolate`. */
  readonly verb: string;
  /** The state it leaves behind, in one word: `isolated`. */
  readonly done: string;
  readonly effect: Effect;
  readonly undo: Undo;
  /**
   * Whether two incidents change the same thing on one target: then its state before is captured once, and the last one out
   * gives it back (docs/decisions/0030). Without it each leaves marks of its own and takes those back.
   */
  readonly shares: boolean;
  readonly permissions: Permissions;
  /** Its targets run afterwards: they leave `C`. */
  readonly starts?: true;
}

/** An action on EC2 instances. */
export interface InstanceAction<Name extends ActionName = ActionName> extends CommonDefinition<Name> {
  readonly target: 'instance';
  readonly cost: (instance: LiveInstance) => readonly CallCost[];
  /** Calls to give one target back; as many as `cost` where absent. */
  readonly undoCost?: (instance: LiveInstance) => readonly CallCost[];
  /** Why the action cannot work on this target, or undefined. */
  readonly unfit?: (instance: LiveInstance) => string | undefined;
  /** True where there is nothing to do: such an instance is no target. */
  readonly skips?: (instance: LiveInstance) => boolean;
  /** It writes to the role the instance runs with: held against `neverTouch`. */
  readonly writesRole?: true;
  /** How many instances that run with one role it can work on. */
  readonly mostOfOneRole?: number;
}

/** An action on IAM users and roles. */
export interface PrincipalAction<Name extends ActionName = ActionName> extends CommonDefinition<Name> {
  readonly target: 'principal';
  readonly cost: (principal: LivePrincipal) => readonly CallCost[];
  /** Calls to give one target back; as many as `cost` where absent. */
  readonly undoCost?: (principal: LivePrincipal) => readonly CallCost[];
  readonly unfit?: (principal: LivePrincipal) => string | undefined;
}

/** What an action *is* (DESIGN.md, *Rooms*): pure data and functions; what it does is in `activities/`. */
export type ActionDefinition = InstanceAction | PrincipalAction;
