import type { Estate } from '../../model/estate.ts';
import type { LiveInstance, LivePrincipal, LiveReads } from '../../model/live.ts';
import { principalParts } from '../../model/names.ts';
import type { Playbook } from '../../model/playbook.ts';
import { playbook } from '../../model/playbook.ts';
import type { PlannerInputs } from '../../planner/plan.ts';
import type { MadeEstate } from './company.ts';

function instance(index: number, system: string, account: string): LiveInstance {
  const id = (kind: string, width: number): string =>
    `${kind}-${((index + 1) * 2654435761).toString(16).padStart(width, '0').slice(-width)}`;
  const hasTwo = index % 7 === 0;
  return {
    id: id('i', 17),
    account,
    region: 'eu-west-2',
    state: 'running',
    tags: { system, Name: `${system}-${index}`, owner: 'platform', environment: 'production' },
    interfaces: [id('eni', 17), ...(hasTwo ? [`${id('eni', 16)}f`] : [])].map((each) => ({
      id: each,
      subnet: `subnet-${index % 40}`,
      vpc: `vpc-${account}`,
      groups: [`sg-${account}`, `sg-${index % 90}`],
    })),
    volumes: [id('vol', 17), ...(hasTwo ? [`${id('vol', 16)}f`] : [])],
    ...(index % 3 === 0 && { role: { id: `aws.iam.role:${account}/runs-${system}`, uniqueId: `AROA${index}` } }),
  };
}

function principal(id: string): LivePrincipal {
  const isUser = principalParts(id).kind === 'user';
  const own = isUser ? { keys: [{ id: `AKIA-${id}`, status: 'Active' as const }] } : { keys: [], trustPolicy: '{}' };
  return { id, inlinePolicies: [], ...own };
}

/** Everything an estate lists, running. */
export function liveReadsOf({ estate, hostsOf }: MadeEstate): LiveReads {
  const owners = estate.systems.flatMap(({ name, controls }) => {
    const account = controls[0]?.['aws.ec2'].account ?? '';
    return Array.from({ length: hostsOf.get(name) ?? 0 }, () => ({ name, account }));
  });
  return {
    instances: owners.map(({ name, account }, index) => instance(index, name, account)),
    principals: estate.principals.map(({ id }) => principal(id)),
  };
}

function names(estate: Estate, zone: string): readonly string[] {
  return estate.systems.filter((system) => system.zone === zone).map(({ name }) => name);
}

/** The playbook that ships, in waves of one in twenty targets; given back from the ground up. */
function shutOffices(estate: Estate): Playbook {
  return playbook.parse({
    apiVersion: 'firedoor/v1',
    kind: 'Playbook',
    name: 'shut-offices',
    parameters: { compromised: { type: 'systems', required: true } },
    releaseBy: 'P3D',
    stages: [
      { name: 'credentials', action: 'aws.iam.contain', on: { principalsOf: '$compromised' } },
      {
        name: 'cut-off',
        action: 'aws.ec2.isolate',
        on: { systems: '$compromised', reachableFrom: '$compromised' },
        approve: { quorum: { 'ir-lead': 1, platform: 1 }, within: 'PT10M' },
        waves: { canary: 1, size: '5%' },
      },
      { name: 'evidence', action: 'aws.ec2.snapshot', on: { systems: '$compromised' } },
    ],
    restore: {
      tiers: [
        {
          name: 'identity',
          systems: names(estate, 'identity'),
          releaseBy: 'PT4H',
          gate: ['probe', { attest: 'rebuilt-from-clean-image' }],
          approve: { quorum: { 'ir-lead': 1 } },
        },
        {
          name: 'back-office',
          systems: names(estate, 'back-office'),
          releaseBy: 'P2D',
          waves: { canary: 1, size: '10%' },
        },
      ],
    },
  });
}

function ownersIn({ systems }: Estate, zone: string, count: number): readonly string[] {
  return systems
    .filter((system) => system.zone === zone && system.uses.length > 0)
    .slice(0, count)
    .map(({ name }) => name);
}

/** An attacker in directories and desktops of a company, each with an identity of its own: a plan that nothing speaks against. */
export function attackOn(made: MadeEstate): PlannerInputs {
  const { estate } = made;
  return {
    estate,
    playbook: shutOffices(estate),
    parameters: { compromised: [...ownersIn(estate, 'identity', 3), ...ownersIn(estate, 'office', 3)] },
    except: [],
    narrow: [],
    live: liveReadsOf(made),
    allowedSigners: '',
  };
}

/** The same attacker, and he is in what the stores stand on: to cut that off would take their floors. */
export function attackOnStores(made: MadeEstate): PlannerInputs {
  const inputs = attackOn(made);
  const stores = names(made.estate, 'stores').slice(0, 8);
  return { ...inputs, parameters: { compromised: [...(inputs.parameters['compromised'] ?? []), ...stores] } };
}
