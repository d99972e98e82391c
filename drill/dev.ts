import { parseArgs } from 'node:util';
import { openCompany } from './company.ts';
import { MissingToolError } from './stack/tools.ts';

/**
 * Keeps the local stack up until Ctrl-C: Temporal with its web UI, the emulated AWS, the twin, and one worker on the
 * drill's estate. Prints where everything is.
 */
export async function runDev(argv: readonly string[]): Promise<number> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  try {
    const { values } = parseArgs({ args: [...argv], options: { scenario: { type: 'string' } } });
    const scenario = values.scenario === 'small' ? 'small' : 'retail-and-funeralcare';
    const company = await openCompany({ scenario, log: say, workers: 1 });
    const stopped = new Promise<void>((resolve) => {
      process.once('SIGINT', resolve).once('SIGTERM', resolve);
    });
    const { temporal, proxy } = company.stack;
    say(`Temporal          ${temporal.address}, namespace ${temporal.namespace}`);
    say(`Temporal UI       ${temporal.uiUrl ?? 'none'}`);
    say(`emulated AWS      ${proxy.url}`);
    say(`sites             ${company.twin.url}`);
    say(`estate and keys   ${company.files.directory}`);
    say('');
    say(`In another shell: export TEMPORAL_ADDRESS=${temporal.address} TEMPORAL_NAMESPACE=${temporal.namespace}`);
    say(`                  export FIREDOOR_SIGN_WITH=${company.files.people['ada@example.org']?.keyPath ?? ''}`);
    say('Ctrl-C ends it all.');
    await stopped;
    await company.close();
    return 0;
  } catch (error) {
    say(error instanceof MissingToolError ? error.message : `The stack did not start: ${String(error)}`);
    return 1;
  }
}
