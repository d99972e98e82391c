import type { Instance } from '@aws-sdk/client-ec2';
import type { LiveInstance, LivePrincipal, LiveReads } from '../../model/live.ts';
import type { ActivityDeps } from '../deps.ts';
import { byText, describeInstances, reading, stateOf, volumesOf } from './instances.ts';
import { readPrincipal } from './principals.ts';
import { rolesOfProfiles } from './roles.ts';

/** Whose state is read: accounts of the estate by name, principals by id. */
export interface LiveScope {
  readonly accounts: readonly string[];
  readonly principals: readonly string[];
}

/** States of instances that are there; terminated ones linger for an hour and are nobody's. */
const presentStates = ['pending', 'running', 'stopping', 'stopped'];

/** Tags of our own say what firedoor does, not what the world is. */
const ownTags = 'firedoor:';

function tagsOf(instance: Instance): Record<string, string> {
  const tags = (instance.Tags ?? []).flatMap(({ Key, Value }) =>
    Key === undefined || Key.startsWith(ownTags) ? [] : [[Key, Value ?? ''] as const],
  );
  return Object.fromEntries(tags.toSorted(([left], [right]) => byText(left, right)));
}

function interfacesOf(instance: Instance): LiveInstance['interfaces'] {
  return (instance.NetworkInterfaces ?? [])
    .map((one) => ({
      id: one.NetworkInterfaceId ?? '',
      subnet: one.SubnetId ?? '',
      vpc: one.VpcId ?? '',
      groups: (one.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []).toSorted(byText),
    }))
    .toSorted((left, right) => byText(left.id, right.id));
}

async function readAccount(deps: ActivityDeps, account: string): Promise<readonly LiveInstance[]> {
  const region = deps.estate.accounts.find((candidate) => candidate.name === account)?.region ?? '';
  const { ec2, iam } = deps.aws(account);
  const found = await reading(`the instances of ${account}`, async () => {
    return await describeInstances(ec2, [{ Name: 'instance-state-name', Values: presentStates }]);
  });
  const profiles = found.flatMap((instance) => instance.IamInstanceProfile?.Arn ?? []);
  const roles = await reading(`the instance profiles of ${account}`, async () => {
    return await rolesOfProfiles(iam, account, profiles);
  });
  return found.map((instance) => {
    const role = roles.get(instance.IamInstanceProfile?.Arn ?? '');
    return {
      id: instance.InstanceId ?? '',
      account,
      region,
      state: stateOf(instance),
      tags: tagsOf(instance),
      interfaces: interfacesOf(instance),
      volumes: [...volumesOf(instance)],
      ...(role && { role }),
    };
  });
}

/**
 * What the planner is told about the world: all instances of the accounts and the principals named, in one order
 * whatever order AWS answers in. Makes reading calls only. Principals that don't exist are absent.
 *
 * @throws ApplicationFailure `AwsUnavailable` (retried) or `RefusedByAws`
 */
export async function readLive(deps: ActivityDeps, scope: LiveScope): Promise<LiveReads> {
  const instances: LiveInstance[] = [];
  for (const account of scope.accounts) instances.push(...(await readAccount(deps, account)));
  const principals: LivePrincipal[] = [];
  for (const id of scope.principals) {
    const principal = await reading(id, async () => await readPrincipal(deps, id));
    if (principal) principals.push(principal);
  }
  return {
    instances: instances.toSorted((left, right) => byText(left.account, right.account) || byText(left.id, right.id)),
    principals: principals.toSorted((left, right) => byText(left.id, right.id)),
  };
}
