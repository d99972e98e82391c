import { escapeControls } from '../../model/visible.ts';

/** HTML that was made by {@link html}; everything else is text and gets escaped. */
export class Html {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
}

type Part = Html | string | number | undefined | readonly Html[];

/** Builds HTML: what stands in the template is markup, what is put in is text, unless it was built by this function too. */
export function html(markup: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(markup.reduce((text, piece, index) => text + sourceOf(parts[index - 1]) + piece));
}

function sourceOf(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.source;
  if (typeof part === 'object') return part.map(({ source }) => source).join('\n');
  return escapeHtml(String(part));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for HTML, in elements and in quoted attributes; controls and direction marks are written out. */
function escapeHtml(text: string): string {
  return escapeControls(text).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** A table with its head; nothing but a sentence where there are no rows. */
export function table(head: readonly string[], rows: readonly (readonly Part[])[], empty: string): Html {
  if (rows.length === 0) return html`<p>${empty}</p>`;
  const cells = (row: readonly Part[]): Html =>
    html`<tr>
      ${row.map((cell) => html`<td>${cell}</td>`)}
    </tr>`;
  return html`<table>
    <thead>
      <tr>
        ${head.map((word) => html`<th scope="col">${word}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(cells)}
    </tbody>
  </table>`;
}
