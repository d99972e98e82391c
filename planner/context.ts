import type { Contained } from '../model/continuity.ts';
import type { Estate } from '../model/estate.ts';
import type { LiveReads } from '../model/live.ts';
import type { ToldRoles } from '../model/notification.ts';
import type { Parameters, Playbook } from '../model/playbook.ts';
import type { Slice } from '../model/plan.ts';
import type { Claims } from './claims.ts';
import { asItRuns, claimInstances, notRunning } from './claims.ts';
import type { Continuity } from './continuity.ts';
import { continuityOf } from './continuity.ts';
import { deadlinesOf } from './deadlines.ts';
import type { SystemGraph } from './graph.ts';
import { buildGraph } from './graph.ts';
import { orderEstate, orderLive, orderPlaybook } from './order.ts';
import { resolveParameters } from './parameters.ts';
import { carriedSlice, wholeSlice } from './slice.ts';
import { principalUsers } from './targets.ts';

/** All a plan is made from. The same inputs give the same plan, byte for byte, in whatever order their lists stand. */
export interface PlannerInputs {
  readonly estate: Estate;
  readonly playbook: Playbook;
  readonly parameters: Parameters;
  /** Systems left out of every stage. */
  readonly except: readonly string[];
  /** Stages that take shared roles from the compromised hosts alone, by denying their sessions. */
  readonly narrow: readonly string[];
  readonly live: LiveReads;
  /** The OpenSSH allowed_signers file, whole: it belongs to the roster people sign. */
  readonly allowedSigners: string;
  /** Roles that the workers tell of gates which open; absent where nobody knows. */
  readonly rolesTold?: ToldRoles;
}

/** What every draft of one planning shares, whatever it leaves out: inputs in order, and what follows from them alone. */
export interface Context {
  readonly estate: Estate;
  /** The estate as it was given: paths of facts point into it. */
  readonly written: Estate;
  /** The estate in order, with the roles that hosts run with among what their systems use: what selectors and reach follow. */
  readonly running: Estate;
  readonly playbook: Playbook;
  readonly parameters: Parameters;
  readonly live: LiveReads;
  readonly allowedSigners: string;
  readonly rolesTold: ToldRoles | undefined;
  readonly claims: Claims;
  readonly usersOf: ReadonlyMap<string, readonly string[]>;
  readonly graph: SystemGraph;
  /** Every system and service of the estate. */
  readonly whole: Slice;
  /** Which systems can be up, by needs alone: hosts that are missing today are not held against a restore. */
  readonly systemsUp: Continuity['systemsUp'];
  /** The part of it that services need. */
  readonly slice: Slice;
  readonly continuity: Continuity;
  /** Systems in the order they are given back: by the earliest time limit that runs while they are away, then needs first. */
  readonly backOrder: readonly string[];
  /** `C` before anything is done. */
  readonly baseline: Contained;
}

function asIfWhole(system: Slice['systems'][number]): Slice['systems'][number] {
  return { ...system, capacity: Math.min(system.capacity, system.hosts.length) };
}

function backOrder({ needsFirst }: SystemGraph, slice: Slice): readonly string[] {
  const deadlines = deadlinesOf(slice);
  return needsFirst
    .map((name, index) => ({ name, index, deadlineMs: deadlines.get(name) ?? Infinity }))
    .sort((one, other) =>
      one.deadlineMs === other.deadlineMs ? one.index - other.index : one.deadlineMs - other.deadlineMs,
    )
    .map(({ name }) => name);
}

/** Puts inputs in order and derives what all drafts share. Names in them are known to be good. */
export function prepare(inputs: PlannerInputs): Context {
  const estate = orderEstate(inputs.estate);
  const live = orderLive(inputs.live);
  const claims = claimInstances(estate, live);
  const running = asItRuns(estate, claims);
  const whole = wholeSlice(estate, claims);
  const slice = carriedSlice(whole);
  const graph = buildGraph(estate.systems);
  return {
    estate,
    written: inputs.estate,
    running,
    playbook: orderPlaybook(inputs.playbook),
    parameters: resolveParameters(inputs),
    live,
    allowedSigners: inputs.allowedSigners,
    rolesTold: inputs.rolesTold,
    claims,
    usersOf: principalUsers(running.systems),
    graph,
    backOrder: backOrder(graph, slice),
    whole,
    systemsUp: continuityOf({ systems: whole.systems.map(asIfWhole), services: [] }).systemsUp,
    slice,
    continuity: continuityOf(slice),
    baseline: notRunning(live),
  };
}
