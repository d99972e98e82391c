import { CliFailure } from './failure.ts';
import type { ExitCode } from './exit-codes.ts';
import { exitCodeMeanings, exitCodes } from './exit-codes.ts';
import type { GlobalOptions } from './session.ts';

/** Arguments for an entry that reads its own: what was given, by flag, and the program's options that matter to it. */
export function passedOn(
  given: Readonly<Record<string, string | boolean | undefined>>,
  options: GlobalOptions,
): readonly string[] {
  return [
    ...Object.entries(given).flatMap(([name, value]) => {
      if (value === undefined || value === false) return [];
      // Joined by `=`, so that a value that begins with a dash is a value.
      return value === true ? [`--${name}`] : [`--${name}=${value}`];
    }),
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
