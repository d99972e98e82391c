const longest = 60;

/** Characters that could steer a terminal, hide text or turn its direction; also halves of surrogate pairs. */
export const unsafeCharacters =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]/u;
const everyUnsafe = new RegExp(unsafeCharacters.source, 'gu');

/** `U+202E`. */
export function codePointWords(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Outside text made printable on one line. */
export function quoteSafe(text: string): string {
  return text.replace(everyUnsafe, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Outside text in quotes, escaped and shortened. */
export function quote(text: string): string {
  const safe = quoteSafe(text.slice(0, longest + 1)).replaceAll('"', '\\"');
  return text.length > longest ? `"${safe.slice(0, longest)}…"` : `"${safe}"`;
}

/** What a value is, in words: `the number 12`, `"abc"`, `a list of 3`. `source` is how it was written, where known. */
export function describe(value: unknown, source?: string): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'nothing (null)';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return `the number ${String(value)}${writtenAs(String(value), source)}`;
  if (typeof value === 'boolean') return `the truth value ${String(value)}`;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  return 'a mapping';
}

function writtenAs(value: string, source: string | undefined): string {
  if (source === undefined || source === value || /^0+\d/.test(source)) return '';
  return ` (written ${quoteSafe(source.slice(0, 20))})`;
}
