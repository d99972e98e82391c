import type { Context } from '../cli/context.ts';
import { nodeContext } from '../cli/node-context.ts';
import { buildProgram } from '../cli/program.ts';
import type { Company } from './company.ts';
import { environmentOf } from './company.ts';
import type { DrillPerson } from './scenario/write.ts';

/** What a command came to. */
export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the real command line as a person of the company: their key, the company's Temporal, no terminal. */
export async function firedoor(
  company: Company,
  person: DrillPerson | undefined,
  args: readonly string[],
): Promise<Answer> {
  const written = { out: '', err: '' };
  const real = nodeContext();
  const context: Context = {
    ...real,
    stdin: { ...real.stdin, isTTY: false },
    stdout: { write: (text) => (written.out += text), isTTY: false, columns: 80 },
    stderr: { write: (text) => (written.err += text), isTTY: false, columns: 80 },
    env: { ...environmentOf(company.stack), ...(person ? { FIREDOOR_SIGN_WITH: person.keyPath } : {}) },
    cwd: company.files.directory,
  };
  const code = await buildProgram(context).run(args);
  return { code, ...written };
}
