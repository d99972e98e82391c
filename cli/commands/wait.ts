import { z } from 'zod';
import { durationWords } from '../../model/duration.ts';
import type { IncidentStatus, Phase } from '../../model/incident.ts';
import { phases } from '../../model/incident.ts';
import { incidentId } from '../../model/names.ts';
import { defineCommand } from '../command.ts';
import type { Server } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import { numberedFailure } from '../failure.ts';
import { isOver, lookAgain } from '../incident/follow.ts';
import { length } from '../incident/length.ts';
import { escapeControls } from '../render/escape.ts';
import { missingWords, nextStep, openGates } from '../render/incident-next.ts';
import type { Session } from '../session.ts';

const lookEveryMs = 500;

const input = z.strictObject({
  incident: incidentId,
  for: z
    .string()
    .transform((text) => phases.find((phase) => text === `phase=${phase}`))
    .pipe(z.enum(phases, `expected phase=… of ${phases.join(', ')}`)),
  timeout: length.prefault('30m'),
});

/** `firedoor wait INC-42 --for phase=contained --timeout 30m`: for scripts. */
export const waitCommand = defineCommand({
  name: 'wait',
  summary: 'waits for a phase; exit 5 where it waits for a person at the end',
  define: (command) =>
    command
      .argument('<incident>', 'such as INC-42')
      .requiredOption('--for <condition>', 'phase=contained, phase=closed, …')
      .option('--timeout <length>', 'how long at most, 30m where not given'),
  input,
  run: async (session, { incident, for: phase, timeout }) => {
    const status = await session.withServer(
      async (server) => await waitFor(session, server, { incident, phase, timeoutMs: timeout }),
    );
    const isReached = status.phase === phase;
    session.show({ schema: 'firedoor/wait/v1', incident, phase: status.phase, isReached }, () =>
      words(status, isReached, timeout).map(escapeControls).join('\n'),
    );
    return isReached ? exitCodes.done : failedCode(status);
  },
});

/** The status in which it is there, can't get there any more, or was at the end of the time. */
async function waitFor(
  { context }: Session,
  server: Server,
  { incident, phase, timeoutMs }: { readonly incident: string; readonly phase: Phase; readonly timeoutMs: number },
): Promise<IncidentStatus> {
  const sinceMs = context.now().getTime();
  let last: IncidentStatus | undefined;
  for (let waitedMs = 0; ; waitedMs = Math.max(waitedMs + lookEveryMs, context.now().getTime() - sinceMs)) {
    last = (await lookAgain(server, incident)) ?? last;
    if (last && (last.phase === phase || isOver(last))) return last;
    if (waitedMs >= timeoutMs) break;
    await context.sleep(lookEveryMs);
  }
  if (last) return last;
  throw numberedFailure('FD-502', `${incident} could not be seen for ${durationWords(timeoutMs)}.`);
}

function failedCode(status: IncidentStatus): ExitCode {
  return openGates(status).length > 0 || status.phase === 'holding' ? exitCodes.waiting : exitCodes.error;
}

function words(status: IncidentStatus, isReached: boolean, timeoutMs: number): readonly string[] {
  const next = `Next: ${nextStep(status)}`;
  if (isReached) return [`${status.incident} is ${status.phase}.`, next];
  if (isOver(status)) return [`${status.incident} is ${status.phase}, and goes no further.`, next];
  const gates = openGates(status).map((gate) => `gate ${gate.id} waits for ${missingWords(gate)}`);
  const why = status.hold === undefined ? gates.join('; ') : `it holds: ${status.hold.detail}`;
  return [
    `${status.incident} is ${status.phase} after ${durationWords(timeoutMs)}${why === '' ? '' : `; ${why}`}.`,
    next,
  ];
}
