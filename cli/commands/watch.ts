import { z } from 'zod';
import { incidentId } from '../../model/names.ts';
import { defineCommand } from '../command.ts';
import type { Server } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import { endCode, isOver, lookAgain } from '../incident/follow.ts';
import { readStatus } from '../incident/reach.ts';
import type { Session } from '../session.ts';

const lookEveryMs = 1_000;

/** `firedoor watch INC-42`: follows an incident until it is over. Ctrl-C detaches; the incident runs on. */
export const watchCommand = defineCommand({
  name: 'watch',
  summary: 'follows an incident live; Ctrl-C detaches',
  define: (command) => command.argument('<incident>', 'such as INC-42'),
  input: z.strictObject({ incident: incidentId }),
  run: async (session, { incident }) =>
    await session.withServer(async (server) => await watch(session, server, incident)),
});

async function watch(session: Session, server: Server, incident: string): Promise<ExitCode> {
  const first = await readStatus(server, incident);
  const { watchView } = await import('../render/watch.ts');
  const view = watchView(session);
  const { interrupted, stop } = interruption(session);
  try {
    let last = first;
    view.show(last);
    while (!isOver(last)) {
      if (await Promise.race([interrupted, session.context.sleep(lookEveryMs)])) return detach(session, incident);
      // An interrupt ends a look that hangs, too.
      const seen = await Promise.race([interrupted, lookAgain(server, incident)]);
      if (seen === true) return detach(session, incident);
      if (seen) view.show((last = seen));
      else view.miss(last);
    }
    view.end(last);
    return endCode(last);
  } finally {
    view.close();
    stop();
  }
}

function detach(session: Session, incident: string): ExitCode {
  session.note(`Detached. ${incident} keeps running. Back: firedoor watch ${incident}`);
  return exitCodes.interrupted;
}

function interruption({ context }: Session): { readonly interrupted: Promise<true>; readonly stop: () => void } {
  let stop = (): void => undefined;
  const interrupted = new Promise<true>((resolve) => {
    stop = context.onInterrupt(() => resolve(true));
  });
  return { interrupted, stop: () => stop() };
}
