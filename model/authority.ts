import type { Person, Quorum } from './quorum.ts';
import type { Verb } from './verbs.ts';

/** Who may say what, when the estate's `authority` is silent (DESIGN.md, *The estate*). `any` is anybody in the roster. */
export const defaultAuthority = {
  start: { 'ir-lead': 1 },
  resume: { 'ir-lead': 1 },
  abort: { 'ir-lead': 1 },
  release: { 'ir-lead': 1 },
  skip: { 'ir-lead': 1, platform: 1 },
  extend: { 'ir-lead': 1, platform: 1 },
  'break-glass': { 'break-glass': 2 },
  review: { 'break-glass': 2 },
  hold: 'any',
  deny: 'gate',
  approve: 'gate',
  attest: 'gate',
} as const satisfies Record<Verb, Quorum | 'any' | 'gate'>;

/** The estate's own words on authority, over the defaults. */
export type Authority = Readonly<Partial<Record<Verb, Quorum>>>;

/**
 * Who must sign for a verb: a quorum; `any` for anybody in the roster; `gate` for the roles of the gate it answers
 * (`approve` counts towards its quorum; `deny` and `attest` take one person of any of its roles).
 */
export function authorityFor(verb: Verb, authority: Authority): Quorum | 'any' | 'gate' {
  return authority[verb] ?? defaultAuthority[verb];
}

/** True when the person holds at least one of the quorum's roles. */
export function holdsARole(person: Person, quorum: Quorum): boolean {
  return person.roles.some((role) => Object.hasOwn(quorum, role));
}
