import {
  CreateTagsCommand,
  DescribeInstancesCommand,
  LockSnapshotCommand,
  RunInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteRoleCommand,
  DeleteUserPolicyCommand,
  GetUserCommand,
  ListUsersCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateSecretCommand, GetSecretValueCommand, ListSecretsCommand } from '@aws-sdk/client-secrets-manager';
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startAwsProxy } from '../../../drill/proxy/proxy.ts';
import { startStack } from '../../../drill/stack/stack.ts';
import type { Stack } from '../../../drill/stack/stack.ts';
import { clientsAs, errorOf, policyOf } from '../stack/emulated-aws.ts';
import type { Clients, Credentials } from '../stack/emulated-aws.ts';

const DENY_ALL = policyOf({ Effect: 'Deny', Action: '*', Resource: '*' });
const TRUST_ALL = policyOf({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' });
const AWS_DENY_ALL = 'arn:aws:iam::aws:policy/AWSDenyAll';

let stack: Stack;
let root: Clients;

beforeAll(async () => {
  stack = await startStack({ log: () => undefined, temporal: false });
  root = clientsAs(stack.proxy.url);
});
afterAll(async () => await stack?.stop());
beforeEach(() => stack.proxy.reset());

let names = 0;

async function createUser() {
  const UserName = `user-${++names}`;
  await root.iam.send(new CreateUserCommand({ UserName }));
  const { AccessKey } = await root.iam.send(new CreateAccessKeyCommand({ UserName }));
  const key = { UserName, AccessKeyId: AccessKey?.AccessKeyId ?? '' };
  return { ...key, key, aws: clientsAs(stack.proxy.url, AccessKey) };
}

async function createRole(AssumeRolePolicyDocument = TRUST_ALL) {
  const RoleName = `role-${++names}`;
  const { Role } = await root.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  return { RoleName, RoleArn: Role?.Arn ?? '' };
}

async function assume(RoleArn: string, as: Clients = root): Promise<Clients & { key: Credentials }> {
  const { Credentials: key = {} } = await as.sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'drill' }));
  return { ...clientsAs(stack.proxy.url, key), key };
}

async function denyUser(UserName: string, PolicyDocument = DENY_ALL) {
  await root.iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'deny', PolicyDocument }));
}

const describeInstances = async (aws: Clients) => await aws.ec2.send(new DescribeInstancesCommand({}));
const listUsers = async (aws: Clients) => await aws.iam.send(new ListUsersCommand({}));
const listSecrets = async (aws: Clients) => await aws.secrets.send(new ListSecretsCommand({}));
const whoAmI = async (aws: Clients) => (await aws.sts.send(new GetCallerIdentityCommand({}))).Arn;

async function expectInvalidKey(aws: Clients) {
  expect(await errorOf(whoAmI(aws))).toEqual({ name: 'InvalidClientTokenId', status: 403 });
  expect(await errorOf(listUsers(aws))).toEqual({ name: 'InvalidClientTokenId', status: 403 });
  expect(await errorOf(describeInstances(aws))).toEqual({ name: 'AuthFailure', status: 401 });
  expect(await errorOf(listSecrets(aws))).toEqual({ name: 'UnrecognizedClientException', status: 400 });
}

describe('access keys', () => {
  it('that are active work, and are refused as soon as they are Inactive, until Active again', async () => {
    const { aws, key } = await createUser();
    await describeInstances(aws);
    await root.iam.send(new UpdateAccessKeyCommand({ ...key, Status: 'Inactive' }));
    await expectInvalidKey(aws);
    await root.iam.send(new UpdateAccessKeyCommand({ ...key, Status: 'Active' }));
    await describeInstances(aws);
  });

  it('that are deleted, or were never made, are refused', async () => {
    const { aws, key } = await createUser();
    await root.iam.send(new DeleteAccessKeyCommand(key));
    await expectInvalidKey(aws);
    await expectInvalidKey(clientsAs(stack.proxy.url, { AccessKeyId: 'AKIANOBODY0000000000' }));
  });

  it('that are missing from the request are refused', async () => {
    const response = await fetch(stack.proxy.url, { method: 'POST', body: 'Action=ListUsers&Version=2010-05-08' });
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('MissingAuthentication')]);
  });
});

