import { createHash } from 'node:crypto';
import type { Estate } from '../../model/estate.ts';
import type { Playbook } from '../../model/playbook.ts';
import type { PlannerInputs } from '../../planner/plan.ts';
import { estate, service, sitesOf, system } from '../helpers/estate-builder.ts';
import { liveOf } from '../helpers/live-builder.ts';
import { playbook } from '../helpers/playbook-builder.ts';

/** sha256 as the planner asks for it. */
export function sha256(text: string): string {
  return `sha256:${createHash('sha256').update(text, 'utf8').digest('hex')}`;
}

/** A small retailer: an attacker in desktops and directory can reach the till gateway and its spare. */
export function retail(sites = 2310): Estate {
  return estate({
    principals: [
      { id: 'aws.iam.role:retail/vdi-fleet', opens: ['member-data'] },
      { id: 'aws.iam.user:retail/directory-sync', opens: ['directory'], secret: 'directory-sync' },
    ],
    systems: [
      system('call-centre-vdi', { needs: { all: ['directory'] }, uses: ['aws.iam.role:retail/vdi-fleet'] }),
      system('directory', {
        uses: ['aws.iam.user:retail/directory-sync'],
        reaches: ['call-centre-vdi', 'till-gateway', 'till-gateway-spare'],
      }),
      system('member-data'),
      system('till-gateway', { capacity: { hosts: 2 } }),
      system('till-gateway-spare'),
      system('card-link'),
    ],
    services: [
      service('store-tills', {
        floor: [{ share: 0.95, mode: 'degraded' }],
        modes: {
          normal: { needs: { all: ['till-gateway', 'card-link'] } },
          degraded: { needs: { atLeast: 1, of: ['till-gateway', 'till-gateway-spare'] } },
        },
      }),
      service('call-centre', { protected: false, floor: [], modes: { normal: { needs: 'call-centre-vdi' } } }),
    ],
    sites: { 'store-tills': sitesOf(sites, 'store'), 'call-centre': sitesOf(2, 'centre') },
  });
}

/** Credentials, then the cut in waves, then evidence; directory comes back before the desktops. */
export function shutBackOffice(): Playbook {
  return playbook({
    stages: [
      { name: 'credentials', action: 'aws.iam.contain', on: { principalsOf: '$compromised' } },
      {
        name: 'cut-off',
        action: 'aws.ec2.isolate',
        on: { systems: '$compromised', reachableFrom: '$compromised' },
        approve: { quorum: { 'ir-lead': 1, platform: 1 }, within: 'PT10M' },
        waves: { canary: 1, size: '25%' },
      },
      { name: 'evidence', action: 'aws.ec2.snapshot', on: { systems: '$compromised' } },
    ],
    restore: {
      tiers: [
        {
          name: 'identity',
          systems: ['directory'],
          gate: ['probe', { attest: 'rebuilt' }],
          approve: { quorum: { 'ir-lead': 1 } },
        },
        { name: 'people', systems: ['call-centre-vdi'], waves: { canary: 1, size: '10%' } },
      ],
    },
  });
}

/** Inputs for the retailer under attack; what is given replaces the default. */
export function attack(parts: Partial<PlannerInputs> = {}): PlannerInputs {
  const own = parts.estate ?? retail();
  return {
    estate: own,
    playbook: shutBackOffice(),
    parameters: { compromised: ['call-centre-vdi', 'directory'] },
    except: [],
    narrow: [],
    live: liveOf(own, { hosts: { 'call-centre-vdi': 20, 'till-gateway': 3, directory: 3 } }),
    allowedSigners: '',
    ...parts,
  };
}
