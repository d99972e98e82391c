import { gzipSync } from 'node:zlib';
import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../model/failure-type.ts';
import { rolesTold } from '../model/notification.ts';
import type { Plan, PlanHeader } from '../model/plan.ts';
import type { Parameters, Playbook } from '../model/playbook.ts';
import { playbook as playbookSchema } from '../model/playbook.ts';
import type { Refusal } from '../model/refusal.ts';
import type { WaiverRequest } from '../model/waiver.ts';
import { waiverRequests } from '../model/waiver.ts';
import { differences } from '../planner/difference.ts';
import type { PlannerInputs } from '../planner/plan.ts';
import { compilePlan } from '../planner/plan.ts';
import { splitRepairs } from '../planner/repairs/split.ts';
import type { ActivityDeps } from './deps.ts';
import { readLive } from './live/live-reads.ts';
import { sealPlan, sha256 } from './proof/seal.ts';

/** Temporal takes payloads up to 2 MB; half of it leaves room for what travels beside the plan. */
const largestPlanBytes = 1_000_000;

/** What planning is asked for; `shown` is the header people saw, to say what is different now. */
export interface PlanningInput {
  readonly playbook: Playbook;
  readonly parameters: Parameters;
  readonly except: readonly string[];
  readonly narrow: readonly string[];
  /** Waivers asked for. */
  readonly breakGlass?: readonly WaiverRequest[];
  readonly shown?: PlanHeader;
}

export type PlanningAnswer =
  | {
      readonly kind: 'plan';
      readonly plan: Plan;
      readonly seal: string;
      readonly namespace: string;
      readonly differences: readonly string[];
    }
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] };

/** Planning on a worker: the workers' estate, live reads, the pure planner. Makes no mutating call. */
export interface PlanningActivities {
  readonly compilePlan: (input: PlanningInput) => Promise<PlanningAnswer>;
}

/** The planner as planning calls it; the drill's sabotage passes another. */
export type Compile = typeof compilePlan;

/** Refusals with the place in the workers' estate file for every fact that stands there. */
export function withPlaces(refusals: readonly Refusal[], deps: ActivityDeps): readonly Refusal[] {
  return refusals.map((refusal) => ({
    ...refusal,
    facts: refusal.facts.map((fact) => {
      const place = fact.at?.document === 'estate' ? deps.locate(fact.at.path) : undefined;
      return place ? { ...fact, place } : fact;
    }),
  }));
}

function compressedBytes(plan: Plan): number {
  return gzipSync(JSON.stringify(plan)).length;
}

function tooLarge(bytes: number, inputs: PlannerInputs): Refusal {
  const fits = (plan: Plan): boolean => compressedBytes(plan) <= largestPlanBytes;
  return {
    code: 'FD-207',
    message: `the plan is ${bytes} bytes compressed; one incident carries at most ${largestPlanBytes}.`,
    facts: [],
    repairs: [...splitRepairs(inputs, { fits, hash: sha256 })],
  };
}

/** Planning over the deps of a worker. Throws `InvalidInput` when the request is not a playbook at all. */
export function planningActivities(deps: ActivityDeps, compile: Compile = compilePlan): PlanningActivities {
  return {
    compilePlan: async (input) => {
      const playbook = playbookSchema.safeParse(input.playbook);
      const breakGlass = waiverRequests.safeParse(input.breakGlass ?? []);
      if (!playbook.success || !breakGlass.success) {
        const what = playbook.success ? 'waivers' : 'playbook';
        throw ApplicationFailure.nonRetryable(`the request holds no valid ${what}`, failureTypes.invalidInput);
      }
      const live = await readLive(deps, {
        accounts: deps.estate.accounts.map((account) => account.name),
        principals: deps.estate.principals.map((principal) => principal.id),
      });
      const inputs: PlannerInputs = {
        estate: deps.estate,
        playbook: playbook.data,
        parameters: input.parameters,
        except: input.except,
        narrow: input.narrow,
        breakGlass: breakGlass.data,
        live,
        allowedSigners: deps.allowedSigners,
        revocations: deps.revocations,
        rolesTold: rolesTold(deps.notify.receivers),
      };
      const answer = compile(inputs, sha256);
      if (answer.kind === 'refused') return { kind: 'refused', refusals: withPlaces(answer.refusals, deps) };
      const bytes = compressedBytes(answer.plan);
      if (bytes > largestPlanBytes) return { kind: 'refused', refusals: [tooLarge(bytes, inputs)] };
      return {
        kind: 'plan',
        plan: answer.plan,
        seal: sealPlan(deps.workerKey, deps.namespace, answer.plan.digest),
        namespace: deps.namespace,
        differences: input.shown ? differences(input.shown, answer.plan.header) : [],
      };
    },
  };
}
