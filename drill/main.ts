import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { openCompany } from './company.ts';
import type { Company } from './company.ts';
import { readWorld } from './scenario/world-state.ts';
import { createScreen } from './screen.ts';
import type { Screen } from './screen.ts';
import { assertNothingLeft } from './stack/process.ts';
import { MissingToolError } from './stack/tools.ts';
import { approved } from './story/approved.ts';
import { audited } from './story/audited.ts';
import { contained } from './story/contained.ts';
import { killed, killWorker } from './story/killed.ts';
import type { PartResult, Story } from './story/part.ts';
import { refused } from './story/refused.ts';
import { released } from './story/released.ts';
import { sabotaged } from './story/sabotaged.ts';
import type { DrillSummary } from './summary.ts';
import { summarise, summaryTable, writeSummary } from './summary.ts';
import { startObserver } from './twin/observer.ts';
import type { Observer } from './twin/observer.ts';

const sabotageWorker = fileURLToPath(new URL('sabotage/worker.ts', import.meta.url));

interface DrillOptions {
  readonly out: string | undefined;
  /** For machines: the sites are probed in longer rounds, and the web UI stays off. */
  readonly fast: boolean;
  readonly sabotage: boolean;
  readonly scenario: 'retail-and-funeralcare' | 'small';
}

/** Reads the drill's flags. Throws with one line for what is wrong. */
export function readDrillOptions(argv: readonly string[]): DrillOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      out: { type: 'string' },
      fast: { type: 'boolean', default: false },
      sabotage: { type: 'string' },
      scenario: { type: 'string', default: 'retail-and-funeralcare' },
    },
  });
  const { scenario } = values;
  if (values.sabotage !== undefined && values.sabotage !== 'guard') {
    throw new Error(`--sabotage: found ${values.sabotage}, expected guard`);
  }
  if (scenario !== 'retail-and-funeralcare' && scenario !== 'small') {
    throw new Error(`--scenario: found ${scenario}, expected retail-and-funeralcare or small`);
  }
  return { out: values.out, fast: values.fast, sabotage: values.sabotage === 'guard', scenario };
}

/** Plays the drill and gives the exit code: 0 only if everything promised was so. Leaves no process and no port behind. */
export async function runDrill(argv: readonly string[]): Promise<number> {
  const screen = createScreen(process.stdout);
  const ending = new AbortController();
  const interrupt = (): void => {
    screen.settle();
    screen.say('\nStopping: ending every process of the drill.');
    ending.abort();
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const options = readDrillOptions(argv);
    const summary = await play(options, screen, ending.signal);
    screen.title('What was promised, how it was measured, and whether it held');
    screen.say(summaryTable(summary));
    if (options.out !== undefined) await writeSummary(options.out, summary);
    screen.say(`\n${summary.ok ? 'Every promise held.' : 'Not every promise held.'}`);
    return summary.ok ? 0 : 1;
  } catch (error) {
    if (ending.signal.aborted) return 130;
    screen.say(error instanceof MissingToolError ? error.message : `The drill failed: ${String(error)}`);
    return 1;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

async function play(options: DrillOptions, screen: Screen, ending: AbortSignal): Promise<DrillSummary> {
  const begun = Date.now();
  const pids: number[] = [];
  let company: Company | undefined;
  let observer: Observer | undefined;
  const close = async (): Promise<void> => {
    await observer?.stop();
    await company?.close();
  };
  try {
    screen.say('Opening the emulated company: Temporal, AWS, 3,000 sites, workers.');
    company = await openCompany({
      scenario: options.scenario,
      log: (line) => screen.say(`  ${line}`),
      headless: options.fast,
      ...(options.sabotage ? { workerProgram: [sabotageWorker] } : {}),
    });
    pids.push(...company.workers().map((worker) => worker.pid));
    const before = await readWorld(company.stack.moto.url);
    observer = await startObserver({ world: company.world, twin: company.twin, roundMs: options.fast ? 4_000 : 2_500 });
    const seconds: Record<string, number> = { opening: (Date.now() - begun) / 1000 };
    const story: Story = { company, observer, screen, before, incident: 'INC-42', seconds };
    const work = options.sabotage ? sabotaged(story).then((part) => [part]) : tell(story);
    const parts = await untilAborted(work, ending);
    const report = observer.report();
    seconds['all'] = (Date.now() - begun) / 1000;
    return {
      schema: 'firedoor/drill/v1',
      scenario: options.scenario,
      ok: parts.every((part) => part.ok) && summarise(report).every((service) => service.breaches === 0),
      sabotage: options.sabotage,
      parts,
      services: summarise(report),
      seconds,
    };
  } finally {
    await close();
    assertNothingLeft(pids);
  }
}

/** The story in its order. */
async function tell(story: Story): Promise<readonly PartResult[]> {
  const first = await refused(story);
  const second = await approved(story);
  const killing = await killWorker(story);
  const third = await contained(story);
  const fourth = await killed(story, killing);
  return [first, second, third, fourth, await released(story), await audited(story)];
}

async function untilAborted<T>(work: T | Promise<T>, ending: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    ending.addEventListener('abort', () => reject(new Error('interrupted')), { once: true });
  });
  return await Promise.race([work, aborted]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await runDrill(process.argv.slice(2));
