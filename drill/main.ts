import { fileURLToPath } from 'node:url';
import { openCompany } from './company.ts';
import type { Company } from './company.ts';
import type { Ending } from './ending.ts';
import { endings, untilInterrupted, withGrace } from './ending.ts';
import type { DrillOptions } from './options.ts';
import { readDrillOptions } from './options.ts';
import { readWorld } from './scenario/world-state.ts';
import { createScreen } from './screen.ts';
import type { Screen } from './screen.ts';
import { assertNothingLeft } from './stack/process.ts';
import type { Story } from './story/part.ts';
import { sabotaged } from './story/sabotaged.ts';
import { stories } from './story/stories.ts';
import type { DrillSummary } from './summary.ts';
import { summarise, summaryTable, writeSummary } from './summary.ts';
import { startObserver } from './twin/observer.ts';
import type { Observer } from './twin/observer.ts';

const sabotageWorker = fileURLToPath(new URL('sabotage/worker.ts', import.meta.url));

/** Plays the drill and gives the exit code: 0 only if everything promised was so. Leaves no process and no port behind. */
export async function runDrill(argv: readonly string[]): Promise<Ending> {
  const note = (line: string): void => void process.stderr.write(`${line}\n`);
  return await untilInterrupted(async (signal) => {
    const options = readDrillOptions(argv);
    const screen = createScreen(options.show.json ? process.stderr : process.stdout, options.show);
    signal.addEventListener('abort', screen.settle);
    const summary = await play(options, screen, signal);
    screen.title('What was promised, how it was measured, and whether it held');
    screen.say(summaryTable(summary));
    if (options.out !== undefined) await writeSummary(options.out, summary);
    screen.say(`\n${summary.ok ? 'Every promise held.' : 'Not every promise held.'}`);
    if (options.show.json) process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
    return summary.ok ? endings.done : endings.failed;
  }, note);
}

async function play(options: DrillOptions, screen: Screen, ending: AbortSignal): Promise<DrillSummary> {
  const begun = Date.now();
  const pids: number[] = [];
  let company: Company | undefined;
  let observer: Observer | undefined;
  try {
    screen.say('Opening the emulated company: Temporal, AWS, 3,000 sites, workers.');
    company = await openCompany({
      scenario: options.scenario,
      log: (line) => screen.say(`  ${line}`),
      headless: options.fast,
      signal: ending,
      ...(options.sabotage ? { workerProgram: [sabotageWorker] } : {}),
    });
    pids.push(...company.workers().map((worker) => worker.pid));
    const before = await readWorld(company.stack.moto.url);
    observer = await startObserver({ world: company.world, twin: company.twin, roundMs: options.fast ? 4_000 : 2_500 });
    const seconds: Record<string, number> = { opening: (Date.now() - begun) / 1000 };
    const story: Story = { company, observer, screen, before, incident: 'INC-42', seconds, ending };
    const { tell, mayBreak = [] } = stories[options.scenario];
    const work = options.sabotage ? sabotaged(story).then((part) => [part]) : tell(story);
    const parts = await withGrace(work, ending);
    const report = observer.report();
    seconds['all'] = (Date.now() - begun) / 1000;
    return {
      schema: 'firedoor/drill/v1',
      scenario: options.scenario,
      ok:
        parts.every((part) => part.ok) &&
        summarise(report).every(({ service, breaches }) => breaches === 0 || mayBreak.includes(service)),
      sabotage: options.sabotage,
      parts,
      services: summarise(report),
      seconds,
    };
  } finally {
    await observer?.stop();
    await company?.close();
    assertNothingLeft(pids);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await runDrill(process.argv.slice(2));
