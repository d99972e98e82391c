import { ApplicationFailure } from '@temporalio/common';
import { breakGlassGate, openingVerb } from '../../model/break-glass.ts';
import { canonical } from '../../model/canonical.ts';
import type { Decision } from '../../model/decision.ts';
import { failureTypes } from '../../model/failure-type.ts';
import type { JudgementContext } from '../../model/judgement.ts';
import { gateIsMet, gateOf, mayDecide, verbIsMet } from '../../model/judgement.ts';
import type { Chunk, GateDefinition, PlannedStage, PlannedTier } from '../../model/plan.ts';
import type { AcceptedDecision, ApplyInput, Capture, StepInput, UndoInput, Warrant } from '../../model/step.ts';
import type { Verdict, Verifier } from '../../model/verification.ts';
import { verifyDecision } from '../../model/verification.ts';
import { isOurCapture, isSealed, sha256 } from './seal.ts';
import { checkSignature, documentDigest } from './signature.ts';

/** What a warrant is checked with: the worker's own secret and namespace, never anything from the caller. */
export interface WarrantKeeper {
  readonly workerKey: Uint8Array;
  readonly namespace: string;
  readonly now: () => Date;
}

function refuse(why: string): never {
  throw ApplicationFailure.create({
    type: failureTypes.notWarranted,
    nonRetryable: true,
    message: `not warranted: ${why}; nothing was called`,
  });
}

interface Voice {
  readonly decision: Decision;
  readonly document: string;
}

const verifier: Verifier = { verifySignature: checkSignature, instantMs: Date.parse };

function whyNot({ decision, reason, detail }: Extract<Verdict, { ok: false }>): string {
  if (!decision) return `a decision in it cannot be read: ${detail ?? reason}`;
  const why = reason === 'bad-signature' ? 'the signature does not verify' : reason;
  return `${decision.verb} by ${decision.by}: ${why}`;
}

/** Reads one accepted decision, checks its signature and what it was signed for. */
async function hear(accepted: AcceptedDecision, warrant: Warrant, start: string | undefined): Promise<Voice> {
  const context: JudgementContext = {
    estate: warrant.header.estate.name,
    namespace: warrant.namespace,
    incident: warrant.incident,
    plan: sha256(canonical(warrant.header)),
    ...(start === undefined ? {} : { start }),
    roster: warrant.header.roster,
    nowMs: Date.parse(accepted.acceptedAt),
  };
  const verified = await verifyDecision(accepted.signed, context, verifier);
  if (!verified.ok) return refuse(whyNot(verified));
  const { decision } = verified;
  return { decision, document: accepted.signed.document };
}

interface Heard {
  readonly starter: string;
  readonly voices: readonly Voice[];
}

/** Checks seal, start and every decision; the plan is ours and these people said these things. */
async function hearAll(warrant: Warrant, keeper: WarrantKeeper): Promise<Heard> {
  const plan = sha256(canonical(warrant.header));
  if (warrant.namespace !== keeper.namespace) refuse('it is for another namespace');
  if (!isSealed(keeper.workerKey, { namespace: keeper.namespace, plan, seal: warrant.seal })) {
    refuse('no worker of ours made this plan');
  }
  const latestMs = keeper.now().getTime() + 60_000;
  if ([warrant.start, ...warrant.decisions].some((one) => !(Date.parse(one.acceptedAt) <= latestMs))) {
    refuse('a decision in it was accepted in the future');
  }
  const started = await hear(warrant.start, warrant, undefined);
  const starter = started.decision.by;
  if (started.decision.verb !== 'start') refuse('its start is not a start');
  if (!verbIsMet('start', [starter], warrant.header.roster)) refuse(`${starter} may not start an incident`);
  const start = documentDigest(started.document);
  const voices = await Promise.all(warrant.decisions.map(async (accepted) => await hear(accepted, warrant, start)));
  return { starter, voices };
}

