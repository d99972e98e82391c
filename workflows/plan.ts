import type { AdviceAnswer, AdviceRequest } from '../model/advice.ts';
import type { RadiusAnswer, RadiusRequest } from '../model/radius.ts';
import { planning } from './activities.ts';
import type { PlanAnswer, PlanRequest } from './messages.ts';

/** Plans on a worker, for `firedoor plan`: live reads and the planner, nothing changed. */
export async function plan(request: PlanRequest): Promise<PlanAnswer> {
  const answer = await planning.compilePlan(request);
  return answer.kind === 'plan' ? { kind: 'plan', plan: answer.plan } : answer;
}

/** Advises on a worker, for `firedoor advise`: the same reads, nothing changed. */
export async function advise(request: AdviceRequest): Promise<AdviceAnswer> {
  return await planning.advise(request);
}

/** Says on a worker how far an attacker gets, for `firedoor radius`: the same reads, nothing changed. */
export async function radius(request: RadiusRequest): Promise<RadiusAnswer> {
  return await planning.radius(request);
}
