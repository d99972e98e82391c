import { wrap } from './wrap.ts';

/** A line broken to a width at spaces, its continuations four columns further in than itself. */
export function hang(line: string, width: number): readonly string[] {
  if (line.length <= width) return [line];
  const indent = /^ */.exec(line)?.[0] ?? '';
  const [first = ''] = wrap(line.slice(indent.length), width - indent.length);
  const rest = line.slice(indent.length + first.length).trimStart();
  return [indent + first, ...wrap(rest, width - indent.length - 4).map((part) => `${indent}    ${part}`)];
}
