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
  const env = {
    ...environmentOf(company.stack),
    NO_COLOR: '1',
    ...(person ? { FIREDOOR_SIGN_WITH: person.keyPath } : {}),
  };
  const real = nodeContext({ env, cwd: company.files.directory });
  const code = await buildProgram({
    ...real,
    stdin: { ...real.stdin, isTTY: false },
    // Laid out as on a terminal of 80 columns, in black and white.
    stdout: { write: (text) => (written.out += text), isTTY: true, columns: 80 },
    stderr: { write: (text) => (written.err += text), isTTY: false, columns: 80 },
  }).run(args);
  return { code, ...written };
}
