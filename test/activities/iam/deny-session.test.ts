import {
  DescribeIamInstanceProfileAssociationsCommand,
  ReplaceIamInstanceProfileAssociationCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  PutRolePolicyCommand,
  RemoveRoleFromInstanceProfileCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { denySessionActivities } from '../../../activities/iam/deny-session.ts';
import { sessionDocument, sessionPolicyName } from '../../../activities/iam/policies.ts';
import { readRole, readRolePolicy } from '../../../activities/iam/reads.ts';
import { denySession } from '../../../model/actions/iam/deny-session.ts';
import type { Capture } from '../../../model/step.ts';
import { startAwsProxy } from '../../../drill/proxy/proxy.ts';
import { clientsAs, errorOf } from '../../drill/stack/emulated-aws.ts';
import type { ActivityWorld } from '../../helpers/activity-deps.ts';
import { account, accountId, startActivityWorld } from '../../helpers/activity-deps.ts';
import { incident } from '../../helpers/warrants.ts';
import type { Act, Scene } from '../ec2/scene.ts';
import { launch, makeAct, makeScene } from '../ec2/scene.ts';
import { only, ownPolicy, ownTrust } from './scene.ts';

let world: ActivityWorld;
let scene: Scene;
let role: { readonly name: string; readonly id: string; readonly uniqueId: string };
let hosts: readonly string[];
let host: string;
let act: Act;

beforeAll(async () => {
  world = await startActivityWorld();
  scene = await makeScene(world);
});
afterAll(async () => {
  await world?.stop();
});
beforeEach(async () => {
  role = await makeRole();
  hosts = await launch(world, scene, { count: 2, profile: profileOf(role.name) });
  host = hosts[0] ?? '';
  act = await actOn([host]);
  world.forget();
});
afterEach(() => world.clearFaults());

const activities = () => denySessionActivities(world.deps);
const actOn = async (targets: readonly string[]): Promise<Act> =>
  await makeAct(world, activities(), { action: 'aws.iam.denySession', hosts: targets });
const profileOf = (name: string): string => `arn:aws:iam::${accountId}:instance-profile/${name}`;

let roles = 0;

/** A role with a policy of its own, in an instance profile of its name. */
async function makeRole(name = `fleet-${(roles += 1)}`): Promise<typeof role> {
  const { iam } = world.setup;
  const made = await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: ownTrust }));
  await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'own', PolicyDocument: ownPolicy }));
  const profile = { InstanceProfileName: name };
  await iam.send(new CreateInstanceProfileCommand(profile)).catch(() => undefined);
  await iam.send(new AddRoleToInstanceProfileCommand({ ...profile, RoleName: name }));
  return { name, id: `aws.iam.role:${account}/${name}`, uniqueId: made.Role?.RoleId ?? '' };
}

async function removeRole(): Promise<void> {
  const { iam } = world.setup;
  const own = { RoleName: role.name };
  await iam.send(new RemoveRoleFromInstanceProfileCommand({ ...own, InstanceProfileName: role.name }));
  for (const PolicyName of (await readRole(iam, role.name)).inlinePolicies) {
    await iam.send(new DeleteRolePolicyCommand({ ...own, PolicyName }));
  }
  await iam.send(new DeleteRoleCommand(own));
}

const policy = (target = host): string => sessionPolicyName(incident, target);
const policies = async (): Promise<readonly string[]> => (await readRole(world.setup.iam, role.name)).inlinePolicies;
const put = async (PolicyName: string, PolicyDocument: string): Promise<unknown> =>
  await world.setup.iam.send(new PutRolePolicyCommand({ RoleName: role.name, PolicyName, PolicyDocument }));

async function denied(on = act): Promise<readonly Capture[]> {
  const { captures } = await on.capture();
  const { outcomes } = await on.apply(captures);
  expect(outcomes.map(({ status }) => status)).toEqual(captures.map(() => 'done'));
  return captures;
}

