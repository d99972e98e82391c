import { z } from 'zod';
import { sha256 } from '../../documents/digest.ts';
import type { Decision, SignedDecision } from '../../model/decision.ts';
import { readDecision, signedDecision } from '../../model/decision.ts';
import { digest, incidentId, instant, name, personId } from '../../model/names.ts';
import { canonical } from '../../model/canonical.ts';
import { planHeader } from '../../model/plan.ts';
import { quorum } from '../../model/quorum.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { CliFailure, usageFailure } from '../failure.ts';
import type { DecidedFrom, IncidentView } from '../incident/reach.ts';
import { escapeControls } from '../render/escape.ts';

const limitBytes = 16 * 1_048_576;
const line = z.string().max(2_000);
const count = z.number().int().min(0);

const status = z.object({
  incident: incidentId,
  estate: name,
  namespace: z.string().min(1).max(255),
  plan: digest,
  start: digest,
  startedBy: personId,
  startedAt: instant,
  hold: z.object({ since: instant, cause: line, detail: line }).optional(),
  stages: z.array(
    z.object({
      name: line,
      action: line,
      waves: z.array(z.object({ index: count, canary: z.boolean(), state: line, targets: count, verified: count })),
    }),
  ),
  gates: z.array(
    z.object({
      id: line,
      state: z.enum(['open', 'met', 'denied', 'expired']),
      quorum,
      // Nobody is missing where it is met.
      missing: z.record(name, count),
      missingAttestations: z.array(line),
      approvedBy: z.array(personId),
      openedAt: instant.optional(),
      code: line.optional(),
      deadline: instant.optional(),
    }),
  ),
  clocks: z.array(
    z.object({
      kind: z.enum(['tier', 'service', 'waiver']),
      name: line,
      beganAt: instant,
      endsAt: instant,
      because: line,
      warned: z.number(),
    }),
  ),
});

/** What somebody without access to Temporal decides from: `firedoor decision ask` writes it, `decision make` reads it. */
const askFile = z.strictObject({
  schema: z.literal('firedoor/ask/v1'),
  askedAt: instant,
  status,
  header: planHeader,
  /** The signed start, where history still had it. */
  started: signedDecision.optional(),
});

/** An incident as it was when it was asked, verified as far as can be without reaching it. */
export interface Ask {
  readonly askedAt: Date;
  readonly view: IncidentView;
  readonly start: Decision | undefined;
}

/** The text of an ask file: only what is decided from. */
export function renderAsk(view: IncidentView, started: SignedDecision | undefined, askedAt: Date): string {
  const { incident, estate, namespace, plan, start, startedBy, startedAt, hold, stages, gates, clocks } = view.status;
  const shown: DecidedFrom = {
    incident,
    estate,
    namespace,
    plan,
    start,
    startedBy,
    startedAt,
    stages,
    gates,
    clocks,
    ...(hold === undefined ? {} : { hold }),
  };
  const file = { schema: 'firedoor/ask/v1', askedAt: askedAt.toISOString(), status: shown, header: view.plan.header };
  return `${JSON.stringify(started === undefined ? file : { ...file, started })}\n`;
}

/**
 * Reads an ask file. It came by hand, so what can be checked is: the plan's header has the digest that is signed, and the start
 * is the one that later decisions name. Whether both are the incident's, the worker says when the decision comes.
 *
 * @throws CliFailure usage for a file that is none; exit 4 where its parts are not what they say
 */
export async function readAsk(context: Context, path: string): Promise<Ask> {
  const bytes = await context.readFile(path).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw unusable(path, `can't be read: ${why}`);
  });
  if (bytes.length > limitBytes) throw unusable(path, 'is too large');
  const parsed = askFile.safeParse(jsonOf(bytes));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw unusable(path, `is no such file: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }
  const { header, started, askedAt } = parsed.data;
  // What JSON leaves out is absent, and never undefined as zod's types allow.
  const asked = parsed.data.status as DecidedFrom;
  const computed = sha256(canonical(header));
  if (computed !== asked.plan) throw notAsSaid(path, `its plan is ${computed}, and it says ${asked.plan}`);
  if (header.estate.name !== asked.estate) throw notAsSaid(path, 'its plan is of another estate');
  const start = started === undefined ? undefined : startOf(started, asked.start);
  if (started !== undefined && !start) throw notAsSaid(path, 'its start is not the one that decisions name');
  return { askedAt: new Date(askedAt), view: { status: asked, plan: { digest: computed, header } }, start };
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

function startOf({ document }: SignedDecision, named: string): Decision | undefined {
  const read = readDecision(document);
  return sha256(document) === named && read.ok && read.decision.verb === 'start' ? read.decision : undefined;
}

function unusable(path: string, why: string): CliFailure {
  return usageFailure(escapeControls(`${path} ${why}. Have it made: firedoor decision ask INCIDENT -o ${path}`));
}

function notAsSaid(path: string, why: string): CliFailure {
  const message = `${path} is not what it says: ${why}. Nothing was signed. Tell the others: somebody may have changed it.`;
  return new CliFailure(escapeControls(message), { exitCode: exitCodes.notAuthorised });
}
