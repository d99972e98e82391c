import type { Client } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import type { Files } from '../documents/files.ts';

/** A stream that text goes to: stdout or stderr, or a buffer in tests. */
export interface Sink {
  readonly write: (text: string) => void;
  readonly isTTY: boolean;
  /** Width of the terminal; unknown when piped. */
  readonly columns: number | undefined;
}

/** Where answers come from. */
export interface Source {
  readonly isTTY: boolean;
  /** Prints a question to stderr and gives the line answered. */
  readonly ask: (question: string) => Promise<string>;
}

/** How the command line says which Temporal Service to talk to; the rest comes from `TEMPORAL_*` and `temporal.toml`. */
export interface ServerOptions {
  readonly profile?: string | undefined;
  readonly address?: string | undefined;
  readonly namespace?: string | undefined;
  readonly configFile?: string | undefined;
  /** The file of keys that payloads are encrypted with. */
  readonly payloadKeys?: string | undefined;
}

/** An open connection to Temporal. Whoever opened it closes it. */
export interface Server {
  readonly client: Client;
  /** How payloads of raw histories are read. */
  readonly codec: PayloadCodec;
  readonly address: string;
  readonly namespace: string;
  readonly close: () => Promise<void>;
}

/** Everything of the outside that commands touch; tests give a fake. */
export interface Context {
  readonly stdin: Source;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly now: () => Date;
  readonly randomId: () => string;
  /** Reads a file; `path` is relative to `cwd` or absolute. Rejects as `node:fs` does. */
  readonly readFile: (path: string) => Promise<Uint8Array>;
  /** Files for the loaders of `documents/`: bounded reads, relative to `cwd` or absolute. */
  readonly files: Files;
  /** Writes a file whole, readable by its owner alone. */
  readonly writeFile: (path: string, text: string) => Promise<void>;
  /** Waits, or less where the signal says so; resolves either way. Tests don't wait. */
  readonly sleep: (lengthMs: number, signal?: AbortSignal) => Promise<void>;
  /** Calls back on Ctrl-C instead of ending the process, until the returned function is called. */
  readonly onInterrupt: (handler: () => void) => () => void;
  /**
   * Connects as every Temporal tool does: flags, then `TEMPORAL_*`, then the profile in `temporal.toml`.
   *
   * @throws CliFailure FD-501 within about five seconds where nothing answers
   */
  readonly connect: (options: ServerOptions, env: Context['env']) => Promise<Server>;
}
