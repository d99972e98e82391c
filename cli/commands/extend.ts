import { z } from 'zod';
import { duration, durationMs, durationWords } from '../../model/duration.ts';
import { extensionGate } from '../../model/extension.ts';
import { defineCommand } from '../command.ts';
import type { Proposal } from '../decision/decide.ts';
import { decide } from '../decision/decide.ts';
import { decidingOptions, decidingShape } from '../decision/options.ts';
import { usageFailure } from '../failure.ts';
import { timeOptions } from '../incident/clock.ts';
import type { IncidentView } from '../incident/reach.ts';
import type { Session } from '../session.ts';
import { escapeControls } from '../render/escape.ts';
import { laterWords, offsetWords } from '../render/time.ts';
import { listWords } from '../render/words.ts';

/** `firedoor extend INC-42 --tier people --by PT6H`: more time until a tier is due back. */
export const extendCommand = defineCommand({
  name: 'extend',
  summary: 'gives a tier more time until it is due back',
  define: (command) =>
    decidingOptions(command)
      .requiredOption('--tier <tier>', 'a restore tier')
      .requiredOption('--by <duration>', 'how much later than now it is due, such as PT6H'),
  input: z.strictObject({ ...decidingShape, tier: z.string(), by: duration }),
  run: async (session, { tier, by, ...input }) =>
    await decide(session, input, (view) => proposeExtension(session, view, { tier, by })),
});

/** What an extension is put to its signer as: when the tier is then due. @throws CliFailure usage, with the tiers there are */
export function proposeExtension(
  session: Session,
  view: IncidentView,
  { tier, by }: { readonly tier: string; readonly by: string },
): Proposal {
  const startedAt = new Date(view.status.startedAt);
  const releaseByMs = dueOf(view, tier) - startedAt.getTime() + durationMs(by);
  const zone = timeOptions(session.context.env);
  const due = `${laterWords(startedAt, releaseByMs, zone)} ${offsetWords(startedAt, zone)}`;
  return {
    verb: 'extend',
    gate: extensionGate({ tier, releaseByMs }),
    words: [
      `${view.status.incident}: tier ${tier} is due back ${durationWords(durationMs(by))} later, ${due}.`,
      'Where a protected service would fall below its floor by then, two people of role break-glass must sign.',
    ],
    ask: 'yes',
  };
}

/** When a tier is due back now. */
function dueOf({ plan, status }: IncidentView, tier: string): number {
  const names = plan.header.tiers.map(({ name }) => name);
  const planned = plan.header.tiers.find(({ name }) => name === tier);
  if (!planned) {
    throw usageFailure(escapeControls(`${status.incident} has no tier ${tier}. It has: ${listWords(names)}.`));
  }
  const clock = status.clocks.find(({ kind, name }) => kind === 'tier' && name === tier);
  return clock ? Date.parse(clock.endsAt) : Date.parse(status.startedAt) + planned.releaseByMs;
}
