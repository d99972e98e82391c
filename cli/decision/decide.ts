import type { SignedDecision } from '../../model/decision.ts';
import { durationMs } from '../../model/duration.ts';
import type { DecisionRecord, IncidentStatus } from '../../model/incident.ts';
import type { Verb } from '../../model/verbs.ts';
import type { Server } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import type { IncidentView } from '../incident/reach.ts';
import { readStatus, readView } from '../incident/reach.ts';
import { confirm, confirmIncident } from '../prompt.ts';
import { escapeControls } from '../render/escape.ts';
import { hang } from '../render/hang.ts';
import { nextStep } from '../render/incident-next.ts';
import type { Session } from '../session.ts';
import type { DecisionFacts, MadeDecision } from './make.ts';
import { makeDecision } from './make.ts';
import type { DecidingInput } from './options.ts';
import { denied, sendDecision } from './send.ts';
import { signDocument } from './sign.ts';
import type { Signer } from './signer.ts';
import { findSigner } from './signer.ts';

/** What is to be decided, and how it is put to who signs. */
export interface Proposal {
  readonly verb: Verb;
  readonly gate?: string;
  /** What it means, line by line; shown before anything is signed. */
  readonly words: readonly string[];
  /** Nothing for what must be fast; y/N for moderate; the incident's id typed for severe. */
  readonly ask: 'nothing' | 'yes' | 'incident';
  /** `--confirm`, for severe. */
  readonly confirmed?: string | undefined;
}

/** What a command makes of an incident: the view, and who signs. */
export type Propose = (view: IncidentView, signer: Signer, server: Server) => Proposal | Promise<Proposal>;

/**
 * The way of every decision in a running incident: read and verify the plan, find who signs, show what is signed, ask,
 * sign, send, and say what became of it.
 *
 * @throws CliFailure FD-301, exit 4, where the incident denies it
 */
export async function decide(session: Session, input: DecidingInput, propose: Propose): Promise<ExitCode> {
  return await session.withServer(async (server) => {
    const view = await readView(server, input.incident);
    const signer = await findSigner(session.context, input, view.plan.header.roster);
    const proposal = await propose(view, signer, server);
    const outcome = await signProposal(session, { view, input, proposal, signer });
    if (typeof outcome === 'number') return outcome;
    if (!input.print) return await deliver(session, server, outcome);
    session.context.stdout.write(`${JSON.stringify(outcome.signed)}\n`);
    return exitCodes.done;
  });
}

/** What is put to somebody, and how they sign. The view's namespace is the one decided in. */
export interface Put {
  readonly view: IncidentView;
  readonly input: Pick<DecidingInput, 'reason' | 'expires' | 'dryRun'>;
  readonly proposal: Proposal;
  readonly signer: Signer;
}

/** A decision and its signature. */
export interface SignedOutcome {
  readonly made: MadeDecision;
  readonly signed: SignedDecision;
}

/** Says in words what is signed, asks, and signs; or the exit code where nothing is signed, on `--dry-run` or a no. */
export async function signProposal(session: Session, put: Put): Promise<SignedOutcome | ExitCode> {
  const { view, input, proposal, signer } = put;
  const made = makeDecision(session.context, factsOf(put), durationMs(input.expires));
  noteLines(session, proposal.words);
  if (input.dryRun) return showDryRun(session, made);
  if (!(await isConfirmed(session, { proposal, signer, incident: view.status.incident }))) {
    session.note('Nothing was signed, and nothing sent.');
    return exitCodes.error;
  }
  return { made, signed: await signDocument(session.context, signer.key, made.document) };
}

function factsOf({ view: { status, plan }, input, proposal, signer }: Put): DecisionFacts {
  return {
    estate: plan.header.estate.name,
    namespace: status.namespace,
    incident: status.incident,
    start: status.start,
    plan: plan.digest,
    ...(proposal.gate === undefined ? {} : { gate: proposal.gate }),
    verb: proposal.verb,
    by: signer.id,
    reason: input.reason,
  };
}

/** Sends what was signed, and says what became of it. @throws CliFailure FD-301, exit 4, where the incident denies it */
export async function deliver(session: Session, server: Server, { made, signed }: SignedOutcome): Promise<ExitCode> {
  const { incident } = made.decision;
  const record = await sendDecision(server, incident, signed);
  if (record.verdict === 'denied') throw denied(incident, record);
  showAccepted(session, { made, record, status: await readStatus(server, incident) });
  return exitCodes.done;
}

/** Says lines to people, on stderr: escaped, and broken to the width of the terminal. */
export function noteLines(session: Session, lines: readonly string[]): void {
  const width = session.context.stderr.columns ?? 80;
  for (const line of lines) for (const part of hang(escapeControls(line), width)) session.note(part);
}

/** Shows what would be signed, whole. */
export function showDryRun(session: Session, { decision, digest }: MadeDecision): ExitCode {
  session.show({ schema: 'firedoor/decision-draft/v1', digest, decision }, () =>
    [
      ...JSON.stringify(decision, null, 2).split('\n').map(escapeControls),
      'Nothing was signed, and nothing sent.',
    ].join('\n'),
  );
  return exitCodes.done;
}

async function isConfirmed(
  session: Session,
  { proposal, signer, incident }: { proposal: Proposal; signer: Signer; incident: string },
): Promise<boolean> {
  switch (proposal.ask) {
    case 'nothing':
      return true;
    case 'yes':
      return await confirm(session, escapeControls(`Sign as ${signer.id} with ${keyWords(signer)}?`));
    case 'incident': {
      const what = escapeControls(`You sign as ${signer.id} with ${keyWords(signer)}.`);
      return await confirmIncident(session, { what, incident, confirmed: proposal.confirmed });
    }
  }
}

/** `id_ed25519 (SHA256:Zk3…)`: the file's name, and enough of the fingerprint to compare. */
export function keyWords({ key }: Pick<Signer, 'key'>): string {
  const name = key.file.split('/').at(-1) ?? key.file;
  return `${name} (${key.fingerprint.slice(0, 15)}…)`;
}

const doneWords: Readonly<Record<Verb, string>> = {
  start: 'Started',
  'break-glass': 'Signed for',
  approve: 'Approved',
  deny: 'Denied',
  attest: 'Attested',
  review: 'Signed for',
  hold: 'Hold accepted',
  resume: 'Resume accepted',
  skip: 'Skip accepted',
  extend: 'Extension accepted',
  abort: 'Abort accepted',
  release: 'Release accepted',
};

function showAccepted(
  session: Session,
  { made, record, status }: { made: MadeDecision; record: DecisionRecord; status: IncidentStatus },
): void {
  const { incident, phase } = status;
  const document = {
    schema: 'firedoor/decision/v1' as const,
    incident,
    digest: made.digest,
    decision: made.decision,
    record,
    phase,
  };
  session.show(document, () => {
    const subject = made.decision.gate === undefined ? '' : ` ${made.decision.gate}`;
    const head = `${doneWords[made.decision.verb]}${subject} by ${made.decision.by}. ${incident} is ${phase}.`;
    return [head, `Next: ${nextStep(status)}`].map(escapeControls).join('\n');
  });
}