describe('identity policies', () => {
  it('of a user that deny everything are enforced in every service, and GetCallerIdentity still answers', async () => {
    const { aws, UserName } = await createUser();
    await denyUser(UserName);
    expect(await errorOf(describeInstances(aws))).toEqual({ name: 'UnauthorizedOperation', status: 403 });
    expect(await errorOf(listUsers(aws))).toEqual({ name: 'AccessDenied', status: 403 });
    expect(await errorOf(listSecrets(aws))).toEqual({ name: 'AccessDeniedException', status: 400 });
    expect(await whoAmI(aws)).toContain(`:user/${UserName}`);
    await root.iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName: 'deny' }));
    await describeInstances(aws);
  });

  it('that AWS manages count when attached', async () => {
    const { aws, UserName } = await createUser();
    await root.iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: AWS_DENY_ALL }));
    expect(await errorOf(listUsers(aws))).toMatchObject({ name: 'AccessDenied' });
  });

  it('that deny one resource leave the others', async () => {
    const { aws, UserName } = await createUser();
    const { Instances = [] } = await aws.ec2.send(
      new RunInstancesCommand({ ImageId: 'ami-12345678', MinCount: 2, MaxCount: 2 }),
    );
    const [denied = '', other = ''] = Instances.map((instance) => instance.InstanceId ?? '');
    await denyUser(
      UserName,
      policyOf({ Effect: 'Deny', Action: 'ec2:Stop*', Resource: `arn:aws:ec2:*:*:*/${denied}` }),
    );
    const stop = async (...InstanceIds: string[]) => await aws.ec2.send(new StopInstancesCommand({ InstanceIds }));
    await stop(other);
    expect(await errorOf(stop(other, denied))).toMatchObject({ name: 'UnauthorizedOperation' });
  });

  it('of a role are enforced on its sessions, and on no others', async () => {
    const { RoleName, RoleArn } = await createRole();
    const [session, other] = [await assume(RoleArn), await assume((await createRole()).RoleArn)];
    await describeInstances(session);
    await root.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'deny', PolicyDocument: DENY_ALL }));
    expect(await errorOf(describeInstances(session))).toMatchObject({ name: 'UnauthorizedOperation' });
    await describeInstances(other);
  });

  it('that deny one session by aws:userid leave the role its others', async () => {
    const { RoleName, RoleArn } = await createRole();
    const as = async (RoleSessionName: string) => {
      const reply = await root.sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName }));
      return { aws: clientsAs(stack.proxy.url, reply.Credentials), userId: reply.AssumedRoleUser?.AssumedRoleId };
    };
    const [bad, good] = [await as('i-bad'), await as('i-good')];
    const Condition = { StringEquals: { 'aws:userid': bad.userId } };
    const PolicyDocument = policyOf({ Effect: 'Deny', Action: '*', Resource: '*', Condition });
    await root.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'deny', PolicyDocument }));
    expect(await errorOf(describeInstances(bad.aws))).toMatchObject({ name: 'UnauthorizedOperation' });
    await describeInstances(good.aws);
  });

  it('that the evaluator does not understand are no silent answer', async () => {
    const { aws, UserName } = await createUser();
    const Condition = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };
    await denyUser(UserName, policyOf({ Effect: 'Deny', Action: '*', Resource: '*', Condition }));
    expect(await errorOf(listUsers(aws))).toMatchObject({ status: 500 });
  });
});

describe('sessions', () => {
  /** Denies what was issued before now, as AWSRevokeOlderSessions does. */
  const denyOlder = () => {
    const Condition = { DateLessThan: { 'aws:TokenIssueTime': new Date().toISOString() } };
    return policyOf({ Effect: 'Deny', Action: '*', Resource: '*', Condition });
  };

  it('older than a TokenIssueTime deny are refused, newer ones work', async () => {
    const { RoleName, RoleArn } = await createRole();
    const older = await assume(RoleArn);
    await root.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'revoke', PolicyDocument: denyOlder() }));
    expect(await errorOf(describeInstances(older))).toMatchObject({ name: 'UnauthorizedOperation' });
    await describeInstances(await assume(RoleArn));
  });

  it("of a user outlive the user's key, and end by a TokenIssueTime deny that leaves the key itself alone", async () => {
    const { aws, key, UserName } = await createUser();
    const { Credentials: token } = await aws.sts.send(new GetSessionTokenCommand({}));
    const session = clientsAs(stack.proxy.url, token);
    await root.iam.send(new UpdateAccessKeyCommand({ ...key, Status: 'Inactive' }));
    await describeInstances(session);
    await denyUser(UserName, denyOlder());
    expect(await errorOf(describeInstances(session))).toMatchObject({ name: 'UnauthorizedOperation' });
    await root.iam.send(new UpdateAccessKeyCommand({ ...key, Status: 'Active' }));
    await describeInstances(aws);
  });

  it('of a role that was deleted are refused', async () => {
    const { RoleName, RoleArn } = await createRole();
    const session = await assume(RoleArn);
    await root.iam.send(new DeleteRoleCommand({ RoleName }));
    await expectInvalidKey(session);
  });

  it('that the operator takes of no role at all fill another account', async () => {
    const other = await assume('arn:aws:iam::000987654321:role/operator');
    await other.iam.send(new CreateUserCommand({ UserName: 'over-there' }));
    expect((await listUsers(other)).Users?.map((user) => user.Arn)).toEqual([
      'arn:aws:iam::000987654321:user/over-there',
    ]);
  });
});

