import { z } from 'zod';
import { breakGlassGateId } from '../../model/break-glass.ts';
import { defineCommand } from '../command.ts';
import type { AtGate } from '../decision/at-gate.ts';
import { decideAtGate } from '../decision/at-gate.ts';
import type { Proposal } from '../decision/decide.ts';
import { decidingShape, placeOptions } from '../decision/options.ts';
import { incidentOrCode } from '../incident/by-code.ts';
import { timeOptions } from '../incident/clock.ts';
import { chooseGate } from '../incident/gates.ts';
import { askedWords, waitsWords } from '../render/gate.ts';
import { glassWords } from '../render/glass.ts';
import { timeWords } from '../render/time.ts';
import type { Session } from '../session.ts';

/** `firedoor break-glass INC-42`: signs that floors may be broken, after showing in words which, how far and until when. */
export const breakGlassCommand = defineCommand({
  name: 'break-glass',
  summary: 'signs that floors of services are waived for a time, before anything is done',
  define: (command) =>
    placeOptions(command).option('--confirm <incident>', 'the incident again, where there is no terminal'),
  input: z.strictObject({ ...decidingShape, incident: incidentOrCode, confirm: z.string().optional() }),
  run: async (session, { confirm, ...input }) =>
    await decideAtGate(
      session,
      { ...input, gate: breakGlassGateId },
      async (at) => await proposeGlass(session, at, confirm),
    ),
});

/** What breaking glass is put to its signer as: the floors given up, what is then done, who asked. It is severe. */
export async function proposeGlass(
  { context }: Session,
  { view, signer, readStart, found }: AtGate,
  confirmed: string | undefined,
): Promise<Proposal> {
  const gate = chooseGate(view, { named: breakGlassGateId, found, verb: 'break-glass' });
  const start = await readStart();
  const zone = timeOptions(context.env);
  const startedAt = new Date(view.status.startedAt);
  const at = timeWords(startedAt, zone);
  return {
    verb: 'break-glass',
    gate,
    words: [
      waitsWords(view, { gate, signer, now: context.now() }),
      '',
      ...glassWords(view.plan, startedAt, zone),
      start ? askedWords(start, at) : `Asked by ${view.status.startedBy}, ${at}`,
    ],
    ask: 'incident',
    confirmed,
  };
}
