import type { Code } from '../model/codes.ts';
import { codes } from '../model/codes.ts';
import type { ExitCode } from './exit-codes.ts';
import { exitCodes } from './exit-codes.ts';

/** What a failure carries besides its message. */
export interface FailureOptions {
  /** @default 1 */
  readonly exitCode?: ExitCode;
  /** The numbered message this is an instance of; its remedy is what `explain` prints. */
  readonly code?: Code;
  readonly cause?: unknown;
}

/**
 * A command's way to end early: one line that says what happened, why, and what to do. The program prints it to stderr
 * and exits with its code; a stack is shown under `--debug` only.
 */
export class CliFailure extends Error {
  override readonly name = 'CliFailure';
  readonly exitCode: ExitCode;
  readonly code: Code | undefined;

  constructor(message: string, options: FailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exitCode = options.exitCode ?? exitCodes.error;
    this.code = options.code;
  }
}

/** A failure of a numbered kind: what happened this time, then the meaning and remedy everybody gets. */
export function numberedFailure(code: Code, what: string, options: Omit<FailureOptions, 'code'> = {}): CliFailure {
  const { meaning, remedy } = codes[code];
  return new CliFailure(`${what} ${meaning} ${remedy}`, { ...options, code });
}

/** A failure of usage: exit 2. */
export function usageFailure(message: string): CliFailure {
  return new CliFailure(message, { exitCode: exitCodes.usage });
}

/** What stderr gets for a failure of any kind: `FD-501 No Temporal …`, or the message alone. */
export function failureLine(error: unknown): string {
  if (error instanceof CliFailure) return error.code === undefined ? error.message : `${error.code} ${error.message}`;
  const message = error instanceof Error ? error.message : String(error);
  return `Unexpected: ${message}. This is a defect, or the machine's; --debug shows the stack.`;
}

/** The exit code for a failure of any kind. */
export function failureExitCode(error: unknown): ExitCode {
  return error instanceof CliFailure ? error.exitCode : exitCodes.error;
}
