import { z } from 'zod';
import type { InstanceTarget } from '../../model/plan.ts';
import type { Capture } from '../../model/step.ts';
import type { Judged } from './capture.ts';
import type { IncidentGroup } from './containment-groups.ts';
import { groupName } from './containment-groups.ts';
import type { HostInterface } from './interfaces.ts';
import { groupWords, sameGroups } from './interfaces.ts';

const isolateState = z.strictObject({
  interfaces: z.array(z.strictObject({ id: z.string(), vpc: z.string(), groups: z.array(z.string()) })),
});

/** What isolation captures of a host: its interfaces, each with its groups. */
export type IsolateState = z.infer<typeof isolateState>;

/** The state in a capture of `aws.ec2.isolate`. Throws a `ZodError` for one of another action. */
export function isolateStateOf(capture: Capture): IsolateState {
  return isolateState.parse(capture.state);
}

/** What the capture of a wave read, besides the instances. */
export interface IsolateReads {
  readonly incident: string;
  readonly interfaces: readonly HostInterface[];
  readonly incidentGroups: readonly IncidentGroup[];
}

function isOurs(one: HostInterface, reads: IsolateReads): boolean {
  const names = [groupName(reads.incident, 'contain'), groupName(reads.incident, 'all-access')];
  const group = reads.incidentGroups.find((candidate) => candidate.id === one.groups[0]);
  return (
    one.groups.length === 1 && group?.incident === reads.incident && group.vpc === one.vpc && names.includes(group.name)
  );
}

function difference(target: InstanceTarget, reads: IsolateReads): string | undefined {
  const { interfaces: signed } = target.before;
  for (const before of signed) {
    const now = reads.interfaces.find((one) => one.id === before.id);
    if (!now) return `${before.id} is no longer attached`;
    if (!isOurs(now, reads) && !sameGroups(now.groups, before.groups)) {
      return `${before.id} is in ${groupWords(now.groups)}; signed for ${groupWords(before.groups)}`;
    }
  }
  const added = reads.interfaces.find((one) => !signed.some(({ id }) => id === one.id) && !isOurs(one, reads));
  return added && `${added.id} was attached since the plan`;
}

/** The incident that one of these groups is of. Groups are ours by tag and by name. */
function holder(ids: readonly string[], groups: readonly IncidentGroup[]): string | undefined {
  return groups.find(
    ({ id, incident, name }) => ids.includes(id) && purposes.some((one) => name === groupName(incident, one)),
  )?.incident;
}

const purposes = ['contain', 'all-access'] as const;

/**
 * Judges a host for isolation. The captured state is the signed one: an unchanged interface shows just that, and one
 * that sits in our own group since an earlier attempt must never have the contained state taken for its original. A host
 * in the group of another incident was contained by it.
 */
export function judgeForIsolation(target: InstanceTarget, reads: IsolateReads): Judged {
  const others = reads.incidentGroups.filter(({ incident }) => incident !== reads.incident);
  const heldBy = holder(
    reads.interfaces.flatMap((one) => one.groups),
    others,
  );
  if (heldBy !== undefined) return { containedBy: heldBy };
  const before = holder(
    target.before.interfaces.flatMap((one) => one.groups),
    reads.incidentGroups,
  );
  if (before !== undefined) return { changed: `it was contained by ${before} when it was planned, and is no longer` };
  const changed = difference(target, reads);
  if (changed !== undefined) return { changed };
  return { state: { interfaces: target.before.interfaces.map(({ id, vpc, groups }) => ({ id, vpc, groups })) } };
}
