import type { ActivityDeps } from '../deps.ts';
import { hostsInOurGroups } from '../ledger/marks.ts';
import { byText, instancesById, reading, stateOf } from './instances.ts';

/** Hosts to look at, all of one account. */
export interface FactsInput {
  readonly account: string;
  readonly hosts: readonly string[];
}

/** What the guard needs to know of hosts before a wave. */
export interface Facts {
  /** Those that are not running, don't exist, or are in a containment group of any incident, sorted. */
  readonly down: readonly string[];
}

/** Fresh reads for the guard. */
export interface FactsActivities {
  readonly readFacts: (input: FactsInput) => Promise<Facts>;
}

/** Fresh reads over a worker's deps; reading calls only. Throws `AwsUnavailable` (retried) or `RefusedByAws`. */
export function factsActivities(deps: ActivityDeps): FactsActivities {
  return {
    readFacts: async ({ account, hosts }) => {
      const { ec2 } = deps.aws(account);
      const found = await reading(`hosts of ${account}`, async () => await instancesById(ec2, hosts));
      const isolated = await reading(`groups of ${account}`, async () => await hostsInOurGroups(ec2));
      const contained = new Set([...isolated.values()].flatMap((ids) => [...ids]));
      const isDown = (host: string): boolean => stateOf(found.get(host)) !== 'running' || contained.has(host);
      return { down: hosts.filter(isDown).toSorted(byText) };
    },
  };
}
