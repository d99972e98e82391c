import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../documents/digest.ts';
import { loadEstate } from '../../../documents/estate.ts';
import { loadPlaybook } from '../../../documents/playbook.ts';
import type { Layout } from '../../../drill/scenario/layout.ts';
import { scenarios } from '../../../drill/scenario/scenarios.ts';
import type { Scenario } from '../../../drill/scenario/scenarios.ts';
import { truthOf } from '../../../drill/twin/truth.ts';
import type { LiveReads } from '../../../model/live.ts';
import { compilePlan } from '../../../planner/plan.ts';
import type { PlanAnswer } from '../../../planner/plan.ts';
import { flagsOf } from '../../helpers/repairs.ts';

/** The scenarios of the whole story; the others have one of their own, told in `test/e2e`. */
describe.each([scenarios.small, scenarios['retail-and-funeralcare']])('the story of $name', (scenario) => {
  it('has a first playbook that is refused, for the stores, and that would really shut them', async () => {
    const answer = await plan(scenario, { playbook: 'naive', except: [] });
    if (answer.kind !== 'refused') throw new Error('a plan');
    expect(answer.refusals.map(({ code, message }) => [code, message])).toEqual([
      ['FD-201', 'stage cut-off, wave 1 would take store-tills below its floor.'],
    ]);
    expect(answer.refusals[0]?.repairs.map(flagsOf)).toContain('--except till-gateway');
    expect(reallyLeft(scenario, [...scenario.compromised, 'till-gateway', 'till-gateway-spare'])).toBe('down');
  });

  it('has a second plan: identities, a canary and waves, evidence, a new key; and the stores trade on', async () => {
    const answer = await plan(scenario, { playbook: 'intrusion', except: scenario.except });
    if (answer.kind !== 'plan') throw new Error(answer.refusals.map(({ message }) => message).join('; '));
    const { stages, tiers, services } = answer.plan.header;
    expect(stages.map(({ name }) => name)).toEqual(['credentials', 'cut-off', 'evidence', 'new-keys']);
    expect(stages[1]?.waves[0]).toMatchObject({ canary: true, targets: 1 });
    expect(stages[1]?.waves.length).toBeGreaterThan(2);
    expect(tiers.slice(0, 2).map(({ name }) => name)).toEqual(['identity', 'people']);
    expect(services.find(({ name }) => name === 'store-tills')?.worst).toEqual({ mode: 'normal', share: 1 });
    const touched = stages.flatMap(({ waves }) => waves.flatMap(({ systems }) => systems));
    expect(reallyLeft(scenario, touched)).toBe('normal');
  });
});

/** The best mode the tills really have with whole systems gone. */
function reallyLeft({ layout, wiring }: Scenario, gone: readonly string[]): string {
  const truth = truthOf(wiring, {
    serving: new Map(layout.hosts.map(({ system, count }) => [system, gone.includes(system) ? 0 : count])),
    users: new Set(layout.users.map(({ name }) => name)),
    roles: new Set(layout.roles.map(({ name }) => name)),
  });
  return truth.services.get('store-tills')?.find(({ works }) => works)?.mode ?? 'down';
}

interface Attempt {
  readonly playbook: string;
  readonly except: readonly string[];
}

async function plan(scenario: Scenario, { playbook, except }: Attempt): Promise<PlanAnswer> {
  const estate = await loadEstate(join(scenario.directory, 'estate.yaml'));
  const loaded = await loadPlaybook(join(scenario.directory, 'playbooks', `${playbook}.yaml`));
  if (!estate.ok || !loaded.ok) throw new Error('invalid files');
  const parameters = { compromised: scenario.compromised };
  const inputs = {
    estate: estate.estate,
    playbook: loaded.playbook,
    parameters,
    except,
    narrow: [],
    allowedSigners: '',
  };
  return compilePlan({ ...inputs, live: readsOf(scenario.layout) }, sha256);
}

/** What live reads would show of a layout. */
function readsOf({ hosts, subnets, users, roles, region }: Layout): LiveReads {
  const vpcOf = new Map(subnets.map(({ name, vpc }) => [name, vpc]));
  const instances = hosts.flatMap(({ system, count, subnet, secondSubnet, claimed, role }) =>
    Array.from({ length: count }, (_, index) => ({
      id: `i-${system}-${index}`,
      account: 'retail',
      region,
      state: 'running' as const,
      tags: claimed === false ? {} : { system },
      interfaces: [subnet, secondSubnet].flatMap((each) =>
        each === undefined
          ? []
          : [{ id: `eni-${system}-${index}-${each}`, subnet: each, vpc: vpcOf.get(each) ?? '', groups: [system] }],
      ),
      volumes: [`vol-${system}-${index}`],
      ...(role !== undefined && { role: { id: `aws.iam.role:retail/${role}`, uniqueId: `AROA-${role}` } }),
    })),
  );
  const principals = [
    ...users.map(({ name }) => ({
      id: `aws.iam.user:retail/${name}`,
      keys: [{ id: `key-of-${name}`, status: 'Active' as const }],
      inlinePolicies: ['work'],
    })),
    ...roles.map(({ name }) => ({
      id: `aws.iam.role:retail/${name}`,
      keys: [],
      inlinePolicies: ['work'],
      trustPolicy: '{}',
    })),
  ];
  return { instances, principals };
}
