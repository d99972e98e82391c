import type { EC2Client, NetworkInterface } from '@aws-sdk/client-ec2';
import { ModifyNetworkInterfaceAttributeCommand, paginateDescribeNetworkInterfaces } from '@aws-sdk/client-ec2';
import { byText, filterValues, inBatches, pageSize } from '../live/instances.ts';

/** A network interface as a read of interfaces shows it: never from the instance's own group list. `groups` are sorted. */
export interface HostInterface {
  readonly id: string;
  readonly vpc: string;
  readonly groups: readonly string[];
}

function hostInterface(one: NetworkInterface): HostInterface {
  return {
    id: one.NetworkInterfaceId ?? '',
    vpc: one.VpcId ?? '',
    groups: (one.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []).toSorted(byText),
  };
}

/** Every interface attached to the hosts, by host, sorted by id. A host without any is absent. */
export async function readInterfaces(
  ec2: EC2Client,
  hosts: readonly string[],
): Promise<ReadonlyMap<string, readonly HostInterface[]>> {
  const found = new Map<string, readonly HostInterface[]>();
  for (const batch of inBatches(hosts, filterValues)) {
    const input = { Filters: [{ Name: 'attachment.instance-id', Values: [...batch] }] };
    for await (const page of paginateDescribeNetworkInterfaces({ client: ec2, pageSize }, input)) {
      for (const one of page.NetworkInterfaces ?? []) {
        const host = one.Attachment?.InstanceId ?? '';
        const known = found.get(host) ?? [];
        found.set(
          host,
          [...known, hostInterface(one)].toSorted((left, right) => byText(left.id, right.id)),
        );
      }
    }
  }
  return found;
}

/** Replaces the groups of one interface, whole. Throws what the SDK throws. */
export async function setGroups(ec2: EC2Client, networkInterface: string, groups: readonly string[]): Promise<void> {
  await ec2.send(
    new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId: networkInterface, Groups: [...groups] }),
  );
}

/** True when both are the same groups, in whatever order. */
export function sameGroups(left: readonly string[], right: readonly string[]): boolean {
  const sorted = right.toSorted(byText);
  return left.length === right.length && left.toSorted(byText).every((group, index) => group === sorted[index]);
}

/** Groups for people: `sg-1 and sg-2`. */
export function groupWords(groups: readonly string[]): string {
  return groups.length === 0 ? 'no group' : groups.join(' and ');
}
