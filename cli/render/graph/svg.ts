import type { Picture, PictureKind } from './picture.ts';

/** Shapes and lines by kind: told apart in black and white (https://graphviz.org/doc/info/shapes.html). */
const looks: Readonly<Record<PictureKind, string>> = {
  start: 'shape=doubleoctagon, style=bold',
  reached: 'shape=box',
  principal: 'shape=box, style=rounded',
  'keep-safe': 'shape=hexagon, style=bold',
  fallen: 'shape=box, style=dashed',
  service: 'shape=cylinder',
};

/** A DOT string of several lines: quotes and backslashes are escaped, so that no name ends it or becomes an escape. */
function quoted(lines: readonly string[]): string {
  return `"${lines.map((line) => line.replace(/["\\]/g, '\\$&')).join('\\n')}"`;
}

/** A picture in Graphviz' DOT language. Solid arrows are the attacker's way, dashed ones what takes down what. */
export function dotOf({ title, nodes, edges }: Picture): string {
  const drawn = nodes.map(({ id, kind, lines }) => `  ${id} [label=${quoted(lines)}, ${looks[kind]}];`);
  const arrows = edges.map(({ from, to, kind }) => `  ${from} -> ${to}${kind === 'way' ? '' : ' [style=dashed]'};`);
  return [
    'digraph radius {',
    `  graph [rankdir=LR, fontname="Helvetica", labelloc=t, label=${quoted([title])}];`,
    '  node [fontname="Helvetica", fontsize=11, margin="0.2,0.1"];',
    ...drawn,
    ...arrows,
    '}',
    '',
  ].join('\n');
}

/** A picture as SVG, laid out by Graphviz. */
export async function svgOf(picture: Picture): Promise<string> {
  // 5 MB of WebAssembly: loaded only where somebody wants a picture.
  const { instance } = await import('@viz-js/viz');
  return (await instance()).renderString(dotOf(picture), { format: 'svg' });
}
