import { z } from 'zod';
import { duration } from '../../model/duration.ts';
import { defineCommand } from '../command.ts';
import { readAsk } from '../decision/ask.ts';
import { noteLines, signProposal } from '../decision/decide.ts';
import { signingOptions, signingShape } from '../decision/options.ts';
import { askedVerbs, proposalOf } from '../decision/proposal.ts';
import { qrLines } from '../decision/qr.ts';
import { findSigner } from '../decision/signer.ts';
import { exitCodes } from '../exit-codes.ts';
import { timeOptions } from '../incident/clock.ts';
import { timeWords } from '../render/time.ts';
import { writeOutput } from '../write-output.ts';

/** `firedoor decision make approve ask.json --reason "…" -o decision.json`: signs without reaching Temporal. */
export const decisionMakeCommand = defineCommand({
  name: 'decision make',
  summary: 'shows in words what is signed, and signs it, without reaching Temporal',
  writesFile: true,
  define: (command) =>
    signingOptions(
      command.argument('<verb>', askedVerbs.join(', ')).argument('<file>', 'what firedoor decision ask wrote'),
    )
      .option('--gate <gate>', 'where to approve, deny, attest or skip; the one open where not given')
      .option('--tier <tier>', 'for extend: a restore tier')
      .option('--by <duration>', 'for extend: how much later than now it is due, such as PT6H')
      .option('--confirm <incident>', 'for abort and break-glass: the incident again, where there is no terminal')
      .option('--qr', 'show the signed decision as a QR code as well'),
  input: z.strictObject({
    ...signingShape,
    verb: z.enum(askedVerbs),
    file: z.string(),
    gate: z.string().optional(),
    tier: z.string().optional(),
    by: duration.optional(),
    confirm: z.string().optional(),
    qr: z.boolean().default(false),
  }),
  run: async (session, { verb, file, gate, qr, ...input }) => {
    const { context } = session;
    const { view, start, askedAt } = await readAsk(context, file);
    const signer = await findSigner(context, input, view.plan.header.roster);
    const at = { view, signer, named: gate, found: undefined, readStart: async () => await Promise.resolve(start) };
    const proposal = await proposalOf(session, verb, { ...input, ...at });
    const since = `${view.status.incident} as it stood ${timeWords(askedAt, timeOptions(context.env))}.`;
    const outcome = await signProposal(session, {
      view,
      input,
      signer,
      proposal: { ...proposal, words: [since, ...proposal.words] },
    });
    if (typeof outcome === 'number') return outcome;
    const text = JSON.stringify(outcome.signed);
    const path = session.options.file;
    if (path === undefined) context.stdout.write(`${text}\n`);
    else await writeOutput(session, { what: 'decision', path, text: `${text}\n` });
    if (qr) for (const line of qrLines(text, context.stderr)) session.note(line);
    const expires = timeWords(new Date(outcome.made.decision.expires), timeOptions(context.env));
    noteLines(session, [
      `Signed by ${signer.id}; it counts until ${expires}. Whoever reaches Temporal sends it: firedoor decision send ${path ?? 'FILE'}`,
    ]);
    return exitCodes.done;
  },
});
