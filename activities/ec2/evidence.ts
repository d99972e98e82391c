import type { Snapshot } from '@aws-sdk/client-ec2';
import { paginateDescribeSnapshots } from '@aws-sdk/client-ec2';
import { heartbeat, sleep } from '@temporalio/activity';
import type { TargetOutcome } from '../../model/step.ts';
import type { ActivityDeps } from '../deps.ts';
import { pageSize, reading } from '../live/instances.ts';
import { incidentTag, stepTag } from './tags.ts';

/** Between two looks at pending snapshots: they take minutes to hours, and Describe calls have a bucket. */
const lookEveryMs = 10_000;

export interface EvidenceInput {
  readonly account: string;
  readonly incident: string;
}

/** The evidence of one incident in one account. Reads only. */
export interface EvidenceActivities {
  /** Waits until no snapshot of the incident is pending; gives those that failed in AWS, by host. */
  readonly awaitEvidence: (input: EvidenceInput) => Promise<{ readonly failed: readonly TargetOutcome[] }>;
}

async function snapshotsOf(deps: ActivityDeps, { account, incident }: EvidenceInput): Promise<readonly Snapshot[]> {
  const { ec2 } = deps.aws(account);
  const found: Snapshot[] = [];
  const query = { OwnerIds: ['self'], Filters: [{ Name: `tag:${incidentTag}`, Values: [incident] }] };
  await reading('the evidence', async () => {
    for await (const page of paginateDescribeSnapshots({ client: ec2, pageSize }, query))
      found.push(...(page.Snapshots ?? []));
  });
  return found;
}

function failedOf(snapshots: readonly Snapshot[]): readonly TargetOutcome[] {
  return snapshots
    .filter(({ State }) => State === 'error')
    .map(({ SnapshotId, Tags }) => ({
      target:
        Tags?.find(({ Key }) => Key === stepTag)
          ?.Value?.split('/')
          .at(-1) ?? 'unknown host',
      status: 'failed',
      detail: `${SnapshotId ?? 'a snapshot'} failed in AWS`,
    }));
}

/** "Evidence exists" is `completed`, not `pending` (https://docs.aws.amazon.com/ebs/latest/userguide/ebs-creating-snapshot.html). */
export function evidenceActivities(deps: ActivityDeps): EvidenceActivities {
  return {
    awaitEvidence: async (input) => {
      for (;;) {
        heartbeat();
        const snapshots = await snapshotsOf(deps, input);
        if (snapshots.every(({ State }) => State !== 'pending')) return { failed: failedOf(snapshots) };
        await sleep(lookEveryMs);
      }
    },
  };
}
