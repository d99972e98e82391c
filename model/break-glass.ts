import { authorityFor } from './authority.ts';
import type { IncidentStatus } from './incident.ts';
import type { GateDefinition, PlanHeader } from './plan.ts';
import type { Quorum } from './quorum.ts';
import type { Verb } from './verbs.ts';

/** Ids of the two gates that waivers bring with them; no stage and no tier can be called so. */
export const breakGlassGateId = 'start/break-glass';
export const reviewGateId = 'close/review';

/** As long as a plan may wait to be started: who is asked to break glass is asked now. */
const breakGlassWithinMs = 30 * 60_000;

interface Gated {
  readonly gate?: GateDefinition | undefined;
}
type Waiving = Pick<PlanHeader, 'waivers' | 'roster'>;

/** Break-glass and review take a quorum in every estate: by the defaults, and by what an estate may say. */
function quorumFor(verb: 'break-glass' | 'review', { roster }: Pick<PlanHeader, 'roster'>): Quorum {
  const required = authorityFor(verb, roster.authority);
  if (typeof required === 'string') throw new TypeError(`${verb} takes a quorum`);
  return required;
}

/** The gate that opens before anything is done, where a plan waives floors (DESIGN.md, *Decisions*, Break-glass). */
export function breakGlassGate(header: Waiving): GateDefinition | undefined {
  if (header.waivers === undefined) return undefined;
  const quorum = { ...quorumFor('break-glass', header) };
  return { id: breakGlassGateId, quorum, withinMs: breakGlassWithinMs, attest: [] };
}

/** The gate an incident with waivers closes through. Nothing expires it: a review stays open until it is signed. */
export function reviewGate(header: Waiving): GateDefinition | undefined {
  if (header.waivers === undefined) return undefined;
  return { id: reviewGateId, quorum: { ...quorumFor('review', header) }, attest: [] };
}

/** Every gate of a plan, in the order they open. */
export function gatesOf(header: Waiving & Record<'stages' | 'tiers', readonly Gated[]>): readonly GateDefinition[] {
  const written = [...header.stages, ...header.tiers].map(({ gate }) => gate);
  return [breakGlassGate(header), ...written, reviewGate(header)].filter((gate) => gate !== undefined);
}

/** The verb that fills a gate's seats: `approve`, but for the gates of waivers. */
export function openingVerb(gate: string): Extract<Verb, 'approve' | 'break-glass' | 'review'> {
  if (gate === breakGlassGateId) return 'break-glass';
  return gate === reviewGateId ? 'review' : 'approve';
}

/** Where the waivers of an incident stand: asked for, broken, their review open, or reviewed. */
export const glassStates = ['asked', 'broken', 'review', 'reviewed'] as const;
export type GlassState = (typeof glassStates)[number];

/** Where an incident's waivers stand; nothing where its plan waives no floor. */
export function glassOf({ waivers, gates }: Pick<IncidentStatus, 'waivers' | 'gates'>): GlassState | undefined {
  const [waiver] = waivers;
  if (!waiver) return undefined;
  if (waiver.signedBy.length === 0) return 'asked';
  const review = gates.find(({ id }) => id === reviewGateId);
  if (!review) return 'broken';
  return review.state === 'met' ? 'reviewed' : 'review';
}
