import type { Picture, PictureKind } from './picture.ts';

/** Shapes of flowchart nodes (https://mermaid.js.org/syntax/flowchart.html). */
const shapes: Readonly<Record<PictureKind, readonly [open: string, close: string]>> = {
  start: ['[[', ']]'],
  reached: ['[', ']'],
  principal: ['([', '])'],
  'keep-safe': ['{{', '}}'],
  fallen: ['>', ']'],
  service: ['[(', ')]'],
};

const entities: Readonly<Record<string, string>> = {
  '"': '#quot;',
  '#': '#35;',
  '<': '#lt;',
  '>': '#gt;',
  '&': '#amp;',
  '`': '#96;',
};

/** Text for the inside of a quoted label: everything that Mermaid or HTML would read is an entity. */
function labelText(text: string): string {
  return text.replace(/["#<>&`]/g, (character) => entities[character] ?? '');
}

/** A picture as a Mermaid flowchart. Solid arrows are the attacker's way, dotted ones what takes down what. */
export function mermaidOf({ title, nodes, edges }: Picture): string {
  const drawn = nodes.map(({ id, kind, lines }) => {
    const [open, close] = shapes[kind];
    return `  ${id}${open}"${lines.map(labelText).join('<br/>')}"${close}`;
  });
  const arrows = edges.map(({ from, to, kind }) => `  ${from} ${kind === 'way' ? '-->' : '-.->'} ${to}`);
  return [`%% ${title.replaceAll('%', '')}`, 'flowchart LR', ...drawn, ...arrows, ''].join('\n');
}
