import {
  CreateSecurityGroupCommand,
  DescribeInstancesCommand,
  ModifyNetworkInterfaceAttributeCommand,
  RevokeSecurityGroupEgressCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  DeleteRolePolicyCommand,
  DeleteUserPolicyCommand,
  GetRoleCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sessionDocument } from '../../../activities/iam/policies.ts';
import { attackerReaches, tryLeakedKey } from '../../../drill/scenario/attacker.ts';
import { drillClients } from '../../../drill/scenario/aws-clients.ts';
import type { DrillClients } from '../../../drill/scenario/aws-clients.ts';
import { scenarios } from '../../../drill/scenario/scenarios.ts';
import { seedWorld } from '../../../drill/scenario/seed.ts';
import type { World } from '../../../drill/scenario/seed.ts';
import { compareWorlds, readWorld } from '../../../drill/scenario/world-state.ts';
import { startStack } from '../../../drill/stack/stack.ts';
import type { Stack } from '../../../drill/stack/stack.ts';

describe('the seeded world', () => {
  let stack: Stack;
  let world: World;
  let clients: DrillClients;

  beforeAll(async () => {
    stack = await startStack({ log: () => undefined, temporal: false });
    world = await seedWorld(scenarios.small, { endpoint: stack.proxy.url });
    clients = drillClients(stack.proxy.url);
  });
  afterAll(async () => {
    clients?.destroy();
    await stack?.stop();
  });

  it('has each system at AWS by its tag, with its interfaces and volumes', async () => {
    const reply = await clients.ec2.send(
      new DescribeInstancesCommand({ Filters: [{ Name: 'tag:system', Values: ['directory'] }] }),
    );
    const hosts = (reply.Reservations ?? []).flatMap(({ Instances = [] }) => Instances);
    expect(hosts.map(({ InstanceId = '' }) => InstanceId).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(
      world.instances.get('directory')?.toSorted((a, b) => (a < b ? -1 : 1)),
    );
    expect(hosts.map(({ NetworkInterfaces = [] }) => NetworkInterfaces.length)).toEqual([2, 2]);
    expect(hosts.map(({ BlockDeviceMappings = [] }) => BlockDeviceMappings.length)).toEqual([1, 1]);
    const groups = hosts[0]?.NetworkInterfaces?.map(({ Groups = [] }) => Groups.map(({ GroupName }) => GroupName));
    expect(groups).toEqual([['directory', 'base-identity'], ['directory']]);
  });

  it('keeps the leaked key in Secrets Manager, where its owner reads it', async () => {
    const secret = await clients.secrets.send(new GetSecretValueCommand({ SecretId: 'retail/directory-sync' }));
    expect(JSON.parse(secret.SecretString ?? '')).toEqual({
      AccessKeyId: world.leakedKey.accessKeyId,
      SecretAccessKey: world.leakedKey.secretAccessKey,
    });
  });

  it('lets the attacker in everywhere at first, by network, key and role', async () => {
    const view = await attackerReaches(world, stack.moto.url);
    expect(view).toEqual({ reaches: ['till-gateway', 'till-gateway-spare'], roles: ['vdi-fleet'] });
    expect(await tryLeakedKey(world, stack.proxy.url)).toEqual({ works: true, answer: 'accepted' });
  });

  it('refuses the leaked key once it is inactive or its user is denied, and says so by name', async () => {
    const key = { UserName: 'directory-sync', AccessKeyId: world.leakedKey.accessKeyId };
    await clients.iam.send(new UpdateAccessKeyCommand({ ...key, Status: 'Inactive' }));
    expect(await tryLeakedKey(world, stack.proxy.url)).toMatchObject({ works: false });
    await clients.iam.send(new UpdateAccessKeyCommand({ ...key, Status: 'Active' }));
    const deny = { UserName: 'directory-sync', PolicyName: 'contained' };
    const PolicyDocument = '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}';
    await clients.iam.send(new PutUserPolicyCommand({ ...deny, PolicyDocument }));
    expect(await tryLeakedKey(world, stack.proxy.url)).toEqual({
      works: false,
      answer: expect.stringMatching(/^AccessDenied/) as unknown,
    });
    await clients.iam.send(new DeleteUserPolicyCommand(deny));
    expect(await tryLeakedKey(world, stack.proxy.url)).toMatchObject({ works: true });
  });

  it('takes a role from the attacker when every host they hold with it is denied its own session, and not before', async () => {
    const hosts = world.instances.get('call-centre-vdi') ?? [];
    const { Role } = await clients.iam.send(new GetRoleCommand({ RoleName: 'vdi-fleet' }));
    const own = (host: string) => ({ RoleName: 'vdi-fleet', PolicyName: `deny-${host}` });
    const rolesHeld = async () => (await attackerReaches(world, stack.moto.url)).roles;
    for (const host of hosts) {
      expect(await rolesHeld()).toEqual(['vdi-fleet']);
      const PolicyDocument = sessionDocument(Role?.RoleId ?? '', host);
      await clients.iam.send(new PutRolePolicyCommand({ ...own(host), PolicyDocument }));
    }
    expect(await rolesHeld()).toEqual([]);
    for (const host of hosts) await clients.iam.send(new DeleteRolePolicyCommand(own(host)));
  });

  it('is equal to itself, and any change shows in words until it is put back', async () => {
    const before = await readWorld(stack.moto.url);
    const [host = ''] = world.instances.get('till-gateway') ?? [];
    const key = { UserName: 'directory-sync', AccessKeyId: world.leakedKey.accessKeyId };
    await clients.ec2.send(new StopInstancesCommand({ InstanceIds: [host] }));
    await clients.iam.send(new UpdateAccessKeyCommand({ ...key, Status: 'Inactive' }));
    const changed = await readWorld(stack.moto.url);
    expect(compareWorlds(before, changed)).toEqual([
      `instance ${host}, state: was running, is stopped`,
      `user directory-sync, key ${key.AccessKeyId}: was Active, is Inactive`,
    ]);
    expect(compareWorlds(before, changed, { rotatedUsers: ['directory-sync'] })).toHaveLength(1);
    await clients.ec2.send(new StartInstancesCommand({ InstanceIds: [host] }));
    await clients.iam.send(new UpdateAccessKeyCommand({ ...key, Status: 'Active' }));
    expect(compareWorlds(before, await readWorld(stack.moto.url))).toEqual([]);
  });

  it('shows hosts in an empty group as cut off, and the group and each interface as differences', async () => {
    const before = await readWorld(stack.moto.url);
    const empty = await emptyGroup();
    const held = ['call-centre-vdi', 'directory'].flatMap((system) => world.instances.get(system) ?? []);
    const reply = await clients.ec2.send(new DescribeInstancesCommand({ InstanceIds: held }));
    const interfaces = (reply.Reservations ?? [])
      .flatMap(({ Instances = [] }) => Instances)
      .flatMap(({ NetworkInterfaces = [] }) =>
        NetworkInterfaces.map(({ NetworkInterfaceId }) => NetworkInterfaceId ?? ''),
      );
    expect(interfaces).toHaveLength(8);
    for (const id of interfaces.slice(0, -1)) await moveInto(empty, id);
    expect((await attackerReaches(world, stack.moto.url)).reaches).toEqual(['till-gateway', 'till-gateway-spare']);
    await moveInto(empty, interfaces.at(-1) ?? '');
    expect((await attackerReaches(world, stack.moto.url)).reaches).toEqual([]);
    const differences = compareWorlds(before, await readWorld(stack.moto.url));
    expect(differences.filter((line) => line.startsWith('group '))).toEqual([
      `group ${empty} (empty), in: is new, nothing`,
      `group ${empty} (empty), out: is new, nothing`,
    ]);
    expect(differences.filter((line) => line.includes('interface'))).toHaveLength(8);
  });

  async function emptyGroup(): Promise<string> {
    const VpcId = world.network.vpcs.get('corporate');
    const made = await clients.ec2.send(
      new CreateSecurityGroupCommand({ VpcId, GroupName: 'empty', Description: '-' }),
    );
    const everything = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
    await clients.ec2.send(
      new RevokeSecurityGroupEgressCommand({ GroupId: made.GroupId, IpPermissions: [everything] }),
    );
    return made.GroupId ?? '';
  }

  async function moveInto(group: string, id: string): Promise<void> {
    await clients.ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId: id, Groups: [group] }));
  }
});
