import { workflowInfo } from '@temporalio/workflow';
import type { IncidentStatus, Rejection } from '../model/incident.ts';
import { denialReasons } from '../model/incident.ts';
import { verbIsMet } from '../model/judgement.ts';
import type { Plan } from '../model/plan.ts';
import type { AcceptedDecision } from '../model/step.ts';
import type { Verdict } from '../model/verification.ts';
import { verifyDecision } from '../model/verification.ts';
import { planning, verifier } from './activities.ts';
import type { IncidentInput } from './messages.ts';

/** An incident that may begin: the plan made again, sealed, and who started it. */
export interface Opening {
  readonly plan: Plan;
  readonly seal: string;
  /** The workers' namespace, from history: a replay elsewhere judges as the incident did. */
  readonly namespace: string;
  readonly start: AcceptedDecision;
  readonly starter: string;
  /** sha256 of the start decision: what every later decision refers to. */
  readonly startDigest: string;
}

function rejection(kind: Rejection['kind'], more: Partial<Rejection> = {}): Rejection {
  return { kind, refusals: [], differences: [], ...more };
}

/** Plans again from the same inputs and judges the start. Another digest is a rejection that shows the difference. */
export async function open(input: IncidentInput): Promise<Opening | Rejection> {
  const answer = await planning.compilePlan({ ...input.request, shown: input.shown });
  if (answer.kind === 'refused') return rejection('refused', { refusals: answer.refusals });
  if (answer.plan.digest !== input.plan) {
    const differences =
      answer.differences.length > 0 ? answer.differences : ['the plan shown is not the plan named by its digest'];
    return rejection('stale', { differences });
  }
  return await judgeStart(input, answer);
}

async function judgeStart(
  input: IncidentInput,
  planned: { plan: Plan; seal: string; namespace: string },
): Promise<Opening | Rejection> {
  const nowMs = Date.now();
  const { roster, estate } = planned.plan.header;
  const scope = {
    estate: estate.name,
    namespace: planned.namespace,
    incident: input.incident,
    plan: planned.plan.digest,
    roster,
    nowMs,
  };
  const verified = await verifyDecision(input.start, scope, verifier);
  if (!verified.ok) return rejection('denied', { detail: denialWords(verified) });
  const { decision, digest } = verified;
  const denial =
    decision.verb !== 'start' ? 'malformed' : verbIsMet('start', [decision.by], roster) ? undefined : 'not-in-role';
  if (denial) return rejection('denied', { detail: `${decision.by}: ${denialReasons[denial]}` });
  return {
    plan: planned.plan,
    seal: planned.seal,
    namespace: planned.namespace,
    start: { signed: input.start, acceptedAt: new Date(nowMs).toISOString() },
    starter: decision.by,
    startDigest: digest,
  };
}

function denialWords({ decision, reason, detail }: Extract<Verdict, { ok: false }>): string {
  const why = detail ?? denialReasons[reason];
  return decision ? `${decision.by}: ${why}` : why;
}

/** The status before there is a plan, or when there never was one. */
export function unopened(input: IncidentInput, found?: Rejection): IncidentStatus {
  const { namespace, startTime } = workflowInfo();
  return {
    schema: 'firedoor/status/v1',
    incident: input.incident,
    estate: input.shown.estate.name,
    namespace,
    playbook: input.request.playbook.name,
    plan: input.plan,
    start: '',
    startedBy: '',
    startedAt: startTime.toISOString(),
    phase: found ? 'rejected' : 'planning',
    stages: [],
    tiers: [],
    gates: [],
    standings: [],
    clocks: [],
    waivers: [],
    exceptions: [],
    decisions: [],
    timeline: [],
    ...(found ? { rejection: found } : {}),
  };
}
