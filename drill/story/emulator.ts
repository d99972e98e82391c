import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DescribeSnapshotsCommand, DescribeVolumesCommand } from '@aws-sdk/client-ec2';
import { planFile } from '../../model/plan.ts';
import type { Company } from '../company.ts';
import { drillClients } from '../scenario/aws-clients.ts';
import { readNetwork } from '../scenario/network-state.ts';

/** Hosts that the plan people signed isolates, from the plan's own file. */
export async function plannedHosts(company: Company): Promise<readonly string[]> {
  const file = await readFile(path.join(company.files.directory, 'plan.json'), 'utf8');
  const { plan } = planFile.parse(JSON.parse(file));
  return Object.values(plan.chunks).flatMap((chunk) =>
    chunk.kind === 'contain' && chunk.action === 'aws.ec2.isolate' ? chunk.targets.map((target) => target.id) : [],
  );
}

/** Hosts of which every interface is in groups without a single rule, read at the emulator. */
export async function isolationOf(endpoint: string, hosts: readonly string[]): Promise<{ readonly isolated: number }> {
  const clients = drillClients(endpoint);
  try {
    const network = await readNetwork(clients);
    const isCutOff = (host: string): boolean => {
      const interfaces = network.interfaces.get(host) ?? [];
      return interfaces.length > 0 && interfaces.every(({ groups }) => groups.length > 0 && groups.every(isEmpty));
    };
    const isEmpty = (group: string): boolean => {
      const rules = network.groups.get(group);
      return rules !== undefined && rules.inbound.length === 0 && rules.outbound.length === 0;
    };
    return { isolated: hosts.filter(isCutOff).length };
  } finally {
    clients.destroy();
  }
}

/** How many hosts have exactly one snapshot of every volume, and how many have more than one of any. */
export async function snapshotSets(
  endpoint: string,
  hosts: readonly string[],
): Promise<{ readonly complete: number; readonly doubled: number }> {
  const clients = drillClients(endpoint);
  try {
    const snapshots = (await clients.ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }))).Snapshots ?? [];
    const volumes = (await clients.ec2.send(new DescribeVolumesCommand({}))).Volumes ?? [];
    const counts = hosts.map((host) =>
      volumes
        .filter((volume) => volume.Attachments?.some((attachment) => attachment.InstanceId === host))
        .map((volume) => snapshots.filter((snapshot) => snapshot.VolumeId === volume.VolumeId).length),
    );
    return {
      complete: counts.filter((perVolume) => perVolume.length > 0 && perVolume.every((count) => count === 1)).length,
      doubled: counts.filter((perVolume) => perVolume.some((count) => count > 1)).length,
    };
  } finally {
    clients.destroy();
  }
}
