/**
 * Characters that move the cursor, hide text, or turn its direction: C0 and C1 controls, DEL, zero-width and bidi marks,
 * line separators, the byte order mark, and halves of surrogate pairs.
 */
const unsafe =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]/gu;

/** Makes text from outside safe to print: what could steer a terminal is shown as `\u202e`. Every outside name goes through this. */
export function escapeControls(text: string): string {
  return text.replace(unsafe, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
