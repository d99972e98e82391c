import { expect, it } from 'vitest';
import { startTurns } from '../../../drill/twin/turns.ts';

it('never works twice at once, and gives each asker work that began after they asked', async () => {
  let under = 0;
  let most = 0;
  let count = 0;
  const turns = startTurns(async () => {
    most = Math.max(most, ++under);
    await new Promise((resolve) => setImmediate(resolve));
    under--;
    return ++count;
  }, 1);
  const [first, second] = await Promise.all([turns.take(), turns.take()]);
  expect(second).toBeGreaterThan(first);
  await expect.poll(() => count).toBeGreaterThan(5);
  await turns.end();
  const atEnd = count;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect([most, count]).toEqual([1, atEnd]);
});

it('goes on after work that failed, and tells only the one who asked', async () => {
  let count = 0;
  const turns = startTurns(async () => await Promise.reject(new Error(`no ${++count}`)), 1);
  await expect(turns.take()).rejects.toThrow(/^no/);
  await expect.poll(() => count).toBeGreaterThan(3);
  await turns.end();
});
