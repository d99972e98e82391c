import { describe, expect, it } from 'vitest';
import { escapeControls } from '../../cli/render/escape.ts';
import { renderFacts, renderTable } from '../../cli/render/table.ts';
import { offsetWords, timeWords } from '../../cli/render/time.ts';
import { countWords, listWords, numberWords, percentWords, shortDigest } from '../../cli/render/words.ts';

const columns = [{ title: 'name' }, { title: 'what', wraps: true }, { title: 'hosts', align: 'right' as const }];
const rows = [
  ['vdi', 'isolate call-centre-vdi and directory and four more', '1,024'],
  ['d\u001b[31m', 'short', '1'],
];

describe('tables', () => {
  it('align, wrap one column to the width, and escape every cell', () => {
    expect(renderTable(columns, rows, { sink: { isTTY: true, columns: 40 } }).join('\n')).toMatchInlineSnapshot(`
      "name         what                  hosts
      vdi          isolate               1,024
                   call-centre-vdi and
                   directory and four
                   more
      d\\u001b[31m  short                     1"
    `);
  });

  it('are tab-separated when piped', () => {
    expect(renderTable(columns, rows, { sink: { isTTY: false, columns: undefined } })[2]).toBe(
      'd\\u001b[31m\tshort\t1',
    );
  });

  it('hang the text of facts beside their label', () => {
    expect(
      renderFacts(
        [
          ['floor', 'one two three four'],
          ['', 'five'],
        ],
        { width: 20 },
      ),
    ).toEqual(['  floor  one two', '         three four', '         five']);
  });
});

describe('words', () => {
  it('never round a share up, and group thousands', () => {
    expect([1, 0.99999, 0.95, 0.29, 0].map(percentWords)).toEqual(['100%', '99.99%', '95%', '29%', '0%']);
    expect([1, 999, 2310, 1234567].map(numberWords)).toEqual(['1', '999', '2,310', '1,234,567']);
    expect([countWords(1, 'user'), countWords(24, 'instance'), countWords(0, 'entry', 'entries')]).toEqual([
      '1 user',
      '24 instances',
      '0 entries',
    ]);
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listWords)).toEqual(['', 'a', 'a and b', 'a, b and c']);
    expect(shortDigest(`sha256:9c41${'0'.repeat(56)}e07b`)).toBe('sha256:9c41…e07b');
  });

  it('escape what could steer a terminal, and nothing else', () => {
    expect(escapeControls('a\u001b[2J\u0000\u202e\u200b\u0085\ud800é…█')).toBe(
      'a\\u001b[2J\\u0000\\u202e\\u200b\\u0085\\ud800é…█',
    );
  });

  it('show local time and its offset', () => {
    const instant = new Date('2025-04-22T13:02:09.000Z');
    expect([
      timeWords(instant, { timeZone: 'Europe/London' }),
      offsetWords(instant, { timeZone: 'Europe/London' }),
    ]).toEqual(['14:02', '+01:00']);
    expect([timeWords(instant, { timeZone: 'UTC', seconds: true }), offsetWords(instant, { timeZone: 'UTC' })]).toEqual(
      ['13:02:09', '+00:00'],
    );
  });
});
