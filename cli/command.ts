import type { Command } from 'commander';
import type { z } from 'zod';
import type { ExitCode } from './exit-codes.ts';
import { usageFailure } from './failure.ts';
import type { Session } from './session.ts';

/** One command, as the program registers it. Made by {@link defineCommand}. */
export interface CommandDefinition {
  /** `check`, or two words for a command of a group: `audit export`. */
  readonly name: string;
  readonly summary: string;
  /** True where `-o FILE` names a file that the command writes. Elsewhere it is a usage error. */
  readonly writesFile: boolean;
  /** Adds arguments and options of its own. Options of the whole program are in `program.ts`. */
  readonly define: (command: Command) => void;
  /** Runs on what was given: options by their camel-case name, and arguments by theirs. */
  readonly run: (session: Session, given: Readonly<Record<string, unknown>>) => Promise<ExitCode>;
}

/** What {@link defineCommand} takes. */
export interface CommandSource<Input> {
  readonly name: string;
  readonly summary: string;
  readonly writesFile?: boolean;
  readonly define?: (command: Command) => void;
  /** The shape of options and arguments together, by name; what doesn't fit is a usage error. */
  readonly input: z.ZodType<Input>;
  readonly run: (session: Session, input: Input) => Promise<ExitCode>;
}

/**
 * Defines a command: a file in `commands/` calls this once, and `registry.ts` lists the result.
 *
 * @example
 * export const explainCommand = defineCommand({
 *   name: 'explain',
 *   summary: 'says what a numbered message means and what to do',
 *   define: (command) => command.argument('<code>', 'such as FD-201'),
 *   input: z.strictObject({ code: z.string() }),
 *   run: async (session, { code }) => exitCodes.done,
 * });
 */
export function defineCommand<Input>(source: CommandSource<Input>): CommandDefinition {
  return {
    name: source.name,
    summary: source.summary,
    writesFile: source.writesFile ?? false,
    define: source.define ?? (() => undefined),
    run: async (session, given) => await source.run(session, readInput(source.input, given)),
  };
}

function readInput<Input>(schema: z.ZodType<Input>, given: Readonly<Record<string, unknown>>): Input {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw usageFailure(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'));
}