describe('role trust', () => {
  it('refuses who it does not name, and lets in who it does', async () => {
    const { aws, UserName } = await createUser();
    const { RoleName, RoleArn } = await createRole(
      policyOf({ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::123456789012:user/nobody' }, Action: '*' }),
    );
    expect(await errorOf(assume(RoleArn, aws))).toEqual({ name: 'AccessDenied', status: 403 });
    const Principal = { AWS: `arn:aws:iam::123456789012:user/${UserName}` };
    const PolicyDocument = policyOf({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' });
    await root.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    expect(await whoAmI(await assume(RoleArn, aws))).toContain(`assumed-role/${RoleName}/drill`);
  });

  it('with an explicit deny stops new sessions only', async () => {
    const { aws } = await createUser();
    const { RoleName, RoleArn } = await createRole();
    const session = await assume(RoleArn, aws);
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' },
        { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' },
      ],
    });
    await root.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    expect(await errorOf(assume(RoleArn, aws))).toMatchObject({ name: 'AccessDenied' });
    await describeInstances(session);
  });

  it('of a role that does not exist lets nobody in', async () => {
    const { aws } = await createUser();
    expect(await errorOf(assume('arn:aws:iam::123456789012:role/no-such', aws))).toMatchObject({
      name: 'AccessDenied',
    });
  });
});

describe('counts and records', () => {
  it('tell mutating calls from reads and dry runs, by service and API', async () => {
    const { aws, UserName } = await createUser();
    stack.proxy.reset();
    await describeInstances(aws);
    const tag = { Resources: ['i-0123456789abcdef0'], Tags: [{ Key: 'a', Value: 'b' }], DryRun: true };
    expect(await errorOf(aws.ec2.send(new CreateTagsCommand(tag)))).toMatchObject({ name: 'DryRunOperation' });
    await aws.ec2.send(new RunInstancesCommand({ ImageId: 'ami-12345678', MinCount: 1, MaxCount: 1 }));
    await aws.iam.send(new GetUserCommand({ UserName }));
    await aws.sts.send(new GetSessionTokenCommand({}));
    await whoAmI(aws);
    expect(stack.proxy.counts()).toEqual({
      total: 6,
      mutating: 2,
      byAction: {
        'ec2:DescribeInstances': 1,
        'ec2:CreateTags': 1,
        'ec2:RunInstances': 1,
        'iam:GetUser': 1,
        'sts:GetSessionToken': 1,
        'sts:GetCallerIdentity': 1,
      },
    });
    expect(stack.proxy.calls({ mutating: true }).map((call) => call.action)).toEqual([
      'RunInstances',
      'GetSessionToken',
    ]);
  });

  it('say who called, with what, and what became of it', async () => {
    const { aws, UserName, AccessKeyId } = await createUser();
    await aws.ec2.send(new DescribeInstancesCommand({ MaxResults: 5 }));
    await denyUser(UserName);
    await errorOf(describeInstances(aws));
    const principal = `arn:aws:iam::123456789012:user/${UserName}`;
    const [answered, refused] = stack.proxy.calls({ accessKeyId: AccessKeyId });
    expect(answered).toMatchObject({
      principal,
      accessKeyId: AccessKeyId,
      service: 'ec2',
      action: 'DescribeInstances',
      mutating: false,
      region: 'eu-west-2',
      parameters: { MaxResults: '5' },
      outcome: 'answered',
      status: 200,
      requestId: expect.stringMatching(/./),
    });
    expect(refused).toMatchObject({ outcome: 'refused', status: 403, requestId: expect.stringMatching(/./) });
    expect(stack.proxy.calls({ principal, after: answered?.sequence ?? 0 })).toEqual([refused]);
  });

  it('never hold a secret value', async () => {
    await root.secrets.send(new CreateSecretCommand({ Name: `secret-${++names}`, SecretString: 'hunter2' }));
    const { SecretString } = await root.secrets.send(new GetSecretValueCommand({ SecretId: `secret-${names}` }));
    expect(SecretString).toBe('hunter2');
    expect(stack.proxy.calls({ service: 'secretsmanager' })).toMatchObject([
      { action: 'CreateSecret', mutating: true, parameters: { SecretString: '(not kept)' } },
      { action: 'GetSecretValue', mutating: false },
    ]);
    expect(JSON.stringify(stack.proxy.calls())).not.toContain('hunter2');
  });

  it('keep only the last records, and count all', async () => {
    const small = await startAwsProxy({ motoUrl: stack.moto.url, recordsKept: 3 });
    try {
      const aws = clientsAs(small.url);
      for (let i = 0; i < 8; i++) await whoAmI(aws);
      expect(small.calls().map((call) => call.sequence)).toEqual([6, 7, 8]);
      expect(small.counts().total).toBe(8);
    } finally {
      await small.stop();
    }
  });
});

describe('isAllowed', () => {
  it('answers as a call would be answered, without one', async () => {
    const { UserName, AccessKeyId, key } = await createUser();
    const { RoleArn } = await createRole(policyOf({ Effect: 'Allow', Principal: { Service: 'ec2' }, Action: '*' }));
    const { isAllowed } = stack.proxy;
    expect(await isAllowed({ accessKeyId: AccessKeyId, action: 'secretsmanager:GetSecretValue' })).toBe(true);
    expect(await isAllowed({ accessKeyId: AccessKeyId, action: 'sts:AssumeRole', resource: RoleArn })).toBe(false);
    const Resource = 'arn:aws:secretsmanager:*:*:secret:members-*';
    await denyUser(UserName, policyOf({ Effect: 'Deny', Action: 'secretsmanager:*', Resource }));
    const secret = (name: string) => ({
      accessKeyId: AccessKeyId,
      action: 'secretsmanager:GetSecretValue',
      resource: `arn:aws:secretsmanager:eu-west-2:123456789012:secret:${name}-a1b2c3`,
    });
    expect(await Promise.all([isAllowed(secret('members')), isAllowed(secret('other'))])).toEqual([false, true]);
    await root.iam.send(new UpdateAccessKeyCommand({ ...key, Status: 'Inactive' }));
    expect(await isAllowed(secret('other'))).toBe(false);
    expect(stack.proxy.counts().byAction).not.toHaveProperty('secretsmanager:GetSecretValue');
  });
});

describe('options', () => {
  it('propagationMs delays a change of key status', async () => {
    let time = 0;
    const slow = await startAwsProxy({ motoUrl: stack.moto.url, propagationMs: 4_000, now: () => time });
    try {
      const { key, AccessKeyId } = await createUser();
      const aws = clientsAs(slow.url, { AccessKeyId });
      await clientsAs(slow.url).iam.send(new UpdateAccessKeyCommand({ ...key, Status: 'Inactive' }));
      time = 3_999;
      await listUsers(aws);
      time = 4_000;
      expect(await errorOf(listUsers(aws))).toMatchObject({ name: 'InvalidClientTokenId' });
    } finally {
      await slow.stop();
    }
  });

  it('defaultDecision deny refuses what no policy allows, and lets the operator by', async () => {
    const strict = await startAwsProxy({ motoUrl: stack.moto.url, defaultDecision: 'deny' });
    try {
      const { UserName, AccessKeyId } = await createUser();
      const aws = clientsAs(strict.url, { AccessKeyId });
      expect(await errorOf(listUsers(aws))).toMatchObject({ name: 'AccessDenied' });
      const allow = policyOf({ Effect: 'Allow', Action: 'iam:List*', Resource: '*' });
      const put = new PutUserPolicyCommand({ UserName, PolicyName: 'allow', PolicyDocument: allow });
      await clientsAs(strict.url).iam.send(put);
      await listUsers(aws);
    } finally {
      await strict.stop();
    }
  });

  it('an API that moto lacks is an AWS error, not a page of HTML', async () => {
    const lock = new LockSnapshotCommand({ SnapshotId: 'snap-0123456789abcdef0', LockMode: 'governance' });
    expect(await errorOf(root.ec2.send(lock))).toEqual({ name: 'InvalidAction', status: 400 });
  });
});
