import { resolve } from 'node:path';
import { z } from 'zod';
import type { ReplayedRun } from '../../audit/replay.ts';
import { readAuditFile } from '../audit-file.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { readPayloadKeys } from '../payload-keys.ts';
import { escapeControls } from '../render/escape.ts';
import { countWords } from '../render/words.ts';

/** `firedoor audit replay INC-42.json`: replays an export offline, with the code that ran it. */
export const auditReplayCommand = defineCommand({
  name: 'audit replay',
  summary: 'replays an export offline; exit 1 where the code goes another way than history',
  define: (command) =>
    command
      .argument('<file>', 'what firedoor audit export wrote')
      .option('--bundle <file>', 'workflow bundle to replay with; this version where not given'),
  input: z.strictObject({ file: z.string(), bundle: z.string().optional() }),
  run: async (session, { file, bundle }) => {
    const document = await readAuditFile(session, file);
    const { givenBundle, keptBundle } = await import('../../worker/bundle.ts');
    const used = bundle === undefined ? await keptBundle() : await givenBundle(resolve(session.context.cwd, bundle));
    const { replayExport } = await import('../../audit/replay.ts');
    const keyring = await readPayloadKeys(session.options.server, session.context.env);
    const runs = await replayExport(document, { codePath: used.codePath, keyring });
    const diverged = runs.filter((run) => run.divergence !== undefined);
    const events = runs.reduce((sum, run) => sum + run.events, 0);
    const { incident } = document;
    session.show({ schema: 'firedoor/audit-replay/v1', incident, bundle: used.sha256, events, runs }, () =>
      [
        `${incident}: ${countWords(runs.length, 'run')}, ${countWords(events, 'event')}, bundle ${used.sha256.slice(0, 12)}`,
        ...diverged.map(divergenceLine),
        diverged.length === 0 ? 'Replayed without divergence.' : `${countWords(diverged.length, 'run')} diverged.`,
      ]
        .map(escapeControls)
        .join('\n'),
    );
    return diverged.length === 0 ? exitCodes.done : exitCodes.error;
  },
});

function divergenceLine({ workflowId, divergence }: ReplayedRun): string {
  const at = divergence?.eventId === undefined ? '' : `, event ${divergence.eventId}`;
  return `  ${workflowId}${at}: ${divergence?.detail ?? ''}`;
}
