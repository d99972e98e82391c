import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { z } from 'zod';

/**
 * One side of a comparison in a process of its own: a question is one line of JSON in, its answer one line of JSON out. It
 * measures itself, so starting it and talking to it cost neither side anything. It ends when its input does.
 */
export interface LineProcess {
  /** Asks, and reads the answer strictly. Throws with the end of its stderr if it ends instead. */
  readonly ask: <Answer>(question: object, answer: z.ZodType<Answer>) => Promise<Answer>;
  /** Ends its input and waits for it to go. May be called again. */
  readonly end: () => Promise<void>;
}

/** What to start; the signal kills it. */
export interface LineProgram {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly signal: AbortSignal;
}

const TAIL_CHARACTERS = 2_000;

/** Starts a side. It does not outlive this process, whose end closes its input. */
export function startLineProcess(program: LineProgram): LineProcess {
  const child = spawn(program.command, program.arguments, {
    stdio: ['pipe', 'pipe', 'pipe'],
    signal: program.signal,
    killSignal: 'SIGKILL',
  });
  let tail = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (tail = (tail + text).slice(-TAIL_CHARACTERS)));
  const gone = endOf(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (question, answer) => {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      const next = await lines.next();
      if (next.done !== true) return answer.parse(JSON.parse(next.value));
      throw new Error(`${program.command} ended (${await gone}) instead of answering: ${tail.trim()}`);
    },
    end: async () => {
      child.stdin.end();
      await gone;
    },
  };
}

async function endOf(child: ChildProcess): Promise<string> {
  // What can't be started or is aborted says so in `error`; asking it then tells.
  child.on('error', () => undefined);
  child.stdin?.on('error', () => undefined);
  const [code, signal] = (await once(child, 'close').catch((error: unknown) => [String(error)])) as unknown[];
  return typeof signal === 'string' ? signal : `exit ${String(code)}`;
}
