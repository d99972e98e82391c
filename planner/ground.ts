import type { Contained } from '../model/continuity.ts';
import type { Estate } from '../model/estate.ts';
import type { LiveReads } from '../model/live.ts';
import type { Slice } from '../model/plan.ts';
import type { Claims } from './claims.ts';
import { asItRuns, claimInstances, notRunning } from './claims.ts';
import { orderEstate, orderLive } from './order.ts';
import { wholeSlice } from './slice.ts';
import { principalUsers } from './targets.ts';

/** What can be said of an estate and its live reads before there is any playbook. Everything in order. */
export interface Ground {
  readonly estate: Estate;
  /** The estate with the roles that hosts run with among what their systems use: what selectors and reach follow. */
  readonly running: Estate;
  readonly live: LiveReads;
  readonly claims: Claims;
  /** Systems that use a principal or run with it, by its id. */
  readonly usersOf: ReadonlyMap<string, readonly string[]>;
  /** Every system and service of the estate. */
  readonly whole: Slice;
  /** `C` before anything is done. */
  readonly baseline: Contained;
}

/** Puts an estate and live reads in order and derives what follows from them alone. */
export function groundOf(given: { readonly estate: Estate; readonly live: LiveReads }): Ground {
  const estate = orderEstate(given.estate);
  const live = orderLive(given.live);
  const claims = claimInstances(estate, live);
  const running = asItRuns(estate, claims);
  return {
    estate,
    running,
    live,
    claims,
    usersOf: principalUsers(running.systems),
    whole: wholeSlice(estate, claims),
    baseline: notRunning(live),
  };
}
