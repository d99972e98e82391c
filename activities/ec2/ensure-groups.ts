import type { EC2Client, IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { classify } from '../aws/errors.ts';
import type { GroupPurpose } from './containment-groups.ts';
import { describeGroups, groupName, hasNoRules, rulesOf, tagOf } from './containment-groups.ts';
import { pause } from './poll.ts';
import { incidentTag } from './tags.ts';

/** The two groups of one VPC and incident. */
export interface VpcGroups {
  readonly contain: string;
  readonly allAccess: string;
}

/** Why a VPC has no usable groups; for people. */
export interface NoGroups {
  readonly why: string;
}

const emptyAttempts = 4;
const emptyPauseMs = 500;

/** Where groups are made. */
export interface Place {
  readonly ec2: EC2Client;
  readonly vpc: string;
  readonly incident: string;
}

async function groupByName({ ec2, vpc, incident }: Place, purpose: GroupPurpose): Promise<SecurityGroup | undefined> {
  return (await describeGroups(ec2, { 'vpc-id': vpc, 'group-name': groupName(incident, purpose) }))[0];
}

/** Creates a group with its tag; undefined when there is one of that name, made since we looked. */
async function create({ ec2, vpc, incident }: Place, purpose: GroupPurpose): Promise<string | undefined> {
  const name = groupName(incident, purpose);
  const Tags = [
    { Key: incidentTag, Value: incident },
    { Key: 'Name', Value: name },
  ];
  const command = new CreateSecurityGroupCommand({
    GroupName: name,
    Description: `${incident} ${purpose}`,
    VpcId: vpc,
    TagSpecifications: [{ ResourceType: 'security-group', Tags }],
  });
  try {
    return (await ec2.send(command)).GroupId;
  } catch (error) {
    if (classify(error) === 'already-done') return undefined;
    throw error;
  }
}

interface OwnGroup {
  readonly id: string;
  readonly isNew: boolean;
}

/** Looks by name, creates when there is none, adopts only what carries the incident's tag. */
async function findOrCreate(place: Place, purpose: GroupPurpose): Promise<OwnGroup | NoGroups> {
  const before = await groupByName(place, purpose);
  const made = before ? undefined : await create(place, purpose);
  if (made !== undefined) return { id: made, isNew: true };
  const found = before ?? (await groupByName(place, purpose));
  if (!found?.GroupId)
    return { why: `${place.vpc} has a group ${groupName(place.incident, purpose)} that no read shows` };
  if (tagOf(found) === place.incident) return { id: found.GroupId, isNew: false };
  return {
    why: `${found.GroupId} in ${place.vpc} has the name ${found.GroupName} but not our tag; rename or delete it`,
  };
}

async function unlessDone(call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (classify(error) !== 'already-done') throw error;
  }
}

const everywhere: readonly IpPermission[] = [
  { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
  { IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
];

async function revokeAll(ec2: EC2Client, group: SecurityGroup): Promise<void> {
  const { ingress, egress } = rulesOf(group);
  const GroupId = group.GroupId;
  if (ingress.length > 0) {
    await unlessDone(() => ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: ingress })));
  }
  for (const permission of egress) {
    await unlessDone(() => ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: [permission] })));
  }
}

/** A new group lets everything out. One family a call: where one rule is missing, a whole call changes nothing. */
async function revokeDefaultEgress(ec2: EC2Client, GroupId: string): Promise<void> {
  for (const permission of everywhere) {
    await unlessDone(() => ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: [permission] })));
  }
}

/** Empties the containment group and reads it back: a revoke's reply proves nothing (reference: AWS, *The containment security group*). */
async function ensureContain(place: Place): Promise<string | NoGroups> {
  const own = await findOrCreate(place, 'contain');
  if ('why' in own) return own;
  const { id } = own;
  if (own.isNew) await revokeDefaultEgress(place.ec2, id);
  for (let attempt = 0; attempt < emptyAttempts; attempt += 1) {
    if (attempt > 0) await pause(emptyPauseMs);
    const group = await groupByName(place, 'contain');
    if (group && hasNoRules(group)) return id;
    if (group) await revokeAll(place.ec2, group);
  }
  return { why: `${id} still has rules, so nothing was put into it` };
}

async function ensureAllAccess(place: Place): Promise<string | NoGroups> {
  const own = await findOrCreate(place, 'all-access');
  if ('why' in own) return own;
  const { id } = own;
  const { ingress, egress } = rulesOf((await groupByName(place, 'all-access')) ?? {});
  for (const permission of everywhere) {
    const call = { GroupId: id, IpPermissions: [permission] };
    if (!holds(ingress, permission)) {
      await unlessDone(() => place.ec2.send(new AuthorizeSecurityGroupIngressCommand(call)));
    }
    if (!holds(egress, permission)) {
      await unlessDone(() => place.ec2.send(new AuthorizeSecurityGroupEgressCommand(call)));
    }
  }
  return id;
}

function holds(rules: readonly IpPermission[], wanted: IpPermission): boolean {
  const ranges = (rule: IpPermission): readonly (string | undefined)[] => [
    ...(rule.IpRanges ?? []).map((range) => range.CidrIp),
    ...(rule.Ipv6Ranges ?? []).map((range) => range.CidrIpv6),
  ];
  return ranges(wanted).every((range) =>
    rules.some((rule) => rule.IpProtocol === '-1' && ranges(rule).includes(range)),
  );
}

/**
 * Makes sure that a VPC has both groups of an incident: looks for them first, creates what is missing, and gives the
 * containment group back only after a read showed it without any rule. Throws what the SDK throws.
 */
export async function ensureGroups(place: Place): Promise<VpcGroups | NoGroups> {
  const contain = await ensureContain(place);
  if (typeof contain !== 'string') return contain;
  const allAccess = await ensureAllAccess(place);
  return typeof allAccess === 'string' ? { contain, allAccess } : allAccess;
}
