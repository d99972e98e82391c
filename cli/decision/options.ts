import type { Command } from 'commander';
import { z } from 'zod';
import { duration } from '../../model/duration.ts';
import { incidentId } from '../../model/names.ts';
import { incidentOrCode } from '../incident/by-code.ts';

/** Options of every command that signs. */
export const signingShape = {
  reason: z.string(),
  as: z.string().optional(),
  signWith: z.string().optional(),
  expires: duration.default('PT30M'),
  dryRun: z.boolean().default(false),
};

/** Options and argument of every command that decides in a running incident. */
export const decidingShape = { ...signingShape, incident: incidentId, print: z.boolean().default(false) };

const deciding = z.strictObject(decidingShape);
export type DecidingInput = z.infer<typeof deciding>;

/** Adds {@link signingShape} to a command. */
export function signingOptions(command: Command): Command {
  return command
    .requiredOption('--reason <words>', 'why, in one line; signed and kept')
    .option('--as <person>', 'who signs; found by the key where not given (also FIREDOOR_AS)')
    .option('--sign-with <file>', 'key to sign with, or the .pub of one the agent holds (also FIREDOOR_SIGN_WITH)')
    .option('--expires <duration>', 'how long the signature counts, PT30M where not given')
    .option('--dry-run', 'show what would be signed; sign and send nothing');
}

/** Adds {@link decidingShape} to a command. */
export function decidingOptions(command: Command): Command {
  return printOption(signingOptions(command.argument('<incident>', 'such as INC-42')));
}

function printOption(command: Command): Command {
  return command.option(
    '--print',
    'print the signed decision instead of sending it, for: temporal workflow update execute --name decide',
  );
}

const atGateShape = { ...decidingShape, incident: incidentOrCode, gate: z.string().optional() };

/** Options and argument of every command that decides at a gate. */
export const atGateInput = z.strictObject(atGateShape);
export type AtGateInput = z.infer<typeof atGateInput>;

/** Adds {@link atGateInput} to a command. */
export function atGateOptions(command: Command, gate: string): Command {
  return placeOptions(command).option('--gate <gate>', gate);
}

/** Adds {@link decidingShape} to a command that also takes the short code of a gate. */
export function placeOptions(command: Command): Command {
  return printOption(
    signingOptions(command.argument('<incident>', 'such as INC-42, or the code of a gate that waits')),
  );
}
