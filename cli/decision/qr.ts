import { renderUnicodeCompact } from 'uqr';
import type { Sink } from '../context.ts';

/** Most bytes of a QR code: version 40, error correction L (ISO/IEC 18004). */
const mostBytes = 2_953;

/** A text as a QR code for the terminal, two rows a line; or one line that says why there is none. */
export function qrLines(text: string, { isTTY, columns = 80 }: Pick<Sink, 'isTTY' | 'columns'>): readonly string[] {
  const bytes = Buffer.byteLength(text);
  if (bytes > mostBytes)
    return [`No QR code: the signature makes it ${bytes} bytes, and one holds ${mostBytes}. Carry the file.`];
  const lines = renderUnicodeCompact(text, { ecc: 'L', border: 2 }).split('\n');
  const wide = Math.max(...lines.map((line) => line.length));
  if (isTTY && wide > columns)
    return [
      `No QR code: it takes ${wide} columns, and the terminal has ${columns}. Make it wider, or its letters smaller.`,
    ];
  return lines;
}
