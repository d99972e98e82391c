import type { Contained } from '../model/continuity.ts';

/** Nothing contained. */
export const nothingContained: Contained = { hosts: new Set(), principals: new Set() };

/** Everything in either of two. */
export function containedTogether(one: Contained, other: Contained): Contained {
  return {
    hosts: new Set([...one.hosts, ...other.hosts]),
    principals: new Set([...one.principals, ...other.principals]),
  };
}
