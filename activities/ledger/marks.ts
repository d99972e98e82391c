import type { EC2Client } from '@aws-sdk/client-ec2';
import { paginateDescribeNetworkInterfaces } from '@aws-sdk/client-ec2';
import type { Marked } from '../../model/ledger.ts';
import { incidentId, principalParts } from '../../model/names.ts';
import type { ActivityDeps } from '../deps.ts';
import { groupName, readIncidentGroups } from '../ec2/containment-groups.ts';
import { stoppedTag } from '../ec2/tags.ts';
import { closedBy, deniedBy, sessionDeniedBy } from '../iam/policies.ts';
import { byText, describeInstances, filterValues, inBatches, pageSize, reading } from '../live/instances.ts';
import { readPrincipal } from '../live/principals.ts';

/** Reads of what bears marks of ours in one account: groups, tags, policies. Reading calls only. */
export interface MarksActivities {
  /** What is contained there, by the incident whose mark it bears. Throws `AwsUnavailable` (retried) or `RefusedByAws`. */
  readonly readMarks: (input: { readonly account: string }) => Promise<{ readonly marked: readonly Marked[] }>;
}

type Found = Map<string, Set<string>>;

function add(found: Found, incident: string, target: string): void {
  if (!incidentId.safeParse(incident).success) return;
  found.set(incident, (found.get(incident) ?? new Set()).add(target));
}

/** Hosts with an interface in a containment group of any incident, by that incident. */
export async function hostsInOurGroups(ec2: EC2Client): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const groups = (await readIncidentGroups(ec2)).filter((group) => group.name === groupName(group.incident, 'contain'));
  const incidents = new Map(groups.map((group) => [group.id, group.incident]));
  const found: Found = new Map();
  for (const batch of inBatches([...incidents.keys()], filterValues)) {
    const query = { Filters: [{ Name: 'group-id', Values: [...batch] }] };
    for await (const page of paginateDescribeNetworkInterfaces({ client: ec2, pageSize }, query)) {
      for (const { Attachment, Groups } of page.NetworkInterfaces ?? []) {
        const incident = Groups?.map(({ GroupId }) => incidents.get(GroupId ?? '')).find((one) => one !== undefined);
        if (incident !== undefined && Attachment?.InstanceId) add(found, incident, Attachment.InstanceId);
      }
    }
  }
  return found;
}

async function hostsWeStopped(ec2: EC2Client): Promise<Found> {
  const found: Found = new Map();
  const stopped = [
    { Name: 'tag-key', Values: [stoppedTag] },
    { Name: 'instance-state-name', Values: ['stopping', 'stopped'] },
  ];
  for (const { InstanceId = '', Tags } of await describeInstances(ec2, stopped)) {
    add(found, Tags?.find(({ Key }) => Key === stoppedTag)?.Value ?? '', InstanceId);
  }
  return found;
}

interface Denied {
  readonly principals: Found;
  /** Hosts whose sessions of a role are denied. */
  readonly sessions: Found;
}

async function readDenied(deps: ActivityDeps, account: string): Promise<Denied> {
  const found: Denied = { principals: new Map(), sessions: new Map() };
  const ids = deps.estate.principals.map(({ id }) => id).filter((id) => principalParts(id).account === account);
  for (const id of ids) {
    const live = await readPrincipal(deps, id);
    for (const policy of live?.inlinePolicies ?? []) {
      const session = sessionDeniedBy(policy);
      if (session) add(found.sessions, session.incident, session.host);
      else add(found.principals, deniedBy(policy) ?? '', id);
    }
    add(found.principals, closedBy(live?.trustPolicy ?? '') ?? '', id);
  }
  return found;
}

function asMarked(action: Marked['action'], found: ReadonlyMap<string, ReadonlySet<string>>): readonly Marked[] {
  return [...found]
    .toSorted(([one], [other]) => byText(one, other))
    .map(([incident, targets]) => ({ incident, action, targets: [...targets].toSorted(byText) }));
}

/** Marks over a worker's deps. */
export function marksActivities(deps: ActivityDeps): MarksActivities {
  return {
    readMarks: async ({ account }) => {
      const { ec2 } = deps.aws(account);
      const isolated = await reading('hosts in our groups', async () => await hostsInOurGroups(ec2));
      const stopped = await reading('hosts we stopped', async () => await hostsWeStopped(ec2));
      const denied = await reading('principals we denied', async () => await readDenied(deps, account));
      return {
        marked: [
          ...asMarked('aws.ec2.isolate', isolated),
          ...asMarked('aws.ec2.stop', stopped),
          ...asMarked('aws.iam.contain', denied.principals),
          ...asMarked('aws.iam.denySession', denied.sessions),
        ],
      };
    },
  };
}
