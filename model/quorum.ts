import { z } from 'zod';
import { name } from './names.ts';

/** How many people of which role must sign: `{ ir-lead: 1, platform: 1 }`. */
export const quorum = z
  .record(name, z.number().int().min(1).max(9))
  .refine((roles) => Object.keys(roles).length > 0, { message: 'expected at least one role' });
export type Quorum = Readonly<Record<string, number>>;

/** A person as the roster knows them. */
export interface Person {
  readonly id: string;
  readonly roles: readonly string[];
}

/**
 * Gives each person one role, so that as many seats of the quorum as possible are filled (a maximum bipartite matching).
 * People count once, whatever number of roles or keys they have.
 *
 * @returns the seats that stay empty, as a quorum; `{}` when it is met
 */
export function missingFrom(required: Quorum, people: readonly Person[]): Quorum {
  const distinct = [...new Map(people.map((person) => [person.id, person])).values()];
  const seats = Object.entries(required).flatMap(([role, count]) => Array.from({ length: count }, () => role));
  const holder = new Map<number, number>();
  const seat = (person: number, tried: Set<number>): boolean =>
    seats.some((role, index) => {
      if (tried.has(index) || !distinct[person]?.roles.includes(role)) return false;
      tried.add(index);
      const occupant = holder.get(index);
      if (occupant !== undefined && !seat(occupant, tried)) return false;
      holder.set(index, person);
      return true;
    });
  for (const person of distinct.keys()) seat(person, new Set());
  const missing: Record<string, number> = {};
  for (const [index, role] of seats.entries()) if (!holder.has(index)) missing[role] = (missing[role] ?? 0) + 1;
  return missing;
}

/** True when the people given fill every seat, each person one seat. */
export function isMet(required: Quorum, people: readonly Person[]): boolean {
  return Object.keys(missingFrom(required, people)).length === 0;
}

/** True when `asked` asks for at least as many of every role as `least` does. */
export function covers(asked: Quorum, least: Quorum): boolean {
  return Object.entries(least).every(([role, count]) => (asked[role] ?? 0) >= count);
}

/** `1 ir-lead and 1 platform`; roles in alphabetical order. */
export function quorumWords(roles: Quorum): string {
  const parts = Object.keys(roles)
    .toSorted()
    .map((role) => `${roles[role] ?? 0} ${role}`);
  return parts.length === 0 ? 'nobody' : parts.join(' and ');
}
