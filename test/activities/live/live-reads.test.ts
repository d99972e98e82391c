import { CreateTagsCommand, StopInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import {
  AddRoleToInstanceProfileCommand,
  CreateAccessKeyCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  CreateUserCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { factsActivities } from '../../../activities/live/facts.ts';
import { readLive } from '../../../activities/live/live-reads.ts';
import { liveReads } from '../../../model/live.ts';
import type { ActivityWorld } from '../../helpers/activity-deps.ts';
import { account, runActivity, startActivityWorld } from '../../helpers/activity-deps.ts';
import type { Scene } from '../ec2/scene.ts';
import { attachInterface, groupsOf, launch, makeScene } from '../ec2/scene.ts';

let world: ActivityWorld;
let scene: Scene;

beforeAll(async () => {
  world = await startActivityWorld();
  scene = await makeScene(world);
});
afterAll(async () => {
  await world?.stop();
});
afterEach(() => {
  world.clearFaults();
  world.forget();
});

const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Resource: '*', Action: 's3:*' }],
});
const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Principal: { Service: 'ec2.amazonaws.com' }, Effect: 'Allow', Action: 'sts:AssumeRole' }],
});

async function makePrincipals(): Promise<{ live: string; dead: string }> {
  const { iam } = world.setup;
  await iam.send(new CreateUserCommand({ UserName: 'sync' }));
  await iam.send(new PutUserPolicyCommand({ UserName: 'sync', PolicyName: 'z-last', PolicyDocument: policy }));
  await iam.send(new PutUserPolicyCommand({ UserName: 'sync', PolicyName: 'a-first', PolicyDocument: policy }));
  const key = async (): Promise<string> => {
    const made = await iam.send(new CreateAccessKeyCommand({ UserName: 'sync' }));
    return made.AccessKey?.AccessKeyId ?? '';
  };
  const [live, dead] = [await key(), await key()];
  await iam.send(new UpdateAccessKeyCommand({ UserName: 'sync', AccessKeyId: dead, Status: 'Inactive' }));
  await iam.send(new CreateRoleCommand({ RoleName: 'fleet', AssumeRolePolicyDocument: trust }));
  await iam.send(new PutRolePolicyCommand({ RoleName: 'fleet', PolicyName: 'reads', PolicyDocument: policy }));
  return { live, dead };
}

