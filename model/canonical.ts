import canonicalize from 'canonicalize';

/** JSON data: what plans, decisions and captures are made of. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** The RFC 8785 form of a JSON value: the one form whose bytes are hashed, signed and compared. */
export function canonical(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('not a JSON value');
  return text;
}
