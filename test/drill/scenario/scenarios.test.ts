import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadEstate } from '../../../documents/estate.ts';
import { checkPlaybookAgainst, loadPlaybook } from '../../../documents/playbook.ts';
import { scenarios } from '../../../drill/scenario/scenarios.ts';
import { readSites } from '../../../drill/twin/sites.ts';
import { estateFile } from '../../../model/estate.ts';

const playbookFiles = [
  'playbooks/intrusion.yaml',
  ...Object.values(scenarios).flatMap(({ name }) =>
    ['naive', 'intrusion'].map((playbook) => `drill/scenario/${name}/playbooks/${playbook}.yaml`),
  ),
];

it.each(playbookFiles)('%s is a valid playbook', async (file) => {
  expect(await loadPlaybook(file)).toMatchObject({ ok: true });
});

describe.each(Object.values(scenarios))('the scenario $name', (scenario) => {
  const readEstate = async () =>
    estateFile.parse(parse(await readFile(join(scenario.directory, 'estate.yaml'), 'utf8')));

  it('has an estate without problems', async () => {
    expect(await loadEstate(join(scenario.directory, 'estate.yaml'))).toMatchObject({ ok: true });
  });

  it.each(['naive', 'intrusion'])('has a playbook %s that fits its estate', async (name) => {
    const estate = await loadEstate(join(scenario.directory, 'estate.yaml'));
    const playbook = await loadPlaybook(join(scenario.directory, 'playbooks', `${name}.yaml`));
    if (!estate.ok || !playbook.ok) throw new Error('invalid files, see the tests of each');
    expect(checkPlaybookAgainst(playbook, estate.estate)).toEqual([]);
  });

  it('has a layout, a wiring and an estate that speak of the same things', async () => {
    const estate = await readEstate();
    const claimed = scenario.layout.hosts.filter(({ claimed: isClaimed }) => isClaimed !== false);
    expect(claimed.map(({ system }) => system).toSorted()).toEqual(estate.systems.map(({ name }) => name).toSorted());
    expect(Object.keys(scenario.wiring.systems)).toEqual(
      estate.systems.map(({ name }) => name).filter((name) => name in scenario.wiring.systems),
    );
    const roles = new Set(scenario.layout.roles.map(({ name }) => `aws.iam.role:retail/${name}`));
    const users = new Set(scenario.layout.users.map(({ name }) => `aws.iam.user:retail/${name}`));
    expect(estate.principals.filter(({ id }) => !roles.has(id) && !users.has(id))).toEqual([]);
  });

  it('promises in the estate the floors that the business set', async () => {
    const estate = await readEstate();
    const promised = estate.services.map((service) => [service.name, service.protected, service.floor]);
    expect(promised).toEqual(
      scenario.wiring.services.map((service) => [service.name, service.protected, service.floor]),
    );
  });

  it('runs its hosts with the roles its wiring says', () => {
    const withRole = scenario.layout.hosts.flatMap(({ system, role }) =>
      role === undefined ? [] : [[system, [role]]],
    );
    const wired = Object.entries(scenario.wiring.systems).flatMap(([system, { roles }]) =>
      roles ? [[system, roles]] : [],
    );
    expect(new Map(withRole as [string, string[]][])).toEqual(new Map(wired as [string, string[]][]));
  });

  it('names systems that exist as compromised, as targets and to leave out', async () => {
    const systems = (await readEstate()).systems.map(({ name }) => name);
    expect(systems).toEqual(expect.arrayContaining([...scenario.compromised, ...scenario.targets, ...scenario.except]));
  });
});

it('is the size of the story: 2,310 stores, 812 funeral homes, about a hundred hosts in three networks', async () => {
  const scenario = scenarios['retail-and-funeralcare'];
  const sites = await readSites(scenario);
  expect(sites.get('store-tills')).toHaveLength(2310);
  expect(sites.get('funeral-arrangement')).toHaveLength(812);
  expect([...sites.values()].flat()).toHaveLength(3141);
  expect(scenario.layout.hosts.reduce((sum, { count }) => sum + count, 0)).toBe(103);
  expect(scenario.layout.vpcs).toHaveLength(3);
  expect(scenarios.small.layout.hosts.reduce((sum, { count }) => sum + count, 0)).toBe(10);
});
