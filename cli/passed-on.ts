import { CliFailure } from './failure.ts';
import type { ExitCode } from './exit-codes.ts';
import { exitCodeMeanings, exitCodes } from './exit-codes.ts';
import type { GlobalOptions } from './session.ts';

/** Arguments for a command that reads its own: what was given to it, and the program's options that matter to it. */
export function passedOn(given: readonly string[], options: GlobalOptions): readonly string[] {
  return [
    ...given,
    ...(options.plain ? ['--plain'] : []),
    ...(options.color ? [] : ['--no-color']),
    ...(options.format === 'json' ? ['--json'] : []),
    ...(options.format === 'jsonl' ? ['--jsonl'] : []),
  ];
}

/** Runs an entry of the emulated estate, which is loaded only here, and gives its exit code. */
export async function runEntry(entry: string, name: string, argv: readonly string[]): Promise<ExitCode> {
  const loaded = (await import(entry)) as Readonly<Record<string, unknown>>;
  const run = loaded[name];
  if (typeof run !== 'function')
    throw new CliFailure(`The part of firedoor behind this command is not installed: ${name}.`);
  const code: unknown = await run(argv);
  return isExitCode(code) ? code : exitCodes.done;
}

function isExitCode(code: unknown): code is ExitCode {
  return typeof code === 'number' && code in exitCodeMeanings;
}
