import type { EC2Client } from '@aws-sdk/client-ec2';
import type { TargetOutcome } from '../../model/step.ts';
import { instancesById, isGone } from '../live/instances.ts';
import { goneOutcome } from './capture.ts';
import type { IncidentGroup } from './containment-groups.ts';
import { findGroup, readIncidentGroups } from './containment-groups.ts';
import type { HostInterface } from './interfaces.ts';
import { groupWords, readInterfaces, sameGroups } from './interfaces.ts';
import type { Look } from './poll.ts';

/** What keeps an interface from being isolated, or undefined when it is. */
function wrongWith(one: HostInterface, group: IncidentGroup | undefined): string | undefined {
  if (!group) return `${one.vpc} has no containment group`;
  if (!sameGroups(one.groups, [group.id]))
    return `a read shows ${one.id} in ${groupWords(one.groups)}, not ${group.id}`;
  return group.isEmpty ? undefined : `${group.id} has rules, so it contains nothing`;
}

/**
 * Reads hosts back: settled when every interface, listed anew, is in exactly the containment group of its VPC and that
 * group has no rules, or when the host is gone.
 *
 * @param originOf the incident whose groups a host is to be in
 */
export async function lookIsolated(
  ec2: EC2Client,
  hosts: readonly string[],
  originOf: (host: string) => string,
): Promise<ReadonlyMap<string, Look>> {
  const groups = await readIncidentGroups(ec2);
  const interfaces = await readInterfaces(ec2, hosts);
  const bare = hosts.filter((host) => !interfaces.has(host));
  const instances = await instancesById(ec2, bare);
  return new Map(
    hosts.map((host): [string, Look] => {
      const listed = interfaces.get(host) ?? [];
      if (listed.length === 0 && isGone(instances.get(host)))
        return [host, { settled: goneOutcome(host, instances.get(host)) }];
      const incident = originOf(host);
      const wrong = listed.flatMap((one) => {
        return wrongWith(one, findGroup(groups, { vpc: one.vpc, incident, purpose: 'contain' })) ?? [];
      })[0];
      const done: TargetOutcome = { target: host, status: 'done' };
      return [host, wrong === undefined ? { settled: done } : { waits: wrong }];
    }),
  );
}
