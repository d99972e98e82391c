import { expect, test } from 'vitest';
import { interleave } from '../../bench/interleave.ts';

test('sides take turns, never at once, and the other one goes first every second time', async () => {
  const said: string[] = [];
  const side = (name: string) => async () => {
    said.push(`${name} begins`);
    await Promise.resolve();
    said.push(`${name} ends`);
    return said.length;
  };
  const pairs = await interleave({ ours: side('ours'), peer: side('peer') }, 3);
  expect(said.filter((line) => line.endsWith('begins')).map((line) => line.slice(0, 4))).toEqual([
    'ours',
    'peer',
    'peer',
    'ours',
    'ours',
    'peer',
  ]);
  expect(said.every((line, index) => index % 2 === 0 || line === said[index - 1]?.replace('begins', 'ends'))).toBe(
    true,
  );
  expect(pairs).toEqual([
    { ours: 2, peer: 4 },
    { ours: 8, peer: 6 },
    { ours: 10, peer: 12 },
  ]);
});
