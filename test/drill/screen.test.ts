import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createScreen, serviceLine } from '../../drill/screen.ts';
import { summaryTable } from '../../drill/summary.ts';
import type { DrillSummary } from '../../drill/summary.ts';
import type { ServiceReport } from '../../drill/twin/observer.ts';

/** A stream that keeps what is written to it. */
function sink(isTTY: boolean): { readonly out: NodeJS.WriteStream; readonly text: () => string } {
  const stream = new PassThrough();
  let written = '';
  stream.on('data', (chunk: Buffer) => (written += chunk.toString()));
  const out = Object.assign(stream, { isTTY, columns: 80, rows: 50 }) as unknown as NodeJS.WriteStream;
  return { out, text: () => written };
}

/** What stands on a terminal that obeys `erase line` and `cursor up`: enough for log-update. */
function standing(written: string): readonly string[] {
  const lines: string[] = [''];
  let row = 0;
  // eslint-disable-next-line no-control-regex -- these are the terminal's own commands
  for (const [token, , count, command] of written.matchAll(/(\u001b\[\??(\d*)([A-Za-z]))|\n|[^\u001b\n]+/g)) {
    if (token === '\n') row += 1;
    else if (command === 'A') row = Math.max(0, row - Number(count || 1));
    else if (command === 'K') lines[row] = '';
    else if (command === 'J') lines.splice(row + 1);
    else if (command === undefined) lines[row] = (lines[row] ?? '') + stripVTControlCharacters(token);
    lines[row] ??= '';
  }
  return lines;
}

describe('the screen of a drill', () => {
  it('on a terminal keeps one live block, below everything that was said', async () => {
    const { out, text } = sink(true);
    const screen = createScreen(out, { plain: false });
    screen.live(['INC-42  acting', 'tills 100%']);
    screen.say('wave 1: isolated');
    screen.live(['INC-42  acting', 'tills 99%']);
    screen.say('wave 2: isolated');
    screen.settle();
    screen.say('done');
    await new Promise((resolve) => setImmediate(resolve));
    const lines = standing(text()).filter((line) => line !== '');
    expect(lines).toEqual(['wave 1: isolated', 'wave 2: isolated', 'INC-42  acting', 'tills 99%', 'done']);
  });

  it('breaks what is too long for the terminal at spaces', async () => {
    const { out, text } = sink(true);
    createScreen(out, { plain: false }).say(`  ${'word '.repeat(20).trim()}`);
    await new Promise((resolve) => setImmediate(resolve));
    expect(text()).toBe(`  ${'word '.repeat(15).trim()}\n      ${'word '.repeat(5).trim()}\n`);
  });

  it.each([
    ['piped', false, false],
    ['--plain', true, true],
  ])('%s is one line an event, and nothing is redrawn', async (_how, isTTY, plain) => {
    const { out, text } = sink(isTTY);
    const screen = createScreen(out, { plain });
    screen.live(['INC-42  acting']);
    screen.say('wave 1: isolated');
    screen.settle();
    await new Promise((resolve) => setImmediate(resolve));
    expect(screen.isLive).toBe(false);
    expect(text()).toBe('wave 1: isolated\n');
  });

  it('has room for every service and every promise in 80 columns', () => {
    const report = {
      service: 'funeral-arrangement',
      protected: true,
      floor: [{ share: 1, mode: 'degraded' }],
      sites: 2_310,
      now: { normal: 0.5, degraded: 0.25, manual: 0.25, down: 0 },
    } as unknown as ServiceReport;
    expect(serviceLine(report)).toMatchInlineSnapshot(
      `"  funeral-arrangement     75% of 2,310  degraded or better, floor 100% ██████░░"`,
    );
    expect(serviceLine(report).length).toBeLessThanOrEqual(80);
    const measured = 'stage cut-off, wave 1 would take store-tills below its floor.';
    const summary: DrillSummary = {
      schema: 'firedoor/drill/v1',
      scenario: 'small',
      ok: false,
      sabotage: false,
      parts: [
        { name: 'refused', ok: false, figures: {}, checks: [{ promise: 'it names the service', measured, ok: false }] },
      ],
      services: [
        { service: 'shop', floor: [], sites: 1, worstShare: 1, worstMode: 'normal', probes: 1_200, breaches: 0 },
      ],
      seconds: {},
    };
    expect(summaryTable(summary)).toMatchInlineSnapshot(`
      "  BROKEN  it names the service                       stage cut-off, wave 1 would
                                                           take store-tills below its
                                                           floor.
        held    shop, 1 site                               at worst 100.0% within the
                                                           floor, normal; 0 breaches
                                                           in 1,200 probes"
    `);
  });
});
