import { actions } from '../../model/actions/index.ts';
import type { Decision } from '../../model/decision.ts';
import { durationWords } from '../../model/duration.ts';
import type { Mode } from '../../model/modes.ts';
import type { PlanHeader, PlannedService, PlannedStage, PlannedTier } from '../../model/plan.ts';
import { quorumWords } from '../../model/quorum.ts';
import type { Signer } from '../decision/signer.ts';
import type { IncidentView } from '../incident/reach.ts';
import { missingWords } from './incident-next.ts';
import { waivedForWords } from './waiver.ts';
import { countWords, listWords, percentWords, shortDigest } from './words.ts';

/**
 * `isolate 24 hosts of call-centre-vdi and directory; release puts them back exactly`; with `, 2,000 hosts affected` where more
 * falls than is touched.
 */
export function stageWords(stage: PlannedStage): string {
  const action = actions[stage.action];
  const targets = stage.waves.reduce((sum, wave) => sum + wave.targets, 0);
  const systems = [...new Set(stage.waves.flatMap((wave) => wave.systems))].toSorted();
  const kind = action.target === 'instance' ? 'host' : 'principal';
  const of = systems.length === 0 ? '' : ` of ${listWords(systems)}`;
  const undo = stage.undo === 'exact' ? 'release puts them back exactly' : 'kept after release';
  const { hosts } = stage.affected;
  const affected = hosts > targets ? `, ${countWords(hosts, 'host')} affected` : '';
  return `${action.verb} ${countWords(targets, kind)}${of}${affected}; ${undo}`;
}

/** `give back 12 targets of directory, in 2 waves, then probe`. */
export function tierWords(tier: PlannedTier): string {
  const targets = tier.waves.reduce((sum, wave) => sum + wave.targets, 0);
  const of = tier.systems.length === 0 ? '' : ` of ${listWords(tier.systems)}`;
  const waves = tier.waves.length > 1 ? `, in ${countWords(tier.waves.length, 'wave')}` : '';
  return `give back ${countWords(targets, 'target')}${of}${waves}${tier.probe ? ', then probe' : ''}`;
}

/** What has to be said before a tier opens: `needs 1 ir-lead, and rebuilt-from-clean-image attested`. */
export function tierGateWords({ gate }: Pick<PlannedTier, 'gate'>): string {
  if (!gate) return 'opens by itself';
  const attested = gate.attest.length === 0 ? '' : `, and ${listWords(gate.attest)} attested`;
  return `needs ${quorumWords(gate.quorum)}${attested}`;
}

/** `store-tills stays normal, call-centre stops`: every service that a stage leaves otherwise, and every protected one. */
export function serviceWords(header: PlanHeader, stage: string): string {
  const words = header.services
    .filter((service) => service.protected || service.touched)
    .map((service) => courseWords(service, header.stages, stage));
  return listWords(words);
}

/** Where a service stands after a stage: the last change of its course up to there. */
function courseWords(service: PlannedService, stages: readonly PlannedStage[], stage: string): string {
  const upTo = stages.slice(0, stages.findIndex(({ name }) => name === stage) + 1).map(({ name }) => name);
  const last = service.course.findLast((step) => upTo.includes(step.stage));
  const until = service.clock
    ? ` for up to ${durationWords(service.clock.endsMs)} (then: ${service.clock.because})`
    : '';
  if (!last) return `${service.name} stays as it is${until}`;
  const share = last.mode === 'down' || last.share >= 1 ? '' : ` at ${percentWords(last.share)} of its sites`;
  return `${service.name} ${modeWords[last.mode]}${share}${until}`;
}

const modeWords: Readonly<Record<Mode, string>> = {
  normal: 'stays normal',
  degraded: 'works on its fallback',
  manual: 'works by hand',
  down: 'stops',
};

/** `plan sha256:9c41…e07b, gate cut-off, waves 1-5`: what a signature at a gate is for. */
export function signedForWords(header: PlanHeader, digest: string, gate: string): readonly string[] {
  const stage = header.stages.find((candidate) => candidate.gate?.id === gate);
  const tier = header.tiers.find((candidate) => candidate.gate?.id === gate);
  const waves = (stage ?? tier)?.waves.length ?? 0;
  const range = waves > 1 ? `waves 1-${waves}` : 'wave 1';
  return [
    'You sign for this and nothing else:',
    `  plan ${shortDigest(digest)}, gate ${gate}, ${range}`,
    ...(stage ? [`  ${stageWords(stage)}`, `  ${serviceWords(header, stage.name)}`] : []),
    ...(tier ? [`  ${tierWords(tier)}`] : []),
    ...(stage ? waivedForWords(header).map((line) => `  ${line}`) : []),
  ];
}

/** `Asked by ada@example.org, 14:02: "VDI beaconing, ticket 881"`. */
export function askedWords(start: Pick<Decision, 'by' | 'reason'>, at: string): string {
  return `Asked by ${start.by}, ${at}: "${start.reason}"`;
}

/** `, denied in 7 m 41 s`, or nothing where a gate has no deadline. */
export function deadlineWords(deadline: string | undefined, now: Date): string {
  if (deadline === undefined) return '';
  const leftMs = Date.parse(deadline) - now.getTime();
  return leftMs > 0 ? `, denied in ${durationWords(leftMs)}` : ', out of time';
}

/** `INC-42 waits for 1 platform, denied in 7 m 41 s. You are bo@example.org (platform).` */
export function waitsWords(
  { status }: IncidentView,
  { gate, signer, now }: { readonly gate: string; readonly signer: Pick<Signer, 'id' | 'roles'>; readonly now: Date },
): string {
  const open = status.gates.find((candidate) => candidate.id === gate && candidate.state === 'open');
  const who = `You are ${signer.id} (${signer.roles.join(', ') || 'no role'}).`;
  if (!open) return `${status.incident} does not wait at ${gate} now; what you sign is kept until it does. ${who}`;
  return `${status.incident} waits for ${missingWords(open)}${deadlineWords(open.deadline, now)}. ${who}`;
}
