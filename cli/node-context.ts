import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { diskFiles } from '../documents/files.ts';
import { connect } from './connect.ts';
import type { Context, Sink } from './context.ts';

/** What of the process a caller may replace. */
export interface NodeContextOptions {
  readonly env?: Context['env'];
  /** Relative paths start here. */
  readonly cwd?: string;
}

/** The context of a real process: its streams, environment, clock and files. */
export function nodeContext({ env = process.env, cwd = process.cwd() }: NodeContextOptions = {}): Context {
  return {
    stdin: { isTTY: process.stdin.isTTY ?? false, ask },
    stdout: sink(process.stdout),
    stderr: sink(process.stderr),
    env,
    cwd,
    now: () => new Date(),
    randomId: randomUUID,
    readFile: async (path) => await readFile(resolve(cwd, path)),
    files: {
      read: async (path, limitBytes) => await diskFiles.read(resolve(cwd, path), limitBytes),
      realPath: async (path) => await diskFiles.realPath(resolve(cwd, path)),
    },
    writeFile: async (path, text) => await writeFile(resolve(cwd, path), text, { mode: 0o600 }),
    sleep: async (lengthMs, signal) =>
      await sleep(lengthMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined),
    onInterrupt,
    connect,
  };
}

function sink(stream: NodeJS.WriteStream): Sink {
  return {
    write: (text) => void stream.write(text),
    isTTY: stream.isTTY ?? false,
    get columns() {
      return stream.columns;
    },
  };
}

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}

function onInterrupt(handler: () => void): () => void {
  process.on('SIGINT', handler);
  return () => void process.off('SIGINT', handler);
}
