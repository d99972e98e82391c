import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { InstanceNetworkInterfaceSpecification } from '@aws-sdk/client-ec2';
import { present } from './aws-clients.ts';
import type { DrillClients } from './aws-clients.ts';
import type { HostsLayout, Layout } from './layout.ts';

/** Everybody's addresses: the three networks are peered, and stores come in over the wide-area network. */
const INTERNAL = '10.0.0.0/8';

/** Ids of what a layout names. */
export interface SeededNetwork {
  readonly vpcs: ReadonlyMap<string, string>;
  readonly subnets: ReadonlyMap<string, string>;
}

/** Makes the VPCs and subnets of a layout. */
export async function seedNetwork({ ec2 }: DrillClients, layout: Layout): Promise<SeededNetwork> {
  const vpcs = new Map<string, string>();
  for (const { name, cidr } of layout.vpcs) {
    const reply = await ec2.send(
      new CreateVpcCommand({ CidrBlock: cidr, TagSpecifications: [{ ResourceType: 'vpc', Tags: nameTag(name) }] }),
    );
    vpcs.set(name, present(reply.Vpc?.VpcId, 'VPC'));
  }
  const subnets = new Map<string, string>();
  for (const { name, vpc, cidr } of layout.subnets) {
    const tags = [{ ResourceType: 'subnet' as const, Tags: nameTag(name) }];
    const reply = await ec2.send(
      new CreateSubnetCommand({ VpcId: known(vpcs, vpc), CidrBlock: cidr, TagSpecifications: tags }),
    );
    subnets.set(name, present(reply.Subnet?.SubnetId, 'subnet'));
  }
  return { vpcs, subnets };
}

/**
 * Runs the hosts of a layout. Each is in the group of its system and, on its first interface, in the base group of
 * its subnet, so that a host has more than one group to come back to.
 *
 * @returns instance ids by system
 */
export async function seedHosts(
  clients: DrillClients,
  layout: Layout,
  network: SeededNetwork,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const vpcOf = new Map(layout.subnets.map((subnet) => [subnet.name, subnet.vpc]));
  const groupIn = async (subnet: string, name: string) =>
    await seedGroup(clients, known(network.vpcs, known(vpcOf, subnet)), name);
  const baseGroups = new Map(
    await Promise.all(layout.subnets.map(async ({ name }) => [name, await groupIn(name, `base-${name}`)] as const)),
  );
  const instances = layout.hosts.map(async (hosts) => {
    const group = await groupIn(hosts.subnet, hosts.system);
    const first = [group, known(baseGroups, hosts.subnet)];
    return [hosts.system, await runHosts(clients, hosts, interfacesOf(hosts, network, first))] as const;
  });
  return new Map(await Promise.all(instances));
}

function interfacesOf(
  { subnet, secondSubnet }: HostsLayout,
  { subnets }: SeededNetwork,
  groups: readonly string[],
): InstanceNetworkInterfaceSpecification[] {
  const first = { DeviceIndex: 0, SubnetId: known(subnets, subnet), Groups: [...groups] };
  if (secondSubnet === undefined) return [first];
  return [first, { DeviceIndex: 1, SubnetId: known(subnets, secondSubnet), Groups: groups.slice(0, 1) }];
}

/** A new group lets everything out; this lets the estate in. */
async function seedGroup({ ec2 }: DrillClients, vpcId: string, name: string): Promise<string> {
  const reply = await ec2.send(
    new CreateSecurityGroupCommand({ VpcId: vpcId, GroupName: name, Description: `hosts of ${name}` }),
  );
  const group = present(reply.GroupId, 'security group');
  const permission = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: INTERNAL }] };
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: [permission] }));
  return group;
}

async function runHosts(
  { ec2 }: DrillClients,
  hosts: HostsLayout,
  interfaces: InstanceNetworkInterfaceSpecification[],
): Promise<readonly string[]> {
  const tags = hosts.claimed === false ? [] : [{ Key: 'system', Value: hosts.system }];
  const reply = await ec2.send(
    new RunInstancesCommand({
      ImageId: 'ami-12c6146b',
      InstanceType: 'm6i.large',
      MinCount: hosts.count,
      MaxCount: hosts.count,
      NetworkInterfaces: interfaces,
      ...(hosts.role === undefined ? {} : { IamInstanceProfile: { Name: hosts.role } }),
      ...(tags.length === 0 ? {} : { TagSpecifications: [{ ResourceType: 'instance', Tags: tags }] }),
    }),
  );
  const ids = present(reply.Instances, 'instances').map((instance) => present(instance.InstanceId, 'instance id'));
  const naming = ids.map((id, index) => ({ Resources: [id], Tags: nameTag(`${hosts.system}-${index + 1}`) }));
  await Promise.all(naming.map(async (input) => await ec2.send(new CreateTagsCommand(input))));
  return ids;
}

function nameTag(name: string): { Key: string; Value: string }[] {
  return [{ Key: 'Name', Value: name }];
}

function known<T>(ids: ReadonlyMap<string, T>, name: string): T {
  const id = ids.get(name);
  if (id === undefined) throw new Error(`The layout names ${name}, and has no such thing.`);
  return id;
}
