import { openCompany } from './company.ts';
import type { Company } from './company.ts';
import type { Ending } from './ending.ts';
import { endings, untilAborted, untilInterrupted } from './ending.ts';
import { readDevOptions } from './options.ts';

/** Where everything of the local stack is. */
interface DevDocument {
  readonly schema: 'firedoor/dev/v1';
  readonly temporal: { readonly address: string; readonly namespace: string; readonly ui: string | undefined };
  readonly aws: string;
  readonly sites: string;
  readonly estate: string;
  readonly signWith: string;
}

/**
 * Keeps the local stack up until Ctrl-C: Temporal with its web UI, the emulated AWS, the twin, and one worker on the
 * drill's estate. Prints where everything is; with `--json` as one document, once it is up.
 */
export async function runDev(argv: readonly string[]): Promise<Ending> {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const note = (line: string): void => void process.stderr.write(`${line}\n`);
  return await untilInterrupted(async (signal) => {
    const { scenario, show } = readDevOptions(argv);
    const company = await openCompany({ scenario, log: note, workers: 1, signal });
    try {
      const where = describe(company);
      print(show.json ? JSON.stringify(where, null, 2) : devLines(where).join('\n'));
      await untilAborted(signal);
      return endings.done;
    } finally {
      await company.close();
    }
  }, note);
}

function describe({ stack, twin, files }: Company): DevDocument {
  const { address, namespace, uiUrl } = stack.temporal;
  return {
    schema: 'firedoor/dev/v1',
    temporal: { address, namespace, ui: uiUrl },
    aws: stack.proxy.url,
    sites: twin.url,
    estate: files.directory,
    signWith: files.people['ada@example.org']?.keyPath ?? '',
  };
}

/** Addresses, then what to paste into another shell; nothing to paste is longer than a line of 80 columns has to be. */
export function devLines({ temporal, aws, sites, estate, signWith }: DevDocument): readonly string[] {
  return [
    `Temporal          ${temporal.address}, namespace ${temporal.namespace}`,
    `Temporal UI       ${temporal.ui ?? 'none'}`,
    `emulated AWS      ${aws}`,
    `sites             ${sites}`,
    `estate and keys   ${estate}`,
    '',
    'In another shell:',
    `  export TEMPORAL_ADDRESS=${temporal.address}`,
    `  export TEMPORAL_NAMESPACE=${temporal.namespace}`,
    `  export FIREDOOR_SIGN_WITH=${signWith}`,
    '  npm run -s firedoor -- plan intrusion -p compromised=call-centre-vdi',
    '',
    'Ctrl-C ends it all.',
  ];
}
