import { parseArgs } from 'node:util';

/** What was asked of the benches. */
export interface BenchOptions {
  /** One of them; all where absent. */
  readonly name: string | undefined;
  /** The file its report goes to. */
  readonly out: string | undefined;
  readonly list: boolean;
  /** The report on stdout instead of the table. */
  readonly json: boolean;
  readonly repeats: number;
}

/** Options that are wrong; the message is one line. Exit 2. */
export class BenchUsageError extends Error {
  override readonly name = 'BenchUsageError';
}

const usage = 'npm run bench -- [NAME] [--out FILE] [--json] [--repeats N] [--list]';

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        out: { type: 'string' },
        list: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        repeats: { type: 'string', default: '5' },
      },
    });
  } catch (error) {
    const [what = 'wrong options'] = (error instanceof Error ? error.message : String(error)).split('. ');
    throw new BenchUsageError(`${what.replace(/\.$/, '')}; expected ${usage}.`, { cause: error });
  }
}

/** Reads the flags. @throws BenchUsageError for what is wrong */
export function readBenchOptions(argv: readonly string[], names: readonly string[]): BenchOptions {
  const { values, positionals } = parsed(argv);
  const [name, ...more] = positionals;
  if (more.length > 0) throw new BenchUsageError(`found ${positionals.length} names; expected ${usage}.`);
  if (name !== undefined && !names.includes(name)) {
    throw new BenchUsageError(`found the name "${name}"; expected ${names.join(' or ')}.`);
  }
  const { out, list, json } = values;
  if (name === undefined && (out !== undefined || json)) {
    throw new BenchUsageError(`--out and --json take one bench: name ${names.join(' or ')}.`);
  }
  const repeats = Number(values.repeats);
  if (!Number.isInteger(repeats) || repeats < 1) {
    throw new BenchUsageError(`--repeats: found "${values.repeats}", expected a whole number from 1.`);
  }
  return { name, out, list, json, repeats };
}
