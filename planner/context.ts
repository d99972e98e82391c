import type { Estate } from '../model/estate.ts';
import type { LiveReads } from '../model/live.ts';
import type { ToldRoles } from '../model/notification.ts';
import type { Parameters, Playbook } from '../model/playbook.ts';
import type { Slice } from '../model/plan.ts';
import type { WaiverRequest } from '../model/waiver.ts';
import type { Continuity } from './continuity.ts';
import { continuityOf } from './continuity.ts';
import { deadlinesOf } from './deadlines.ts';
import type { SystemGraph } from './graph.ts';
import { buildGraph } from './graph.ts';
import type { Ground } from './ground.ts';
import { groundOf } from './ground.ts';
import { orderPlaybook, orderWaivers } from './order.ts';
import { resolveParameters } from './parameters.ts';
import { carriedSlice } from './slice.ts';
import type { WaveOrder } from './waves.ts';
import { waveOrder } from './waves.ts';

/** All a plan is made from. The same inputs give the same plan, byte for byte, in whatever order their lists stand. */
export interface PlannerInputs {
  readonly estate: Estate;
  readonly playbook: Playbook;
  readonly parameters: Parameters;
  /** Systems left out of every stage. */
  readonly except: readonly string[];
  /** Stages that take shared roles from the compromised hosts alone, by denying their sessions. */
  readonly narrow: readonly string[];
  /** Services whose floors are to be waived, each once. */
  readonly breakGlass?: readonly WaiverRequest[];
  readonly live: LiveReads;
  /** The OpenSSH allowed_signers file, whole: it belongs to the roster people sign. */
  readonly allowedSigners: string;
  /** The list of revoked keys, base64; in the roster too. */
  readonly revocations?: string | undefined;
  /** Roles that the workers tell of gates which open; absent where nobody knows. */
  readonly rolesTold?: ToldRoles;
}

/** What every draft of one planning shares, whatever it leaves out: inputs in order, and what follows from them alone. */
export interface Context extends Ground {
  /** The estate as it was given: paths of facts point into it. */
  readonly written: Estate;
  readonly playbook: Playbook;
  readonly parameters: Parameters;
  readonly allowedSigners: string;
  readonly revocations: string | undefined;
  readonly rolesTold: ToldRoles | undefined;
  /** Waivers asked for, by service. */
  readonly breakGlass: readonly WaiverRequest[];
  /** Which systems can be up, by needs alone: hosts that are missing today are not held against a restore. */
  readonly systemsUp: Continuity['systemsUp'];
  /** The part of it that services need. */
  readonly slice: Slice;
  readonly continuity: Continuity;
  /** Systems in the order they are given back: by the earliest time limit that runs while they are away, then needs first. */
  readonly backOrder: WaveOrder;
  /** Systems in the order they are contained: what needs others before them. */
  readonly cutOrder: WaveOrder;
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

/**
 * Puts inputs in order and derives what all drafts share. Names in them are known to be good.
 *
 * @param ground - of the same estate and live reads, where the caller has it already
 */
export function prepare(inputs: PlannerInputs, ground: Ground = groundOf(inputs)): Context {
  const { estate, whole } = ground;
  const slice = carriedSlice(whole);
  const graph = buildGraph(estate.systems);
  return {
    ...ground,
    written: inputs.estate,
    playbook: orderPlaybook(inputs.playbook),
    parameters: resolveParameters(inputs),
    allowedSigners: inputs.allowedSigners,
    revocations: inputs.revocations,
    breakGlass: orderWaivers(inputs.breakGlass ?? []),
    rolesTold: inputs.rolesTold,
    backOrder: waveOrder(backOrder(graph, slice), graph.cycleOf),
    cutOrder: waveOrder(graph.dependentsFirst, graph.cycleOf),
    systemsUp: continuityOf({ systems: whole.systems.map(asIfWhole), services: [] }).systemsUp,
    slice,
    continuity: continuityOf(slice),
  };
}
