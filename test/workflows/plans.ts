import { sha256 } from '../../activities/proof/seal.ts';
import type { Plan } from '../../model/plan.ts';
import type { Playbook } from '../../model/playbook.ts';
import { compilePlan } from '../../planner/plan.ts';
import { estate, service, system } from '../helpers/estate-builder.ts';
import { liveOf } from '../helpers/live-builder.ts';
import { playbook } from '../helpers/playbook-builder.ts';
import type { People } from '../helpers/warrants.ts';

/** The estate of workflow tests: three desktops that nothing protected needs, and tills that need two of three gateways. */
function testEstate(people: People) {
  return estate({
    people: people.roster.people.map(({ id, roles }) => ({ id, roles: [...roles] })),
    principals: [{ id: 'aws.iam.user:retail/sync' }],
    systems: [
      system('desktops', { uses: ['aws.iam.user:retail/sync'] }),
      system('gateway', { capacity: { hosts: 2 } }),
    ],
    services: [service('tills', { modes: { normal: { needs: 'gateway' } }, floor: [{ share: 0.9, mode: 'normal' }] })],
  });
}

/** Deny the identity, isolate the desktops one by one behind a gate, snapshot them; give back in one gated tier. */
export const fullPlaybook = (): Playbook =>
  playbook({
    stages: [
      { name: 'credentials', action: 'aws.iam.contain', on: { principalsOf: '$compromised' } },
      {
        name: 'cut-off',
        action: 'aws.ec2.isolate',
        on: { systems: '$compromised' },
        approve: { quorum: { 'ir-lead': 1, platform: 1 }, within: 'PT10M' },
        waves: { canary: 1, size: 2 },
      },
      { name: 'evidence', action: 'aws.ec2.snapshot', on: { systems: '$compromised' } },
    ],
    restore: {
      tiers: [
        {
          name: 'people',
          systems: ['desktops'],
          gate: ['probe', { attest: 'clean-image' }],
          approve: { quorum: { 'ir-lead': 1 } },
        },
      ],
    },
  });

/** One stage without a gate: isolate the systems given. */
export const plainPlaybook = (waves?: { canary?: number; size?: number }): Playbook =>
  playbook({
    stages: [
      {
        name: 'cut-off',
        action: 'aws.ec2.isolate',
        on: { systems: '$compromised' },
        ...(waves === undefined ? {} : { waves }),
      },
    ],
  });

/** Compiles a plan over the test estate. Throws with the refusals. */
export function planOf(people: People, book: Playbook, compromised: readonly string[] = ['desktops']): Plan {
  const own = testEstate(people);
  const answer = compilePlan(
    {
      estate: own,
      playbook: book,
      parameters: { compromised },
      except: [],
      narrow: [],
      live: liveOf(own, { hosts: { desktops: 3, gateway: 3 } }),
      allowedSigners: people.roster.allowedSigners,
    },
    sha256,
  );
  if (answer.kind === 'refused') throw new Error(JSON.stringify(answer.refusals, null, 1));
  return answer.plan;
}
