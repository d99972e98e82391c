import {
  CreateNetworkAclCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  ModifyNetworkInterfaceAttributeCommand,
  ReplaceNetworkAclAssociationCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { CreateSecurityGroupCommand, RevokeSecurityGroupEgressCommand } from '@aws-sdk/client-ec2';
import { UpdateAccessKeyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drillClients } from '../../../drill/scenario/aws-clients.ts';
import type { DrillClients } from '../../../drill/scenario/aws-clients.ts';
import { scenarios } from '../../../drill/scenario/scenarios.ts';
import { seedWorld } from '../../../drill/scenario/seed.ts';
import type { World } from '../../../drill/scenario/seed.ts';
import { startStack } from '../../../drill/stack/stack.ts';
import type { Stack } from '../../../drill/stack/stack.ts';
import { startObserver } from '../../../drill/twin/observer.ts';
import { startTwin } from '../../../drill/twin/twin.ts';
import type { Twin } from '../../../drill/twin/twin.ts';

describe('the estate twin', () => {
  let stack: Stack;
  let world: World;
  let clients: DrillClients;
  let twin: Twin;

  beforeAll(async () => {
    stack = await startStack({ log: () => undefined, temporal: false });
    world = await seedWorld(scenarios.small, { endpoint: stack.proxy.url });
    clients = drillClients(stack.proxy.url);
    twin = await startTwin({ world, endpoint: stack.moto.url, proxy: stack.proxy, pollMs: 50 });
  });
  afterAll(async () => {
    await twin?.stop();
    clients?.destroy();
    await stack?.stop();
  });

  it('answers for sites, services and modes that exist, and for itself', async () => {
    expect(await status('/healthz')).toBe(200);
    expect(await status('/store-tills/store-01/normal')).toBe(200);
    expect(await status('/funeral-arrangement/home-4/manual')).toBe(200);
    expect(await status('/store-tills/store-99/normal')).toBe(404);
    expect(await status('/store-tills/store-01/manual')).toBe(404);
    expect(await status('/')).toBe(404);
  });

  it('takes stores down to their fallback when two of three till gateways are in a group that lets nothing through', async () => {
    const [first = '', second = ''] = gateways();
    const group = await emptyGroup();
    const before = await interfacesOf([first, second]);
    await move([before[0]], [group]);
    expect(await modesOf('store-tills', 'store-07')).toEqual([200, 200]);
    await move([before[1]], [group]);
    expect(await modesOf('store-tills', 'store-07')).toEqual([503, 200]);
    const reply = await fetch(`${twin.url}/store-tills/store-07/normal`);
    expect(await reply.text()).toBe('till-gateway serves with 1 hosts and takes 2\n');
    for (const each of before) await move([each], each.groups);
    expect(await modesOf('store-tills', 'store-07')).toEqual([200, 200]);
  });

  it('takes stores down for good when a network ACL shuts their subnet, spare and all', async () => {
    const subnet = world.network.subnets.get('stores') ?? '';
    const shut = await clients.ec2.send(new CreateNetworkAclCommand({ VpcId: world.network.vpcs.get('stores') }));
    const original = await associate(subnet, shut.NetworkAcl?.NetworkAclId ?? '');
    expect(await modesOf('store-tills', 'store-07')).toEqual([503, 503]);
    await associate(subnet, original);
    expect(await modesOf('store-tills', 'store-07')).toEqual([200, 200]);
  });

  it('knows a system by its identity too: an inactive key and a closed trust take it down', async () => {
    const key = { UserName: 'directory-sync', AccessKeyId: world.leakedKey.accessKeyId };
    await clients.iam.send(new UpdateAccessKeyCommand({ ...key, Status: 'Inactive' }));
    expect(await modesOf('funeral-arrangement', 'home-1', ['normal', 'manual'])).toEqual([503, 200]);
    expect(await modesOf('call-centre', 'call-centre', ['normal'])).toEqual([503]);
    await clients.iam.send(new UpdateAccessKeyCommand({ ...key, Status: 'Active' }));
    expect(await modesOf('call-centre', 'call-centre', ['normal'])).toEqual([200]);
    const trust = (Effect: string) =>
      new UpdateAssumeRolePolicyCommand({
        RoleName: 'till-gateway',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: { Effect, Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
        }),
      });
    await clients.iam.send(trust('Deny'));
    expect(await modesOf('store-tills', 'store-01')).toEqual([503, 200]);
    await clients.iam.send(trust('Allow'));
    expect(await modesOf('store-tills', 'store-01')).toEqual([200, 200]);
  });

  it('sees within its poll, unasked, what was changed behind the proxy', async () => {
    const direct = drillClients(stack.moto.url);
    const ownEyes = await startTwin({ world, endpoint: stack.moto.url, pollMs: 50 });
    try {
      await direct.ec2.send(new StopInstancesCommand({ InstanceIds: gateways().slice(0, 2) }));
      await expect
        .poll(async () => (await fetch(`${ownEyes.url}/store-tills/store-01/normal`)).status, { timeout: 10_000 })
        .toBe(503);
    } finally {
      await direct.ec2.send(new StartInstancesCommand({ InstanceIds: gateways().slice(0, 2) }));
      direct.destroy();
      await ownEyes.stop();
    }
  });

  it('gives the observer the worst it saw: shares, modes, breaches with their times, and each change', async () => {
    const observer = await startObserver({ world, twin, roundMs: 50 });
    try {
      await observer.wholeRound();
      const all = [...gateways(), ...(world.instances.get('till-gateway-spare') ?? [])];
      await clients.ec2.send(new StopInstancesCommand({ InstanceIds: all }));
      await twin.refresh();
      await observer.wholeRound();
      await clients.ec2.send(new StartInstancesCommand({ InstanceIds: all }));
      await twin.refresh();
      await observer.wholeRound();
    } finally {
      await observer.stop();
    }
    const report = observer.report();
    const [tills, funerals] = report.services;
    expect(tills).toMatchObject({ service: 'store-tills', sites: 20, worstShare: 0, worstMode: 'down' });
    expect(tills?.now).toEqual({ normal: 1 });
    expect(tills?.breaches.map(({ seenBy, share }) => [seenBy, share]).toSorted()).toEqual([
      ['probes', 0],
      ['truth', 0],
    ]);
    expect(tills?.breaches.every(({ from, until }) => until !== undefined && from < until)).toBe(true);
    expect(funerals).toMatchObject({ worstShare: 1, worstMode: 'normal', breaches: [] });
    expect(report.timeline.map(({ service, shares }) => [service, shares])).toEqual([
      ['store-tills', { down: 1 }],
      ['store-tills', { normal: 1 }],
    ]);
    expect(report.probes).toBeGreaterThanOrEqual(3 * 25);
  });

  it('answers 503 to every site, and says so, when the emulator is gone; and stops cleanly', async () => {
    const errors: unknown[] = [];
    const lost = await startTwin({
      world,
      endpoint: stack.moto.url,
      pollMs: 50,
      onError: (error) => errors.push(error),
    });
    try {
      await stack.moto.stop();
      await expect(lost.refresh()).rejects.toThrow();
      expect((await fetch(`${lost.url}/store-tills/store-01/normal`)).status).toBe(503);
      expect(errors.length).toBeGreaterThan(0);
    } finally {
      await lost.stop();
      await lost.stop();
    }
    await expect(fetch(`${lost.url}/healthz`)).rejects.toThrow();
  });

  function gateways(): readonly string[] {
    return world.instances.get('till-gateway') ?? [];
  }

  async function status(path: string): Promise<number> {
    return (await fetch(`${twin.url}${path}`)).status;
  }

  async function modesOf(service: string, site: string, modes = ['normal', 'degraded']): Promise<readonly number[]> {
    await twin.refresh();
    return await Promise.all(modes.map(async (mode) => await status(`/${service}/${site}/${mode}`)));
  }

  async function emptyGroup(): Promise<string> {
    const VpcId = world.network.vpcs.get('stores');
    const made = await clients.ec2.send(
      new CreateSecurityGroupCommand({ VpcId, GroupName: 'empty', Description: '-' }),
    );
    const everything = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
    await clients.ec2.send(
      new RevokeSecurityGroupEgressCommand({ GroupId: made.GroupId, IpPermissions: [everything] }),
    );
    return made.GroupId ?? '';
  }

  interface Interface {
    readonly id: string;
    readonly groups: readonly string[];
  }

  async function interfacesOf(instances: readonly string[]): Promise<readonly Interface[]> {
    const Filters = [{ Name: 'attachment.instance-id', Values: [...instances] }];
    const reply = await clients.ec2.send(new DescribeNetworkInterfacesCommand({ Filters }));
    return (reply.NetworkInterfaces ?? []).map(({ NetworkInterfaceId = '', Groups = [] }) => ({
      id: NetworkInterfaceId,
      groups: Groups.map(({ GroupId }) => GroupId ?? ''),
    }));
  }

  async function move(interfaces: readonly (Interface | undefined)[], groups: readonly string[]): Promise<void> {
    for (const each of interfaces) {
      const input = { NetworkInterfaceId: each?.id, Groups: [...groups] };
      await clients.ec2.send(new ModifyNetworkInterfaceAttributeCommand(input));
    }
  }

  /** Puts another ACL before a subnet; gives the one that was there. */
  async function associate(subnet: string, acl: string): Promise<string> {
    const Filters = [{ Name: 'association.subnet-id', Values: [subnet] }];
    const reply = await clients.ec2.send(new DescribeNetworkAclsCommand({ Filters }));
    const [present] = reply.NetworkAcls ?? [];
    const AssociationId = present?.Associations?.find(({ SubnetId }) => SubnetId === subnet)?.NetworkAclAssociationId;
    await clients.ec2.send(new ReplaceNetworkAclAssociationCommand({ AssociationId, NetworkAclId: acl }));
    return present?.NetworkAclId ?? '';
  }
});
