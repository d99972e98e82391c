import { Command, CommanderError } from 'commander';
import type { CommandDefinition } from './command.ts';
import type { Context } from './context.ts';
import type { ExitCode } from './exit-codes.ts';
import { exitCodes } from './exit-codes.ts';
import { CliFailure, failureExitCode, failureLine, usageFailure } from './failure.ts';
import { commands } from './registry.ts';
import type { GlobalOptions, Session } from './session.ts';
import { createSession, readGlobalOptions } from './session.ts';

/** The program and what it came to. */
export interface Program {
  readonly command: Command;
  /** Parses and runs; gives the exit code and never rejects. */
  readonly run: (argv: readonly string[]) => Promise<ExitCode>;
}

/** Builds the whole command line over a context. Nothing runs and nothing is read until `run`. */
export function buildProgram(context: Context, definitions: readonly CommandDefinition[] = commands): Program {
  const root = topCommand(context);
  let exitCode: ExitCode = exitCodes.done;
  for (const definition of definitions) {
    const command = subcommand(root, definition);
    definition.define(command);
    command.action(async () => {
      exitCode = await runCommand(context, definition, command);
    });
  }
  return {
    command: root,
    run: async (argv) => {
      try {
        await root.parseAsync([...argv], { from: 'user' });
        return exitCode;
      } catch (error) {
        return reportFailure(context, error, argv);
      }
    },
  };
}

function topCommand(context: Context): Command {
  return new Command('firedoor')
    .description('Incident-response containment that keeps the business trading.')
    .option('-o, --output <value>', 'text, json, jsonl or none; anything else is the file to write')
    .option('--json', 'one JSON document')
    .option('--jsonl', 'one JSON document a line')
    .option('--plain', 'one line an event, no redraw')
    .option('--no-color', 'no colour (also NO_COLOR)')
    .option('--profile <name>', 'profile in temporal.toml')
    .option('--address <host:port>', 'Temporal Service (also TEMPORAL_ADDRESS)')
    .option('--namespace <name>', 'Temporal namespace (also TEMPORAL_NAMESPACE)')
    .option('--config-file <file>', 'temporal.toml to read (also TEMPORAL_CONFIG_FILE)')
    .option('--payload-keys <file>', 'keys payloads are encrypted with (also FIREDOOR_PAYLOAD_KEYS)')
    .option('--debug', 'show the stack of a failure')
    .option('-y, --yes', 'answer yes to moderate questions; never names a target for you')
    .option('--no-input', 'never ask; fail and name the flag instead')
    .helpCommand(false)
    .exitOverride()
    .showHelpAfterError('See firedoor --help.')
    .configureOutput({ writeOut: context.stdout.write, writeErr: context.stderr.write, ...helpWidth(context) });
}

function helpWidth(context: Context): { getOutHelpWidth: () => number; getErrHelpWidth: () => number } {
  return {
    getOutHelpWidth: () => context.stdout.columns ?? 80,
    getErrHelpWidth: () => context.stderr.columns ?? 80,
  };
}

/** Commands inherit `exitOverride` and the output from the one they are made by, so groups are made the same way. */
function subcommand(root: Command, definition: CommandDefinition): Command {
  const [first, second] = definition.name.split(' ');
  if (second === undefined) return root.command(first ?? '').description(definition.summary);
  const group = root.commands.find((candidate) => candidate.name() === first) ?? groupOf(root, first ?? '');
  const made = group.command(second).description(definition.summary);
  return made;
}

const groupSummaries: Readonly<Record<string, string>> = {
  codec: 'how the Temporal UI and CLI read encrypted payloads',
  decision: 'decides without access to Temporal: decision ask, decision make, decision send',
  audit: 'exports what happened, and replays it: audit export, audit replay',
};

function groupOf(root: Command, name: string): Command {
  return root
    .command(name)
    .description(groupSummaries[name] ?? '')
    .helpCommand(false);
}

async function runCommand(context: Context, definition: CommandDefinition, command: Command): Promise<ExitCode> {
  const options = readGlobalOptions(command.optsWithGlobals());
  refuseStrayFile(definition, options);
  return await definition.run(createSession(context, options, helpOf(command)), givenTo(command));
}

function helpOf(command: Command): Session['help'] {
  let root = command;
  while (root.parent) root = root.parent;
  return (words) =>
    words
      .reduce<Command | undefined>((at, word) => at?.commands.find((candidate) => candidate.name() === word), root)
      ?.helpInformation();
}

function refuseStrayFile(definition: CommandDefinition, options: GlobalOptions): void {
  if (options.file === undefined || definition.writesFile) return;
  throw usageFailure(
    `firedoor ${definition.name} writes no file: -o takes text, json, jsonl or none, found "${options.file}".`,
  );
}

/** Options and arguments by name; what was not given is absent, so that schemas' defaults apply. */
function givenTo(command: Command): Readonly<Record<string, unknown>> {
  const named = command.registeredArguments.map((argument, index) => [argument.name(), command.processedArgs[index]]);
  const all = { ...command.opts(), ...Object.fromEntries(named) } as Record<string, unknown>;
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function reportFailure(context: Context, error: unknown, argv: readonly string[]): ExitCode {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.done;
    // What is wrong stands on stderr already, written by commander.
    if (wantsJson(argv)) context.stdout.write(`${JSON.stringify(failureDocument(usageOf(error)))}\n`);
    return exitCodes.usage;
  }
  context.stderr.write(`${failureLine(error)}\n`);
  if (wantsJson(argv)) context.stdout.write(`${JSON.stringify(failureDocument(error))}\n`);
  if (argv.includes('--debug') && error instanceof Error) context.stderr.write(`${error.stack ?? ''}\n`);
  return failureExitCode(error);
}

function usageOf(error: CommanderError): CliFailure {
  return usageFailure(
    error.code === 'commander.help' ? 'No command was given.' : error.message.replace(/^error: /, ''),
  );
}

/** Read from the words themselves: the failure may be that the options could not be read. */
function wantsJson(argv: readonly string[]): boolean {
  const format = argv[argv.findIndex((word) => word === '-o' || word === '--output') + 1];
  return argv.includes('--json') || argv.includes('--jsonl') || format === 'json' || format === 'jsonl';
}

function failureDocument(error: unknown): object {
  const code = error instanceof CliFailure ? error.code : undefined;
  return { schema: 'firedoor/failure/v1', code, message: failureLine(error), exitCode: failureExitCode(error) };
}