describe('readLive', () => {
  it('reads instances that are there, with interfaces, volumes and tags that are not our own', async () => {
    const [host = '', off = '', dead = ''] = await launch(world, scene, 3);
    await attachInterface(world, scene, host);
    const Tags = ['system=vdi', 'firedoor:stopped=INC-42'].map((tag) => {
      const [Key, Value] = tag.split('=');
      return { Key, Value };
    });
    await world.setup.ec2.send(new CreateTagsCommand({ Resources: [host], Tags }));
    await world.setup.ec2.send(new StopInstancesCommand({ InstanceIds: [off] }));
    await world.setup.ec2.send(new TerminateInstancesCommand({ InstanceIds: [dead] }));

    const live = await readLive(world.deps, { accounts: [account], principals: [] });
    expect(liveReads.safeParse(live).success).toBe(true);
    expect(live.instances.map(({ id, state }) => [id, state])).toEqual(
      [
        [host, 'running'],
        [off, 'stopped'],
      ].toSorted(([left = ''], [right = '']) => (left < right ? -1 : 1)),
    );
    const read = live.instances.find(({ id }) => id === host);
    expect(read).toMatchObject({ account, region: 'eu-west-2', tags: { system: 'vdi' } });
    expect(read?.tags).not.toHaveProperty('firedoor:stopped');
    expect(read?.volumes).toHaveLength(1);
    expect(Object.fromEntries(read?.interfaces.map(({ id, groups }) => [id, groups]) ?? [])).toEqual(
      await groupsOf(world, host),
    );
    expect(read?.interfaces.map(({ vpc, subnet }) => [vpc, subnet])).toEqual([
      [scene.vpc, scene.subnet],
      [scene.vpc, scene.subnet],
    ]);
    expect(world.mutating()).toEqual([]);
  });

  it('reads the role each host runs with, one call a profile, and none where a profile has lost it', async () => {
    const { iam } = world.setup;
    const profile = async (InstanceProfileName: string, path = '/'): Promise<string> => {
      const made = await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName, Path: path }));
      return made.InstanceProfile?.Arn ?? '';
    };
    const made = await iam.send(new CreateRoleCommand({ RoleName: 'gateway', AssumeRolePolicyDocument: trust }));
    const [own, empty] = [await profile('hosts', '/some/path/'), await profile('empty')];
    await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: 'hosts', RoleName: 'gateway' }));
    const [first = '', second = ''] = await launch(world, scene, { count: 2, profile: own });
    const [bare = ''] = await launch(world, scene, { count: 1, profile: empty });
    const live = await readLive(world.deps, { accounts: [account], principals: [] });
    const roleOf = (host: string) => live.instances.find(({ id }) => id === host)?.role;
    const role = { id: `aws.iam.role:${account}/gateway`, uniqueId: made.Role?.RoleId };
    expect([roleOf(first), roleOf(second), roleOf(bare)]).toEqual([role, role, undefined]);
    expect(world.calls().filter(({ command }) => command === 'GetInstanceProfile')).toHaveLength(2);
    expect(world.mutating()).toEqual([]);
  });

  it('fails where it may not read the profiles: a host whose role nobody knows is a blind spot', async () => {
    world.addFault({ command: 'GetInstanceProfile', error: 'AccessDenied', nth: 1 });
    const read = readLive(world.deps, { accounts: [account], principals: [] });
    await expect(read).rejects.toMatchObject({ type: 'RefusedByAws' });
  });

  it('reads users with keys and roles with trust, sorted, and leaves out those that do not exist', async () => {
    const { live, dead } = await makePrincipals();
    const [user, role] = [`aws.iam.user:${account}/sync`, `aws.iam.role:${account}/fleet`];
    const principals = [user, `aws.iam.user:${account}/nobody`, role, `aws.iam.role:${account}/nothing`];
    const keys = [
      { id: live, status: 'Active' },
      { id: dead, status: 'Inactive' },
    ].toSorted((left, right) => (left.id < right.id ? -1 : 1));
    expect((await readLive(world.deps, { accounts: [], principals })).principals).toEqual([
      {
        id: role,
        keys: [],
        inlinePolicies: ['reads'],
        trustPolicy:
          '{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"}}],"Version":"2012-10-17"}',
      },
      { id: user, keys, inlinePolicies: ['a-first', 'z-last'] },
    ]);
    expect(world.mutating()).toEqual([]);
  });

  it('fails for people when AWS refuses the read, and for a retry when it throttles', async () => {
    const scope = { accounts: [account], principals: [] };
    world.addFault({ command: 'DescribeInstances', error: 'UnauthorizedOperation', nth: 1 });
    await expect(readLive(world.deps, scope)).rejects.toMatchObject({ type: 'RefusedByAws', nonRetryable: true });
    world.addFault({ command: 'DescribeInstances', error: 'RequestLimitExceeded', nth: 1 });
    await expect(readLive(world.deps, scope)).rejects.toMatchObject({ type: 'AwsUnavailable', nonRetryable: false });
  });
});

describe('readFacts', () => {
  it('names hosts that are not running or do not exist, in filtered batches that no unknown id can fail', async () => {
    const [up = '', off = ''] = await launch(world, scene, 2);
    await world.setup.ec2.send(new StopInstancesCommand({ InstanceIds: [off] }));
    const unknown = Array.from({ length: 250 }, (_, index) => `i-${String(index).padStart(17, '0')}`);
    const { readFacts } = factsActivities(world.deps);
    const { down } = await runActivity(readFacts, { account, hosts: [off, up, ...unknown] });
    expect(down).toEqual([...unknown, off]);
    const filters = world.calls().flatMap(({ input }) => input['Filters'] as { Name: string; Values: string[] }[]);
    const byId = filters.filter(({ Name }) => Name === 'instance-id');
    expect(byId.map(({ Values }) => Values.length)).toEqual([200, 52]);
  });
});
