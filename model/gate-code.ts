import { z } from 'zod';

/** Crockford's base 32: no I, L, O or U, so that a code survives the telephone (https://www.crockford.com/base32.html). */
const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const length = 6;

/** The short code of one opening of a gate, such as `K7M2QX`. It leads to the gate and is no authority in itself. */
export const gateCode = z
  .string()
  .regex(/^[0-9A-HJKMNP-TV-Z]{6}$/, 'expected the six characters of a gate, such as K7M2QX');

/** What one opening of a gate is told apart by. */
export interface GateOpening {
  readonly incident: string;
  readonly gate: string;
  /** The instant it opened: a gate that opens anew has a new code. */
  readonly openedAt: string;
}

/** FNV-1a with MurmurHash3's finaliser: 32 bits, well spread for names that differ in one digit. Not for secrets. */
function spread(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The code of an opening: 30 bits of a plain hash. Two gates may share one; whoever takes a code has to look (`approve` does). */
export function gateCodeOf({ incident, gate, openedAt }: GateOpening): string {
  const bits = spread(`${incident} ${gate} ${openedAt}`);
  return Array.from({ length }, (_, index) => digits[(bits >>> (5 * index)) & 31] ?? '').join('');
}

/** Reads a code as people write it: any case, with spaces, O for 0, I or L for 1. `undefined` for what is none. */
export function readGateCode(text: string): string | undefined {
  const plain = text.toUpperCase().replaceAll(' ', '').replaceAll('O', '0').replace(/[IL]/g, '1');
  const read = gateCode.safeParse(plain);
  return read.success ? read.data : undefined;
}
