import type { Decision } from '../../model/decision.ts';
import { proposeAbort } from '../commands/abort.ts';
import { proposeApproval } from '../commands/approve.ts';
import { proposeAttestation } from '../commands/attest.ts';
import { proposeGlass } from '../commands/break-glass.ts';
import { proposeDenial } from '../commands/deny.ts';
import { proposeExtension } from '../commands/extend.ts';
import { proposeHold } from '../commands/hold.ts';
import { proposeRelease } from '../commands/release.ts';
import { proposeResume } from '../commands/resume.ts';
import { proposeReview } from '../commands/review.ts';
import { proposeSkip } from '../commands/skip.ts';
import { usageFailure } from '../failure.ts';
import type { Session } from '../session.ts';
import type { AtGate } from './at-gate.ts';
import type { Proposal } from './decide.ts';

/** Verbs that can be decided from an ask file: all but `start`, which needs a plan made through a worker. */
export const askedVerbs = [
  'break-glass',
  'approve',
  'deny',
  'attest',
  'review',
  'hold',
  'resume',
  'skip',
  'extend',
  'abort',
  'release',
] as const satisfies readonly Decision['verb'][];
export type AskedVerb = (typeof askedVerbs)[number];

/** What the verb alone doesn't say. */
export interface Saying {
  readonly tier?: string | undefined;
  readonly by?: string | undefined;
  readonly confirm?: string | undefined;
}

/** The same proposal as the command of the verb makes. @throws CliFailure usage, where something is lacking or too much */
export async function proposalOf(session: Session, verb: AskedVerb, asked: AtGate & Saying): Promise<Proposal> {
  const { view, named, tier, by, confirm } = asked;
  if ((tier !== undefined || by !== undefined) && verb !== 'extend')
    throw usageFailure(`${verb} takes no --tier and --by.`);
  if (named !== undefined && !['approve', 'deny', 'attest', 'skip'].includes(verb))
    throw usageFailure(`${verb} takes no --gate.`);
  switch (verb) {
    case 'break-glass':
      return await proposeGlass(session, asked, confirm);
    case 'review':
      return proposeReview(session, asked);
    case 'approve':
      return await proposeApproval(session, asked);
    case 'deny':
      return proposeDenial(asked);
    case 'attest':
      return proposeAttestation(asked);
    case 'hold':
      return proposeHold();
    case 'resume':
      return proposeResume(view);
    case 'skip':
      if (named === undefined) throw usageFailure('skip needs --gate: a stage, or restore/<tier>.');
      return proposeSkip(view, named);
    case 'extend':
      if (tier === undefined || by === undefined) throw usageFailure('extend needs --tier and --by.');
      return proposeExtension(session, view, { tier, by });
    case 'abort':
      return proposeAbort(view, confirm);
    case 'release':
      return proposeRelease(view);
  }
}