describe('capture of a session', () => {
  it('keeps the role and its unique id, and changes nothing', async () => {
    const { captures } = await act.capture();
    expect(captures[0]?.state).toEqual({ role: role.id, uniqueId: role.uniqueId });
    expect(world.mutating()).toEqual([]);
  });

  it('leaves a role alone that was made anew, and reports one that is gone', async () => {
    await removeRole();
    expect(only(await act.capture()).status).toBe('gone');
    await makeRole(role.name);
    expect(only(await act.capture())).toMatchObject({
      status: 'changed',
      detail: expect.stringContaining('made anew'),
    });
  });

  it('fails for a host that was signed without a role', async () => {
    const [bare = ''] = await launch(world, scene);
    expect(only(await (await actOn([bare])).capture()).status).toBe('failed');
  });
});

describe('denying a session', () => {
  it('writes one policy for the host, and nothing the second time', async () => {
    const captures = await denied();
    expect(world.mutating()).toEqual(['PutRolePolicy']);
    expect(await policies()).toEqual([policy(), 'own']);
    const document = await readRolePolicy(world.setup.iam, role.name, policy());
    expect(document).toBe(sessionDocument(role.uniqueId, host));
    expect(JSON.parse(document)).toMatchObject({
      Statement: [{ Effect: 'Deny', Condition: { StringEquals: { 'aws:userid': `${role.uniqueId}:${host}` } } }],
    });
    world.forget();
    await act.apply(captures);
    expect(only(await act.verify(captures)).status).toBe('done');
    expect(world.mutating()).toEqual([]);
  });

  it('looks again after a lost reply, and finds it done', async () => {
    const { captures } = await act.capture();
    world.addFault({ command: 'PutRolePolicy', error: 'ECONNRESET', nth: 1, when: 'after' });
    await expect(act.apply(captures)).rejects.toMatchObject({ type: 'AwsUnavailable' });
    world.forget();
    expect(only(await act.apply(captures)).status).toBe('done');
    expect(world.mutating()).toEqual([]);
  });

  it('puts back while verifying what somebody deleted or loosened, and says so', async () => {
    const captures = await denied();
    await put(policy(), ownPolicy);
    expect(only(await act.verify(captures))).toMatchObject({
      status: 'done',
      detail: 'the deny was put back while verifying',
    });
    expect(await readRolePolicy(world.setup.iam, role.name, policy())).toBe(sessionDocument(role.uniqueId, host));
  });

  it('is not done where the role has no room left, and says what else would do', async () => {
    const { captures } = await act.capture();
    world.addFault({ command: 'PutRolePolicy', error: 'LimitExceededException' });
    expect(only(await act.apply(captures))).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('contain the role whole, or isolate the host'),
    });
  });

  it('stops where AWS refuses, and leaves the other hosts unreached', async () => {
    const both = await actOn(hosts);
    const { captures } = await both.capture();
    world.addFault({ command: 'PutRolePolicy', error: 'AccessDenied', nth: 1 });
    const { outcomes, stopped } = await both.apply(captures);
    expect([stopped, ...outcomes.map(({ status }) => status)]).toEqual(['refused', 'refused', 'not-reached']);
  });

  it('is not verified where the host was given another role meanwhile', async () => {
    const captures = await denied();
    const other = await makeRole();
    const { ec2 } = world.setup;
    const Filters = [{ Name: 'instance-id', Values: [host] }];
    const found = await ec2.send(new DescribeIamInstanceProfileAssociationsCommand({ Filters }));
    const AssociationId = found.IamInstanceProfileAssociations?.[0]?.AssociationId;
    const replace = { AssociationId, IamInstanceProfile: { Name: other.name } };
    await ec2.send(new ReplaceIamInstanceProfileAssociationCommand(replace));
    expect(only(await act.verify(captures))).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining(`it runs with ${other.id} now`),
    });
  });

  it('is done and verified for a host that is gone: what it took away from there still signs', async () => {
    await world.setup.ec2.send(new TerminateInstancesCommand({ InstanceIds: [host] }));
    expect(only(await act.verify(await denied())).status).toBe('done');
  });

  it('fits as many hosts of one role as the action says, beside policies of its own', () => {
    const one = sessionDocument('AROA'.padEnd(21, 'X'), 'i-0123456789abcdef0').length;
    expect((denySession.mostOfOneRole ?? Infinity) * one).toBeLessThan(10_240 - 1_500);
    expect(sessionPolicyName('A123456789ABCDEF-A123456789ABCDEF', 'i-0123456789abcdef0').length).toBeLessThan(128);
  });
});

