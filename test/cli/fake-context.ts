import { relative, resolve } from 'node:path';
import type { Context, Server } from '../../cli/context.ts';
import { CliFailure } from '../../cli/failure.ts';
import { buildProgram } from '../../cli/program.ts';
import type { CommandDefinition } from '../../cli/command.ts';

/** What a test may set of the outside. */
export interface FakeOutside {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly now?: string;
  /** Text by path, absolute or relative to `cwd`. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Answers to questions, in order. */
  readonly answers?: readonly string[];
  readonly server?: Server;
  readonly commands?: readonly CommandDefinition[];
}

/** What a run came to. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  readonly written: Readonly<Record<string, string>>;
}

/** Runs the program on a fake outside: a terminal of 80 columns in UTC at a fixed time, unless told otherwise. */
export async function runCli(argv: readonly string[], outside: FakeOutside = {}): Promise<Outcome> {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const written: Record<string, string> = {};
  const context = fakeContext(outside, { stdout, stderr, written });
  const exitCode = await buildProgram(context, outside.commands).run(argv);
  return { stdout: stdout.join(''), stderr: stderr.join(''), exitCode, written };
}

interface Recorded {
  readonly stdout: string[];
  readonly stderr: string[];
  readonly written: Record<string, string>;
}

function fakeContext(outside: FakeOutside, recorded: Recorded): Context {
  const cwd = outside.cwd ?? '/work';
  const terminal = { isTTY: outside.isTTY ?? true, columns: outside.columns ?? 80 };
  const answers = [...(outside.answers ?? [])];
  return {
    stdin: {
      isTTY: outside.answers !== undefined,
      ask: async (question) => {
        recorded.stderr.push(`${question}\n`);
        return answers.shift() ?? '';
      },
    },
    stdout: { ...terminal, write: (text) => void recorded.stdout.push(text) },
    stderr: { ...terminal, write: (text) => void recorded.stderr.push(text) },
    env: { NO_COLOR: '1', TZ: 'UTC', ...outside.env },
    cwd,
    now: () => new Date(outside.now ?? '2025-04-22T13:02:00.000Z'),
    randomId: () => '00000000-0000-4000-8000-000000000001',
    readFile: async (path) => readFake(outside.files ?? {}, path, cwd),
    files: {
      read: async (path) => readFake(outside.files ?? {}, path, cwd),
      realPath: async (path) => resolve(cwd, path),
    },
    writeFile: async (path, text) => {
      recorded.written[path] = text;
    },
    sleep: async () => undefined,
    onInterrupt: () => () => undefined,
    connect: async () => {
      if (outside.server) return outside.server;
      throw new CliFailure('No Temporal Service answers at 127.0.0.1:7233 (from the default).', { code: 'FD-501' });
    },
  };
}

function readFake(files: Readonly<Record<string, string | Uint8Array>>, path: string, cwd: string): Uint8Array {
  const content = files[path] ?? files[resolve(cwd, path)] ?? files[relative(cwd, resolve(cwd, path))];
  if (content === undefined) throw Object.assign(new Error(`ENOENT: no such file, open '${path}'`), { code: 'ENOENT' });
  return typeof content === 'string' ? new TextEncoder().encode(content) : content;
}
