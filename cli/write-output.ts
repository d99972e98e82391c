import { usageFailure } from './failure.ts';
import { escapeControls } from './render/escape.ts';
import type { Session } from './session.ts';

/** A file that a command writes: `plan` in `The plan can't be written to …`. */
export interface OutputFile {
  readonly what: string;
  readonly path: string;
  readonly text: string;
}

/** Writes a command's file. @throws CliFailure usage, where it can't be written */
export async function writeOutput({ context }: Session, { what, path, text }: OutputFile): Promise<void> {
  await context.writeFile(path, text).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw usageFailure(escapeControls(`The ${what} can't be written to ${path}: ${why}. Name another file with -o.`));
  });
}