describe('giving a session back', () => {
  it('ends exactly as before, and changes nothing the second time', async () => {
    const before = await readRole(world.setup.iam, role.name);
    const captures = await denied();
    world.forget();
    expect(only(await act.undo(captures))).toEqual({ target: host, status: 'done' });
    expect(world.mutating()).toEqual(['DeleteRolePolicy']);
    expect(await readRole(world.setup.iam, role.name)).toEqual(before);
    world.forget();
    expect(only(await act.undo(captures)).status).toBe('done');
    expect(world.mutating()).toEqual([]);
  });

  it('leaves the denies of other hosts and of other incidents', async () => {
    const both = await actOn(hosts);
    const captures = await denied(both);
    await put('firedoor-INC-41-i-0', sessionDocument(role.uniqueId, 'i-0'));
    await both.undo(captures.filter(({ target }) => target === host));
    expect(await policies()).toEqual(['firedoor-INC-41-i-0', policy(hosts[1]), 'own'].toSorted());
  });

  it('succeeds without a change when the step never happened, or the role is gone', async () => {
    const { captures } = await act.capture();
    expect(only(await act.undo(captures)).status).toBe('done');
    await removeRole();
    expect(only(await act.undo(captures)).status).toBe('done');
    expect(world.mutating()).toEqual([]);
  });

  it('writes nothing over a policy that somebody changed', async () => {
    const captures = await denied();
    await put(policy(), ownPolicy);
    world.forget();
    expect(only(await act.undo(captures)).status).toBe('changed');
    expect(world.mutating()).toEqual([]);
  });
});

describe('without a warrant', () => {
  it('makes no call at all, in any of the four', async () => {
    const captures = await denied();
    const voiceless = await makeAct(world, activities(), {
      action: 'aws.iam.denySession',
      hosts: [host],
      warrant: { voices: [] },
    });
    world.forget();
    const attempts = [
      async () => await voiceless.capture(),
      async () => await voiceless.apply(captures),
      async () => await voiceless.verify(captures),
      async () => await voiceless.undo(captures),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ type: 'NotWarranted' });
    expect(world.calls()).toEqual([]);
  });
});

describe('at an AWS that enforces it', () => {
  it('the sessions of the host are refused, old and new, and those of another host of the role work', async () => {
    const proxy = await startAwsProxy({ motoUrl: world.url });
    try {
      const RoleArn = `arn:aws:iam::${accountId}:role/${role.name}`;
      /** Credentials as the metadata service of an instance gives them. */
      const sessionOf = async (RoleSessionName = '') => {
        const given = await clientsAs(proxy.url).sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName }));
        return clientsAs(proxy.url, given.Credentials);
      };
      const use = async ({ iam }: ReturnType<typeof clientsAs>): Promise<string> =>
        await readRole(iam, role.name).then(
          () => 'works',
          async (error: unknown) => (await errorOf(Promise.reject(error as Error))).name,
        );
      const [old, other] = [await sessionOf(host), await sessionOf(hosts[1])];
      expect([await use(old), await use(other)]).toEqual(['works', 'works']);
      const captures = await denied();
      proxy.reset();
      const answers = [await use(old), await use(await sessionOf(host)), await use(other)];
      expect(answers).toEqual(['AccessDenied', 'AccessDenied', 'works']);
      await act.undo(captures);
      proxy.reset();
      expect(await use(old)).toBe('works');
    } finally {
      await proxy.stop();
    }
  });
});
