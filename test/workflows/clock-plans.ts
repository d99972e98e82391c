import { sha256 } from '../../activities/proof/seal.ts';
import type { Plan, Roster } from '../../model/plan.ts';
import { compilePlan } from '../../planner/plan.ts';
import { estate, service, system } from '../helpers/estate-builder.ts';
import { liveOf } from '../helpers/live-builder.ts';
import { playbook } from '../helpers/playbook-builder.ts';

/** Times of a plan over stock and tills: when shelves are empty, and when the tier is due back. */
export interface ClockTimes {
  readonly after: string;
  readonly releaseBy: string;
  /** Whether the cut waits for people. */
  readonly isGated?: boolean;
}

/** Isolates the three hosts of stock ordering; tills fall below their floor so long after. */
export function clockPlan(roster: Roster, { after, releaseBy, isGated = false }: ClockTimes): Plan {
  const own = estate({
    people: roster.people.map(({ id, roles }) => ({ id, roles: [...roles] })),
    systems: [system('stock'), system('gateway')],
    services: [
      service('tills', {
        modes: { normal: { needs: { all: ['gateway', { on: 'stock', after, then: 'shelves empty' }] } } },
      }),
    ],
  });
  const book = playbook({
    releaseBy,
    stages: [
      {
        name: 'cut-off',
        action: 'aws.ec2.isolate',
        on: { systems: '$compromised' },
        waves: { size: 2 },
        ...(isGated && { approve: { quorum: { platform: 1 } } }),
      },
    ],
    restore: { tiers: [{ name: 'logistics', systems: ['stock'] }] },
  });
  const answer = compilePlan(
    {
      estate: own,
      playbook: book,
      parameters: { compromised: ['stock'] },
      except: [],
      narrow: [],
      live: liveOf(own, { hosts: { stock: 3 } }),
      allowedSigners: roster.allowedSigners,
    },
    sha256,
  );
  if (answer.kind === 'refused') throw new Error(JSON.stringify(answer.refusals, null, 1));
  return answer.plan;
}
