import { describe, expect, it } from 'vitest';
import type { Contained } from '../../model/continuity.ts';
import { asItRuns, claimInstances } from '../../planner/claims.ts';
import { compilePlan } from '../../planner/plan.ts';
import { wholeSlice } from '../../planner/slice.ts';
import { freeHosts, isStruck } from '../../planner/struck.ts';
import { estate, service, system } from '../helpers/estate-builder.ts';
import { instance, liveOf, runningWith } from '../helpers/live-builder.ts';
import { playbook } from '../helpers/playbook-builder.ts';
import { sha256 } from './retail.ts';

const fleet = 'aws.iam.role:retail/fleet';
const legacy = 'aws.iam.role:retail/legacy';

/** Tills that need two of four gateways, of whose roles the estate lists neither under `uses`. */
const own = estate({
  principals: [{ id: fleet }],
  systems: [system('desktops', { uses: [fleet] }), system('gateway', { capacity: { hosts: 2 } })],
  services: [service('tills', { modes: { normal: { needs: 'gateway' } } })],
});
const live = liveOf(own, {
  hosts: { gateway: 4, desktops: 2 },
  roles: { gateway: [fleet, fleet, legacy], desktops: [fleet, fleet] },
  more: [instance('i-nobody', 'nobody', { role: runningWith(fleet) })],
});
const claims = claimInstances(own, live);
const slice = wholeSlice(own, claims);
const gateway = slice.systems[1] as (typeof slice.systems)[number];
const containing = (principals: readonly string[], hosts: readonly string[] = []): Contained => ({
  hosts: new Set(hosts),
  principals: new Set(principals),
});

describe('a host that runs with a contained role', () => {
  it('is lost, and no other host of its system', () => {
    expect(freeHosts(gateway, containing([fleet]))).toBe(2);
    expect(isStruck(gateway, containing([fleet]))).toBe(false);
    expect(isStruck(gateway, containing([fleet, legacy]))).toBe(true);
  });

  it('is lost once, where it is contained itself as well', () => {
    expect(freeHosts(gateway, containing([fleet], ['i-gateway-1']))).toBe(2);
    expect(isStruck(gateway, containing([fleet], ['i-gateway-4']))).toBe(true);
  });
});

describe('the slice', () => {
  it('names the roles hosts run with beside those the estate lists, with the hosts where not all do', () => {
    expect(gateway.runsWith).toEqual([
      { id: fleet, hosts: ['i-gateway-1', 'i-gateway-2'] },
      { id: legacy, hosts: ['i-gateway-3'] },
    ]);
    expect(slice.systems[0]).not.toHaveProperty('runsWith');
    const one = liveOf(own, { roles: { gateway: [legacy] } });
    expect(wholeSlice(own, claimInstances(own, one)).systems[1]?.runsWith).toEqual([{ id: legacy }]);
  });
});

describe('the estate as it runs', () => {
  it('lists the roles of hosts among what their systems use', () => {
    expect(asItRuns(own, claims).systems.map(({ uses }) => uses)).toEqual([[fleet], [fleet, legacy]]);
  });
});

describe('containing a role that the estate does not list for a system', () => {
  const credentials = { name: 'credentials', action: 'aws.iam.contain' as const, on: { principals: [fleet] } };
  const plan = (gateways: readonly string[]) =>
    compilePlan(
      {
        estate: own,
        playbook: playbook({ parameters: {}, stages: [credentials] }),
        parameters: {},
        except: [],
        narrow: [],
        live: liveOf(own, { hosts: { gateway: 4 }, roles: { gateway: gateways } }),
        allowedSigners: '',
      },
      sha256,
    );

  it('is refused where its hosts are too many to lose, and says whose role it is', () => {
    const answer = plan([fleet, fleet, fleet]);
    const refusal = answer.kind === 'refused' ? answer.refusals[0] : undefined;
    expect(refusal?.code).toBe('FD-201');
    expect(refusal?.facts.map(({ text }) => text)).toContain(
      `0%: gateway keeps 1 of 4 hosts and needs 2: hosts run with ${fleet}, which it does not list under uses`,
    );
  });

  it('is planned where enough hosts run with another', () => {
    expect(plan([fleet, fleet]).kind).toBe('plan');
  });

  it('is what principalsOf selects by such a system', () => {
    const stage = { ...credentials, on: { principalsOf: ['gateway'] } };
    const answer = compilePlan(
      {
        estate: own,
        playbook: playbook({ parameters: {}, stages: [stage] }),
        parameters: {},
        except: [],
        narrow: [],
        live: liveOf(own, { hosts: { gateway: 4 }, roles: { gateway: [fleet] } }),
        allowedSigners: '',
      },
      sha256,
    );
    const chunks = answer.kind === 'plan' ? Object.values(answer.plan.chunks) : [];
    expect(chunks.flatMap((chunk) => (chunk.kind === 'contain' ? chunk.targets : []))).toMatchObject([
      { id: fleet, systems: ['desktops', 'gateway'] },
    ]);
  });
});
