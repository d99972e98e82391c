import { mkdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { AuditExport } from '../../audit/document.ts';
import { incidentId } from '../../model/names.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { usageFailure } from '../failure.ts';
import { reaching } from '../incident/reach.ts';
import { escapeControls } from '../render/escape.ts';
import { countWords, numberWords } from '../render/words.ts';
import type { Session } from '../session.ts';

/** A history is some megabytes; a run is fetched in pages. */
const fetchedWithinMs = 120_000;

/** `firedoor audit export INC-42 -o INC-42.json`: everything an auditor replays, in one file. */
export const auditExportCommand = defineCommand({
  name: 'audit export',
  summary: 'writes the histories, plan and decisions of an incident to one file',
  writesFile: true,
  define: (command) => command.argument('<incident>', 'such as INC-42'),
  input: z.strictObject({ incident: incidentId }),
  run: async (session, { incident }) => {
    const { file } = session.options;
    if (file === undefined) throw usageFailure(`Say where to write it: -o ${incident}.json, or -o FOLDER.`);
    const { exportIncident } = await import('../../audit/export.ts');
    const document = await session.withServer(
      async (server) =>
        await reaching(
          server,
          { incident, withinMs: fetchedWithinMs },
          async () =>
            await exportIncident({
              client: server.client,
              codec: server.codec,
              namespace: server.namespace,
              incident,
              now: session.context.now(),
            }),
        ),
    );
    const path = await placeFor(session, file, incident);
    await session.context.writeFile(path, `${JSON.stringify(document)}\n`);
    show(session, document, path);
    return exitCodes.done;
  },
});

/** A name that ends in `.json` is the file; anything else is a folder for it. */
async function placeFor({ context }: Session, given: string, incident: string): Promise<string> {
  const path = resolve(context.cwd, given);
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => !given.endsWith('.json'),
  );
  if (!isFolder) return path;
  await mkdir(path, { recursive: true });
  return join(path, `${incident}.json`);
}

function show(session: Session, document: AuditExport, path: string): void {
  const { incident, plan, decisions } = document;
  const runs = document.runs.map(({ workflowId, runId, workflowType, events, sha256 }) => ({
    workflowId,
    runId,
    workflowType,
    events,
    sha256,
  }));
  const events = runs.reduce((sum, run) => sum + run.events, 0);
  const summary = { incident, file: path, runs, events, decisions: decisions.content.length, hasPlan: plan !== null };
  session.show({ schema: 'firedoor/audit-export-summary/v1', ...summary }, () =>
    [
      `${incident}: ${countWords(runs.length, 'run')}, ${countWords(events, 'event')}, ${numberWords(decisions.content.length)} signed decisions, in ${path}`,
      ...(plan === null ? ['  No worker answered: plan and status are in the histories alone.'] : []),
      `Next: firedoor audit replay ${path}`,
    ]
      .map(escapeControls)
      .join('\n'),
  );
}
