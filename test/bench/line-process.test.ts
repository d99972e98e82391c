import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import type { LineProcess } from '../../bench/line-process.ts';
import { startLineProcess } from '../../bench/line-process.ts';

const answering = new URL('../../bench/answering.ts', import.meta.url).href;
const program = `
  import { answerLines } from ${JSON.stringify(answering)};
  await answerLines((asked) => {
    if (asked.op === 'fall') throw new Error('it fell over');
    return { heard: asked.op };
  });`;
const heard = z.strictObject({ heard: z.string() });

const started: LineProcess[] = [];
function start(signal = new AbortController().signal): LineProcess {
  const side = startLineProcess({
    command: process.execPath,
    arguments: ['--input-type=module', '--eval', program],
    signal,
  });
  started.push(side);
  return side;
}
afterEach(async () => {
  for (const side of started.splice(0)) await side.end();
});

test('questions are answered in turn, and answers are read strictly', async () => {
  const side = start();
  expect(await side.ask({ op: 'one' }, heard)).toEqual({ heard: 'one' });
  expect(await side.ask({ op: 'two' }, heard)).toEqual({ heard: 'two' });
  await expect(side.ask({ op: 'three' }, z.strictObject({ ms: z.number() }))).rejects.toThrow('ms');
});

test('one that falls over, or is not there, says so', async () => {
  await expect(start().ask({ op: 'fall' }, heard)).rejects.toThrow('it fell over');
  const nowhere = startLineProcess({
    command: fileURLToPath(new URL('no-such-program', import.meta.url)),
    arguments: [],
    signal: new AbortController().signal,
  });
  await expect(nowhere.ask({ op: 'one' }, heard)).rejects.toThrow('ENOENT');
});

test('an abort ends it', async () => {
  const interrupted = new AbortController();
  const side = start(interrupted.signal);
  await side.ask({ op: 'one' }, heard);
  interrupted.abort();
  await expect(side.ask({ op: 'two' }, heard)).rejects.toThrow('instead of answering');
  await side.end();
});