function requireGate(gate: GateDefinition | undefined, heard: Heard, warrant: Warrant): void {
  if (!gate) return;
  const { roster } = warrant.header;
  const spoken = heard.voices.flatMap(({ decision }) => {
    const found = gateOf([gate], decision);
    return found && mayDecide(decision, roster, { gate }) ? [{ decision, attests: found.attests }] : [];
  });
  const opens = openingVerb(gate.id);
  const approvals = spoken.filter(({ decision }) => decision.verb === opens).map(({ decision }) => decision.by);
  const attested = spoken.flatMap(({ attests }) => (attests === undefined ? [] : [attests]));
  if (!gateIsMet(gate, { approvals, attested }, { roster, starter: heard.starter }))
    refuse(`gate ${gate.id} is not met`);
}

function requireChunk(planned: readonly { readonly chunk: string }[], chunk: Chunk): void {
  const given = sha256(canonical(chunk));
  if (!planned.some((wave) => wave.chunk === given)) refuse('its targets are not those of the signed plan');
}

function requireCaptures(captures: readonly Capture[], warrant: Warrant, keeper: WarrantKeeper): void {
  const plan = sha256(canonical(warrant.header));
  for (const capture of captures) {
    if (capture.incident !== warrant.incident || capture.plan !== plan)
      refuse(`a capture of ${capture.target} is of another plan`);
    if (!isOurCapture(keeper.workerKey, keeper.namespace, capture))
      refuse(`no worker of ours captured ${capture.target}`);
  }
}

function requireOfThisStep({ captures, chunk, account }: ApplyInput): void {
  for (const capture of captures) {
    if (capture.stage !== chunk.stage || capture.action !== chunk.action || capture.account !== account) {
      refuse(`a capture of ${capture.target} is of another step`);
    }
  }
}

function stageOf(warrant: Warrant, input: StepInput): PlannedStage {
  const stage = warrant.header.stages.find((candidate) => candidate.name === input.chunk.stage);
  if (!stage || stage.action !== input.chunk.action)
    return refuse(`the plan has no stage ${input.chunk.stage} that does this`);
  return stage;
}

/**
 * Checks the right to contain: the plan is sealed, the stage's gate is met, and the targets are those signed for; where the
 * plan waives floors, two people have broken glass for it, whatever the stage does. Every mutating activity calls it before
 * its first AWS call.
 *
 * @throws ApplicationFailure `NotWarranted`, which nothing retries
 */
export async function requireWarrantToContain(input: StepInput | ApplyInput, keeper: WarrantKeeper): Promise<void> {
  const stage = stageOf(input.warrant, input);
  requireChunk(stage.waves, input.chunk);
  const signed = new Set(input.chunk.targets.filter((one) => one.account === input.account).map((one) => one.id));
  if (input.targets.some((target) => !signed.has(target))) refuse('a target is not in the signed plan');
  if ('captures' in input) {
    requireCaptures(input.captures, input.warrant, keeper);
    requireOfThisStep(input);
  }
  const heard = await hearAll(input.warrant, keeper);
  requireGate(breakGlassGate(input.warrant.header), heard, input.warrant);
  requireGate(stage.gate, heard, input.warrant);
}

function tierOf(warrant: Warrant, input: UndoInput): PlannedTier {
  const tier = warrant.header.tiers.find((candidate) => candidate.name === input.chunk.tier);
  return tier ?? refuse(`the plan has no tier ${input.chunk.tier}`);
}

/**
 * Checks the right to give back: a signed release, the tier's gate, targets of the signed tier, and captures of our own.
 *
 * @throws ApplicationFailure `NotWarranted`, which nothing retries
 */
export async function requireWarrantToRelease(input: UndoInput, keeper: WarrantKeeper): Promise<void> {
  const tier = tierOf(input.warrant, input);
  requireChunk(tier.waves, input.chunk);
  const signed = new Set(input.chunk.targets);
  for (const capture of input.captures) {
    if (!signed.has(capture.target) || capture.action !== input.action || capture.account !== input.account) {
      refuse(`${capture.target} is not to be given back here`);
    }
  }
  requireCaptures([...input.captures, ...input.others], input.warrant, keeper);
  const heard = await hearAll(input.warrant, keeper);
  const releasedBy = heard.voices
    .filter(({ decision }) => decision.verb === 'release')
    .map(({ decision }) => decision.by);
  if (!verbIsMet('release', releasedBy, input.warrant.header.roster)) refuse('nobody entitled signed a release');
  requireGate(tier.gate, heard, input.warrant);
}
