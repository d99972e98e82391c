import { createHash } from 'node:crypto';

/** sha256 of a text's UTF-8 bytes, as `sha256:` and 64 hex digits. */
export function sha256(text: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
