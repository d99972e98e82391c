import { describe, expect, it } from 'vitest';
import { loadEstate } from '../../documents/estate.ts';
import { renderProblems } from '../../documents/problem.ts';
import { readYaml } from '../../documents/yaml.ts';
import { estateHead } from './estate-text.ts';
import { memoryFiles } from './memory-files.ts';

const limitMs = 100;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const letters = 'bcdefghi'.split('');
const aliasBomb = [
  'a: &a [l, l, l, l, l, l, l, l, l]',
  ...letters.map((letter, index) => `${letter}: &${letter} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(', ')}]`),
].join('\n');
const lines = async (content: string | Uint8Array): Promise<readonly string[]> => {
  const loaded = await loadEstate('e.yaml', memoryFiles({ 'e.yaml': content }));
  return loaded.ok ? ['accepted'] : renderProblems(loaded.problems);
};

describe('hostile input is refused by its line', () => {
  const deepMapping = Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n');
  const corpus: readonly (readonly [name: string, content: string | Uint8Array, line: string])[] = [
    ['alias bomb', aliasBomb, 'e.yaml:1:4   found the anchor "&a", expected no anchors: write the value out'],
    ['alias', 'b: *a\n', 'e.yaml:1:4  found the alias "*a", expected no aliases: write the value out'],
    [
      'merge key',
      `${estateHead}<<: { a: 1 }\n`,
      'e.yaml:6:1  found the key "<<", expected no merge keys: write the values out',
    ],
    ['__proto__', `${estateHead}__proto__: { a: 1 }\n`, 'e.yaml:6:1  found the key "__proto__", expected another name'],
    [
      'quoted __proto__',
      `${estateHead}"__proto__": { a: 1 }\n`,
      'e.yaml:6:1  found the key "__proto__", expected another name',
    ],
    ['constructor', `${estateHead}constructor: 1\n`, 'e.yaml:6:1  found the key "constructor", expected another name'],
    [
      'deep flow lists',
      '['.repeat(1_000_000),
      'e.yaml:1:33  found nesting that goes too deep, expected at most 32 levels',
    ],
    [
      'deep flow mappings',
      '{a: '.repeat(50_000),
      'e.yaml:1:129  found nesting that goes too deep, expected at most 32 levels',
    ],
    [
      'deep block lists',
      '- '.repeat(500_000),
      'e.yaml:1:65  found nesting that goes too deep, expected at most 32 levels',
    ],
    ['deep block mappings', deepMapping, 'e.yaml:33:33  found nesting that goes too deep, expected at most 32 levels'],
    ['key twice', `${estateHead}name: other\n`, 'e.yaml:6:1  name: found the key "name" again, expected each key once'],
    [
      'NUL',
      `${estateHead}# \0\n`,
      'e.yaml:6:3  found the character U+0000, expected no control or direction characters',
    ],
    [
      'direction mark in a comment',
      `${estateHead}# \u202e\n`,
      'e.yaml:6:3  found the character U+202E, expected no control or direction characters',
    ],
    [
      'line of 10 MB',
      `a: ${'x'.repeat(10_000_000)}`,
      'e.yaml:1:1  found a file over the limit, expected at most 1 MiB',
    ],
    [
      'Latin-1',
      Uint8Array.from([...bytes('name: caf'), 0xe9, 10]),
      'e.yaml:1:10  found bytes that are not UTF-8, expected UTF-8 text',
    ],
    [
      'tab as indentation',
      'a:\n\tb: 1\n',
      'e.yaml:2:1  found what is not YAML, expected valid YAML: tabs are not allowed as indentation',
    ],
    ['tag', 'x: !!js/function "x"\n', 'e.yaml:1:4  found the tag "!!js/function", expected no tags'],
    [
      'YAML 1.1',
      `%YAML 1.1\n---\n${estateHead}`,
      'e.yaml:1:1  found the directive "%YAML 1.1", expected no directives',
    ],
    ['nothing', '', 'e.yaml:1:1  found nothing (null), expected a mapping'],
    ['text alone', 'hello', 'e.yaml:1:1  found "hello", expected a mapping'],
    ['collection as a key', `${estateHead}? [a]\n: 1\n`, 'e.yaml:6:3  found a collection as a key, expected text'],
  ];

  it.each(corpus)('%s', async (...[, content, line]) => {
    const startedMs = performance.now();
    expect((await lines(content))[0]).toBe(line);
    expect(performance.now() - startedMs).toBeLessThan(limitMs * 10);
  });

  it('takes less than a tenth of a second for the whole corpus, file by file, once warm', async () => {
    const slow: string[] = [];
    for (const [name, content] of corpus) {
      const runsMs: number[] = [];
      for (let run = 0; run < 3; run += 1) {
        const startedMs = performance.now();
        await lines(content);
        runsMs.push(performance.now() - startedMs);
      }
      if (Math.min(...runsMs) > limitMs) slow.push(`${name}: ${Math.min(...runsMs).toFixed(0)} ms`);
    }
    expect(slow).toEqual([]);
  });

  it('refuses a second document', async () => {
    expect((await lines(`${estateHead}---\na: 1\n`))[0]).toBe(
      'e.yaml:6:1  found a second document, expected one document',
    );
  });

  it('tells about a hundred of many unknown keys, and that there are more', async () => {
    const found = await lines(Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n'));
    expect(found.at(-1)).toBe('104 or more problems.');
  });
});

describe('scalars', () => {
  const withId = (id: string): string => estateHead.replace('"000123456789"', id);

  it.each([
    ['000123456789', 'found the number 123456789, expected 12 digits in quotes: "000123456789"'],
    ['123', 'found the number 123, expected 12 digits in quotes, such as "000123456789"'],
    ['0o17', 'found the number 15 (written 0o17), expected 12 digits in quotes, such as "000123456789"'],
    ['12e4', 'found the number 120000 (written 12e4), expected 12 digits in quotes, such as "000123456789"'],
    ['"1234"', 'found "1234", expected 12 digits in quotes: "000123456789"'],
  ])('an account id written %s is never padded', async (written, words) => {
    expect(await lines(withId(written))).toEqual([`e.yaml:5:25  accounts.0.id: ${words}`, '1 problem.']);
  });

  it('asks for quotes around text that is a number, as it was written', async () => {
    expect(await lines(`${estateHead}people: [{ id: 12e4, roles: [ir-lead] }]\n`)).toContain(
      'e.yaml:6:16  people.0.id: found the number 120000 (written 12e4), expected text; in quotes it is text: "12e4"',
    );
  });

  it.each(['012', '0o2', '0x2', '2e0', '.inf', '+2'])('takes %s for no number', (written) => {
    const read = readYaml('e.yaml', bytes(`hosts: ${written}\n`));
    expect(read.problems).toMatchObject([
      {
        line: 1,
        column: 8,
        path: 'hosts',
        found: `the number ${written}`,
        expected: 'a plain decimal number, or text in quotes',
      },
    ]);
  });

  it('keeps on, yes and no as text, and decimals as numbers', () => {
    const read = readYaml('e.yaml', bytes('on: yes\noff: [no, 0.95, -3, true, null]\n'));
    expect(read.ok && read.source.value).toEqual({ on: 'yes', off: ['no', 0.95, -3, true, null] });
    expect(read.problems).toEqual([]);
  });

  it('refuses control and direction characters that escapes hide', () => {
    const read = readYaml('e.yaml', bytes('a: "x\\u202ey"\n"b\\e[2J": 1\n'));
    expect(read.problems.map(({ line, column, found }) => [line, column, found])).toEqual([
      [1, 4, 'the character U+202E in "x\\u202ey"'],
      [2, 1, 'the character U+001B in "b\\u001b[2J"'],
    ]);
  });

  it('shortens and escapes what it quotes', async () => {
    const found = await lines(estateHead.replace('name: retail\n', `name: "\\x1b]0;${'A'.repeat(500)}"\n`));
    expect(found[0]).toContain('found "\\u001b]0;AAA');
    expect(found[0]?.length).toBeLessThan(220);
  });
});

describe('places', () => {
  const read = readYaml('e.yaml', bytes('systems:\n  - name: a\n    needs: { all: [b, c] }\n'));
  const source = read.ok ? read.source : undefined;

  it('finds values, keys, and the nearest parent of what is missing', () => {
    expect(source?.locate(['systems', 0, 'needs', 'all', 1])).toEqual({ file: 'e.yaml', line: 3, column: 23 });
    expect(source?.locateKey(['systems', 0, 'needs', 'all'])).toEqual({ file: 'e.yaml', line: 3, column: 14 });
    expect(source?.locate(['systems', 0, 'capacity', 'hosts'])).toEqual({ file: 'e.yaml', line: 2, column: 5 });
  });
});
