import type { EC2Client, IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import {
  DeleteSecurityGroupCommand,
  DescribeNetworkInterfacesCommand,
  paginateDescribeSecurityGroups,
} from '@aws-sdk/client-ec2';
import { errorName } from '../aws/errors.ts';
import { filterValues, inBatches, pageSize } from '../live/instances.ts';
import { incidentTag } from './tags.ts';

/** What a group of ours is for: tracked connections die in `all-access`, and `contain` lets nothing in or out. */
export type GroupPurpose = 'contain' | 'all-access';

/** A security group that carries an incident's tag, as a read shows it. */
export interface IncidentGroup {
  readonly id: string;
  readonly vpc: string;
  readonly name: string;
  readonly incident: string;
  readonly isEmpty: boolean;
}

/** A group's name says incident and purpose, so that a VPC never gets two (names are unique in a VPC). */
export function groupName(incident: string, purpose: GroupPurpose): string {
  return `firedoor-${incident}-${purpose}`;
}

/** A group's rules, both ways. */
export function rulesOf(group: SecurityGroup): { readonly ingress: IpPermission[]; readonly egress: IpPermission[] } {
  return { ingress: group.IpPermissions ?? [], egress: group.IpPermissionsEgress ?? [] };
}

/** True when nothing gets in or out. */
export function hasNoRules(group: SecurityGroup): boolean {
  const { ingress, egress } = rulesOf(group);
  return ingress.length + egress.length === 0;
}

/** The incident whose tag a group carries. */
export function tagOf(group: SecurityGroup): string | undefined {
  return group.Tags?.find(({ Key }) => Key === incidentTag)?.Value;
}

/** Groups that all the filters let through, each filter a name and a value, over all pages. */
export async function describeGroups(
  ec2: EC2Client,
  filters: Readonly<Record<string, string | readonly string[]>>,
): Promise<readonly SecurityGroup[]> {
  const found: SecurityGroup[] = [];
  const Filters = Object.entries(filters).map(([Name, value]) => ({ Name, Values: [value].flat() }));
  for await (const page of paginateDescribeSecurityGroups({ client: ec2, pageSize }, { Filters })) {
    found.push(...(page.SecurityGroups ?? []));
  }
  return found;
}

/** Every group that carries any incident's tag, in all VPCs of the account and Region. */
export async function readIncidentGroups(ec2: EC2Client): Promise<readonly IncidentGroup[]> {
  return (await describeGroups(ec2, { 'tag-key': incidentTag })).map((group) => ({
    id: group.GroupId ?? '',
    vpc: group.VpcId ?? '',
    name: group.GroupName ?? '',
    incident: tagOf(group) ?? '',
    isEmpty: hasNoRules(group),
  }));
}

/** Those of the groups that exist. */
export async function existingGroups(ec2: EC2Client, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const batch of inBatches([...new Set(ids)], filterValues)) {
    for (const { GroupId } of await describeGroups(ec2, { 'group-id': batch })) if (GroupId) found.add(GroupId);
  }
  return found;
}

/** Of groups read, the one of a VPC, incident and purpose: found by tag and by name, since tags alone can be forged. */
export function findGroup(
  groups: readonly IncidentGroup[],
  wanted: { readonly vpc: string; readonly incident: string; readonly purpose: GroupPurpose },
): IncidentGroup | undefined {
  const name = groupName(wanted.incident, wanted.purpose);
  return groups.find((group) => group.vpc === wanted.vpc && group.incident === wanted.incident && group.name === name);
}

async function isUsed(ec2: EC2Client, group: string): Promise<boolean> {
  const users = await ec2.send(
    new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'group-id', Values: [group] }], MaxResults: 5 }),
  );
  return (users.NetworkInterfaces ?? []).length > 0;
}

/** Deletes a group of ours unless something uses it, and says whether it is gone; one that already was is as good as deleted. */
export async function deleteUnused(ec2: EC2Client, group: string): Promise<boolean> {
  if (await isUsed(ec2, group)) return false;
  try {
    await ec2.send(new DeleteSecurityGroupCommand({ GroupId: group }));
    return true;
  } catch (error) {
    const name = errorName(error);
    if (name === 'InvalidGroup.NotFound') return true;
    if (name === 'DependencyViolation' || name === 'InvalidGroup.InUse') return false;
    throw error;
  }
}
