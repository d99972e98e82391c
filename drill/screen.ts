import { createLogUpdate } from 'log-update';
import { hang } from '../cli/render/hang.ts';
import type { ShowOptions } from './options.ts';
import type { ServiceReport } from './twin/observer.ts';

/** Where the drill shows itself: redrawn in place on a terminal, one line an event elsewhere. */
export interface Screen {
  /** A headline, before each part. */
  readonly title: (text: string) => void;
  /** One line between screens: what happens, and why. */
  readonly say: (text: string) => void;
  /** What a command showed. */
  readonly show: (command: string, output: string) => void;
  /** True where lines are redrawn in place; elsewhere what changes has to be said. */
  readonly isLive: boolean;
  /** The lines that change while something runs; on a terminal only. */
  readonly live: (lines: readonly string[]) => void;
  /** Leaves what is live standing and goes on below it. */
  readonly settle: () => void;
}

export function createScreen(out: NodeJS.WriteStream, { plain }: Pick<ShowOptions, 'plain'>): Screen {
  const isTerminal = out.isTTY && !plain && process.env['TERM'] !== 'dumb';
  const logUpdate = createLogUpdate(out);
  let frame: string | undefined;
  const draw = (): void => {
    if (frame !== undefined) logUpdate(frame);
  };
  // What is said goes above what is live, which is then drawn anew: no old frame stays between the lines.
  const write = (text: string): void => {
    if (frame !== undefined) logUpdate.clear();
    const width = isTerminal ? out.columns : Infinity;
    for (const line of text.split('\n').flatMap((one) => hang(one, width))) out.write(`${line}\n`);
    draw();
  };
  return {
    isLive: isTerminal,
    title: (text) => write(`\n== ${text}\n`),
    say: (text) => write(text),
    show: (command, output) => {
      const body = output.trimEnd().split('\n');
      write([`$ ${command}`, ...body].map((line) => `  ${line}`.trimEnd()).join('\n') + '\n');
    },
    live: (lines) => {
      if (!isTerminal) return;
      frame = lines.join('\n');
      draw();
    },
    settle: () => {
      if (frame !== undefined) logUpdate.done();
      frame = undefined;
    },
  };
}

const barWidth = 8;

/** One protected service in one line of at most 80 columns: `store-tills   100% of 2,310  normal   floor 95% degraded  ██████████`. */
export function serviceLine(report: ServiceReport): string {
  const [floor] = report.floor;
  const held = floor === undefined ? 1 : shareAtLeast(report, floor.mode);
  const filled = Math.round(held * barWidth);
  const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled);
  const share = `${Math.floor(held * 1000) / 10}%`.padStart(6);
  const sites = report.sites.toLocaleString('en-GB').padStart(5);
  const words = floor === undefined ? 'no floor' : `${floor.mode} or better, floor ${floor.share * 100}%`;
  return `  ${report.service.padEnd(20)} ${share} of ${sites}  ${words.padEnd(30)} ${bar}`;
}

const order = ['normal', 'degraded', 'manual', 'down'] as const;

/** Share of a service's sites that are in a mode or a better one now, as probes see it. */
function shareAtLeast(report: ServiceReport, mode: (typeof order)[number]): number {
  return order.slice(0, order.indexOf(mode) + 1).reduce((sum, better) => sum + (report.now[better] ?? 0), 0);
}
