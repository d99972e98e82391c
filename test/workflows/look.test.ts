import { expect, it } from 'vitest';
import type { ActionName } from '../../model/actions/names.ts';
import type { ContainChunk } from '../../model/plan.ts';
import { touchedBy } from '../../workflows/look.ts';

const place = { account: 'retail', region: 'eu-west-2', systems: [], calls: 1 };
const chunkOf = (action: ActionName): ContainChunk => ({
  kind: 'contain',
  stage: 'one',
  wave: 1,
  action,
  targets: [
    { ...place, kind: 'instance', id: 'i-1', before: { state: 'running', interfaces: [], volumes: [] } },
    { ...place, kind: 'principal', id: 'aws.iam.role:retail/one', before: { keys: [], inlinePolicies: [] } },
  ],
});

it.each<[ActionName, readonly string[]]>([
  ['aws.ec2.isolate', ['i-1', 'aws.iam.role:retail/one']],
  ['aws.iam.contain', ['i-1', 'aws.iam.role:retail/one']],
  ['aws.iam.denySession', ['i-1', 'aws.iam.role:retail/one']],
  ['aws.ec2.snapshot', []],
])('the guard counts all that a wave of %s takes away', (action, taken) => {
  const { hosts, principals } = touchedBy(chunkOf(action));
  expect([...hosts, ...principals]).toEqual(taken);
});
