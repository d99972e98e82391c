import { z } from 'zod';
import { sha256 } from '../../documents/digest.ts';
import type { Decision, SignedDecision } from '../../model/decision.ts';
import { readDecision, signedDecision } from '../../model/decision.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { deliver, noteLines } from '../decision/decide.ts';
import type { CliFailure } from '../failure.ts';
import { usageFailure } from '../failure.ts';
import { escapeControls } from '../render/escape.ts';

/** `firedoor decision send decision.json`: sends what was signed elsewhere. It needs no key, and no right but to reach Temporal. */
export const decisionSendCommand = defineCommand({
  name: 'decision send',
  summary: 'sends a decision that was signed elsewhere',
  define: (command) => command.argument('<file>', 'what firedoor decision make wrote, or --print printed'),
  input: z.strictObject({ file: z.string() }),
  run: async (session, { file }) => {
    const { signed, decision } = await readSigned(session.context, file);
    const where = decision.gate === undefined ? '' : ` ${decision.gate}`;
    noteLines(session, [`${decision.verb}${where} in ${decision.incident}, by ${decision.by}: "${decision.reason}"`]);
    return await session.withServer(async (server) => {
      if (server.namespace !== decision.namespace) {
        const message = `${file} was signed for namespace ${decision.namespace}, and this is ${server.namespace}. Give --namespace ${decision.namespace}.`;
        throw usageFailure(escapeControls(message));
      }
      return await deliver(session, server, {
        signed,
        made: { decision, document: signed.document, digest: sha256(signed.document) },
      });
    });
  },
});

async function readSigned(
  context: Context,
  path: string,
): Promise<{ readonly signed: SignedDecision; readonly decision: Decision }> {
  const bytes = await context.readFile(path).catch((cause: unknown) => {
    throw unusable(path, `can't be read: ${cause instanceof Error ? cause.message : String(cause)}`);
  });
  const parsed = signedDecision.safeParse(jsonOf(bytes));
  if (!parsed.success) throw unusable(path, 'is no signed decision');
  const read = readDecision(parsed.data.document);
  if (!read.ok) throw unusable(path, `holds no decision as firedoor makes them: ${read.why}`);
  if (read.decision.verb === 'start') throw usageFailure('A start goes with its plan: firedoor start PLAN.');
  return { signed: parsed.data, decision: read.decision };
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

function unusable(path: string, why: string): CliFailure {
  return usageFailure(escapeControls(`${path} ${why}. Have it made: firedoor decision make VERB ASK -o ${path}`));
}
