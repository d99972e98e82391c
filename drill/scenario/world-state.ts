import { paginateDescribeInstances } from '@aws-sdk/client-ec2';
import type { Instance, IpPermission } from '@aws-sdk/client-ec2';
import { drillClients } from './aws-clients.ts';
import type { DrillClients } from './aws-clients.ts';
import { readIdentities } from './identity-state.ts';
import type { IdentityState } from './identity-state.ts';
import { readNetwork } from './network-state.ts';
import type { NetworkState } from './network-state.ts';

/**
 * Everything containment could have changed, as plain facts: what is spoken of, and how it stands. Ids that AWS makes
 * anew when something is put back exactly (such as those of ACL associations) are no facts.
 */
export type WorldState = Readonly<Record<string, string>>;

/** What is expected to differ. */
export interface CompareOptions {
  /** IAM users whose keys were replaced on purpose: their keys are not compared. */
  readonly rotatedUsers?: readonly string[];
}

/** Reads the whole emulated estate at an endpoint, as the operator. */
export async function readWorld(endpoint: string): Promise<WorldState> {
  const clients = drillClients(endpoint);
  try {
    const instances = await readInstances(clients);
    const facts = [
      ...instances.flatMap(instanceFacts),
      ...networkFacts(await readNetwork(clients)),
      ...identityFacts(await readIdentities(clients)),
    ];
    return Object.fromEntries(facts.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  } finally {
    clients.destroy();
  }
}

/** Every difference between two states, in words, in the order of the facts. None: the worlds are the same. */
export function compareWorlds(before: WorldState, after: WorldState, options: CompareOptions = {}): readonly string[] {
  const ignored = (options.rotatedUsers ?? []).map((user) => `user ${user}, key `);
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .toSorted()
    .filter((fact) => before[fact] !== after[fact] && !ignored.some((start) => fact.startsWith(start)))
    .map((fact) => difference(fact, before[fact], after[fact]));
}

function difference(fact: string, before: string | undefined, after: string | undefined): string {
  if (before === undefined) return `${fact}: is new, ${after}`;
  if (after === undefined) return `${fact}: is gone, was ${before}`;
  return `${fact}: was ${before}, is ${after}`;
}

type Fact = readonly [string, string];

async function readInstances({ ec2 }: DrillClients): Promise<readonly Instance[]> {
  const instances: Instance[] = [];
  for await (const page of paginateDescribeInstances({ client: ec2, pageSize: 1000 }, {})) {
    instances.push(...(page.Reservations ?? []).flatMap((reservation) => reservation.Instances ?? []));
  }
  return instances;
}

function instanceFacts(instance: Instance): readonly Fact[] {
  const subject = `instance ${instance.InstanceId}`;
  const tags = (instance.Tags ?? []).map(({ Key, Value }) => `${Key}=${Value}`).toSorted();
  const volumes = (instance.BlockDeviceMappings ?? []).map(
    ({ DeviceName, Ebs }) => `${DeviceName} ${Ebs?.VolumeId} ${Ebs?.DeleteOnTermination ? 'goes' : 'stays'}`,
  );
  return [
    [`${subject}, state`, instance.State?.Name ?? 'unknown'],
    [`${subject}, tags`, tags.join(' ')],
    [`${subject}, volumes`, volumes.toSorted().join(', ')],
    [`${subject}, metadata endpoint`, instance.MetadataOptions?.HttpEndpoint ?? 'unknown'],
  ];
}

function networkFacts(network: NetworkState): readonly Fact[] {
  const interfaces = [...network.interfaces.values()].flat().map((found): Fact => {
    return [`instance ${found.instance}, interface ${found.id}, groups`, found.groups.join(' ')];
  });
  const groups = [...network.groups].flatMap(([id, group]): Fact[] => [
    [`group ${id} (${group.name}), in`, rules(group.inbound)],
    [`group ${id} (${group.name}), out`, rules(group.outbound)],
  ]);
  const acls = [...network.acls].flatMap(([subnet, acl]): Fact[] => [
    [`subnet ${subnet}, network ACL`, acl.id],
    [`subnet ${subnet}, network ACL entries`, JSON.stringify(acl.entries)],
  ]);
  return [...interfaces, ...groups, ...acls];
}

function rules(permissions: readonly IpPermission[]): string {
  const words = permissions.map((rule) => {
    const ranges = [
      ...(rule.IpRanges ?? []).map((range) => range.CidrIp),
      ...(rule.Ipv6Ranges ?? []).map((range) => range.CidrIpv6),
    ];
    const pairs = (rule.UserIdGroupPairs ?? []).map((pair) => pair.GroupId);
    return [rule.IpProtocol, rule.FromPort, rule.ToPort, [...ranges, ...pairs].map(String).toSorted().join(' ')].join(
      ' ',
    );
  });
  return words.length === 0 ? 'nothing' : words.toSorted().join('; ');
}

function identityFacts({ users, roles }: IdentityState): readonly Fact[] {
  const policies = (
    subject: string,
    { inline, attached }: IdentityState['users'][string] | IdentityState['roles'][string],
  ) => [
    ...Object.entries(inline).map(([name, text]): Fact => [`${subject}, inline policy ${name}`, text]),
    ...attached.map((arn): Fact => [`${subject}, attached policy ${arn}`, 'attached']),
  ];
  const ofUsers = Object.entries(users).flatMap(([name, user]) => [
    ...policies(`user ${name}`, user),
    ...Object.entries(user.keys).map(([id, status]): Fact => [`user ${name}, key ${id}`, status]),
  ]);
  const ofRoles = Object.entries(roles).flatMap(([name, role]): Fact[] => [
    ...policies(`role ${name}`, role),
    [`role ${name}, trust`, role.trust],
  ]);
  return [...ofUsers, ...ofRoles];
}
