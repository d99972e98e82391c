import {
  DescribeNetworkAclsCommand,
  paginateDescribeInstanceStatus,
  paginateDescribeNetworkInterfaces,
  paginateDescribeSecurityGroups,
} from '@aws-sdk/client-ec2';
import type { IpPermission, NetworkAclEntry } from '@aws-sdk/client-ec2';
import type { DrillClients } from './aws-clients.ts';

/** A network interface of a host; `index` 0 is the first. */
export interface InterfaceState {
  readonly id: string;
  readonly instance: string;
  readonly index: number;
  readonly subnet: string;
  readonly address: string;
  readonly groups: readonly string[];
}

/** What a security group lets in and out. */
export interface GroupState {
  readonly name: string;
  readonly inbound: readonly IpPermission[];
  readonly outbound: readonly IpPermission[];
}

/** Everything that decides whether a packet passes, as one read shows it. */
export interface NetworkState {
  /** State by instance id: `running` and so on. */
  readonly instances: ReadonlyMap<string, string>;
  /** Interfaces by instance id, first one first. */
  readonly interfaces: ReadonlyMap<string, readonly InterfaceState[]>;
  readonly groups: ReadonlyMap<string, GroupState>;
  /** The network ACL in front of each subnet, by subnet id. */
  readonly acls: ReadonlyMap<string, { readonly id: string; readonly entries: readonly NetworkAclEntry[] }>;
}

/** Reads the network of the estate. Groups are read after interfaces, so that a new group is known before it is used. */
export async function readNetwork({ ec2 }: DrillClients): Promise<NetworkState> {
  const instances = new Map<string, string>();
  const statuses = { client: ec2, pageSize: 1000 };
  for await (const page of paginateDescribeInstanceStatus(statuses, { IncludeAllInstances: true })) {
    for (const status of page.InstanceStatuses ?? []) {
      instances.set(status.InstanceId ?? '', status.InstanceState?.Name ?? '');
    }
  }
  const interfaces = await readInterfaces(ec2);
  const groups = await readGroups(ec2);
  return { instances, interfaces, groups, acls: await readAcls(ec2) };
}

async function readInterfaces(client: DrillClients['ec2']): Promise<ReadonlyMap<string, readonly InterfaceState[]>> {
  const byInstance = new Map<string, InterfaceState[]>();
  for await (const page of paginateDescribeNetworkInterfaces({ client, pageSize: 1000 }, {})) {
    for (const found of page.NetworkInterfaces ?? []) {
      const instance = found.Attachment?.InstanceId;
      if (instance === undefined) continue;
      const entry: InterfaceState = {
        id: found.NetworkInterfaceId ?? '',
        instance,
        index: found.Attachment?.DeviceIndex ?? 0,
        subnet: found.SubnetId ?? '',
        address: found.PrivateIpAddress ?? '',
        groups: (found.Groups ?? []).map((group) => group.GroupId ?? '').toSorted(),
      };
      byInstance.set(
        instance,
        [...(byInstance.get(instance) ?? []), entry].toSorted((a, b) => a.index - b.index),
      );
    }
  }
  return byInstance;
}

async function readGroups(client: DrillClients['ec2']): Promise<ReadonlyMap<string, GroupState>> {
  const groups = new Map<string, GroupState>();
  for await (const page of paginateDescribeSecurityGroups({ client, pageSize: 1000 }, {})) {
    for (const group of page.SecurityGroups ?? []) {
      const { GroupId = '', GroupName = '', IpPermissions = [], IpPermissionsEgress = [] } = group;
      groups.set(GroupId, { name: GroupName, inbound: IpPermissions, outbound: IpPermissionsEgress });
    }
  }
  return groups;
}

async function readAcls(client: DrillClients['ec2']): Promise<NetworkState['acls']> {
  const reply = await client.send(new DescribeNetworkAclsCommand({}));
  return new Map(
    (reply.NetworkAcls ?? []).flatMap(({ NetworkAclId = '', Associations = [], Entries = [] }) => {
      const entries = Entries.toSorted((a, b) => (a.RuleNumber ?? 0) - (b.RuleNumber ?? 0));
      return Associations.map(({ SubnetId = '' }) => [SubnetId, { id: NetworkAclId, entries }] as const);
    }),
  );
}
