import { sha256 } from '../../activities/proof/seal.ts';
import type { Plan, Roster } from '../../model/plan.ts';
import type { WaiverRequest } from '../../model/waiver.ts';
import { compilePlan } from '../../planner/plan.ts';
import { estate, service, sitesOf, system } from '../helpers/estate-builder.ts';
import { liveOf } from '../helpers/live-builder.ts';
import { playbook } from '../helpers/playbook-builder.ts';

/** The roster with roles for breaking glass: ada, who starts, and cy and dee. */
export function glassRoster(roster: Roster): Roster {
  const keepers = ['ada@example.org', 'cy@example.org', 'dee@example.org'];
  const people = roster.people.map((each) =>
    keepers.includes(each.id) ? { ...each, roles: [...each.roles, 'break-glass'] } : each,
  );
  return { ...roster, people };
}

/** What a plan with a waiver is made of. */
export interface GlassPlan {
  readonly roster: Roster;
  readonly releaseBy?: string;
  readonly breakGlass?: readonly WaiverRequest[];
  /** Both gateways where nothing is said. */
  readonly compromised?: readonly string[];
  /** Hosts of the southern gateway, which needs all of them; 1 where nothing is said. */
  readonly southern?: number;
  /** Targets a wave; 1 where nothing is said. */
  readonly size?: number;
  /** Whether the cut waits for a platform engineer, too. */
  readonly isGated?: boolean;
}

/** Isolates gateways; each serves half of ten tills, and nine of ten must be normal. */
export function glassPlan({ roster, releaseBy = 'PT4H', isGated = false, ...given }: GlassPlan): Plan {
  const { compromised = ['north', 'south'], breakGlass = [{ service: 'tills' }], southern = 1, size = 1 } = given;
  const tills = (gateway: string) => sitesOf(5, gateway).map((site) => ({ ...site, needs: { normal: [gateway] } }));
  const own = estate({
    people: roster.people.map(({ id, roles }) => ({ id, roles: [...roles] })),
    systems: ['north', 'south'].map((name) => system(name)),
    services: [service('tills', { floor: [{ share: 0.9, mode: 'normal' }] })],
    sites: { tills: [...tills('north'), ...tills('south')] },
  });
  const book = playbook({
    releaseBy,
    stages: [
      {
        name: 'cut-off',
        action: 'aws.ec2.isolate',
        on: { systems: '$compromised' },
        waves: { size },
        ...(isGated && { approve: { quorum: { platform: 1 } } }),
      },
    ],
    restore: { tiers: [{ name: 'stores', systems: ['north', 'south'] }] },
  });
  const answer = compilePlan(
    {
      estate: own,
      playbook: book,
      parameters: { compromised },
      except: [],
      narrow: [],
      breakGlass,
      live: liveOf(own, { hosts: { south: southern } }),
      allowedSigners: roster.allowedSigners,
    },
    sha256,
  );
  if (answer.kind === 'refused') throw new Error(JSON.stringify(answer.refusals, null, 1));
  return answer.plan;
}
