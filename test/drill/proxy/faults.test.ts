import { DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { CreateUserCommand, ListUsersCommand } from '@aws-sdk/client-iam';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startStack } from '../../../drill/stack/stack.ts';
import type { Stack } from '../../../drill/stack/stack.ts';
import { clientsAs, errorOf } from '../stack/emulated-aws.ts';
import type { Clients } from '../stack/emulated-aws.ts';

let stack: Stack;
let aws: Clients;

beforeAll(async () => {
  stack = await startStack({ log: () => undefined, temporal: false });
  aws = clientsAs(stack.proxy.url);
});
afterAll(async () => await stack?.stop());
afterEach(() => {
  stack.proxy.clearFaults();
  stack.proxy.reset();
});

const read = async () => await aws.ec2.send(new DescribeVpcsCommand({}));
const create = async (UserName: string) => await aws.iam.send(new CreateUserCommand({ UserName }));
const users = async () => (await aws.iam.send(new ListUsersCommand({}))).Users?.map((user) => user.UserName);

describe('an injected fault', () => {
  it('error is the given AWS error, until it is taken away', async () => {
    const match = { service: 'ec2', action: 'DescribeVpcs' };
    const remove = stack.proxy.addFault({ match, kind: 'error', code: 'RequestLimitExceeded', status: 503 });
    expect(await errorOf(read())).toEqual({ name: 'RequestLimitExceeded', status: 503 });
    await users();
    remove();
    await read();
  });

  it('nth meets that call alone', async () => {
    const match = { action: 'DescribeVpcs', nth: 2 };
    stack.proxy.addFault({ match, kind: 'error', code: 'InternalError', status: 500 });
    await read();
    expect(await errorOf(read())).toEqual({ name: 'InternalError', status: 500 });
    await read();
  });

  it('matchTarget meets only calls that name the target', async () => {
    stack.proxy.addFault({ match: { matchTarget: 'grace' }, kind: 'error', code: 'Throttling', status: 400 });
    await create('ada');
    expect(await errorOf(create('grace'))).toMatchObject({ name: 'Throttling' });
  });

  it('reset-before breaks the connection, and the call never happened', async () => {
    stack.proxy.addFault({ match: { action: 'CreateUser' }, kind: 'reset-before' });
    expect(await errorOf(create('before'))).toMatchObject({ status: undefined });
    expect(await users()).not.toContain('before');
    expect(stack.proxy.calls({ action: 'CreateUser', outcome: 'fault' })).toMatchObject([{ status: undefined }]);
  });

  it('reset-after breaks the connection, and the call did happen', async () => {
    stack.proxy.addFault({ match: { action: 'CreateUser', nth: 1 }, kind: 'reset-after' });
    expect(await errorOf(create('after'))).toMatchObject({ status: undefined });
    expect(await users()).toContain('after');
    expect(await errorOf(create('after'))).toMatchObject({ name: 'EntityAlreadyExistsException' });
  });

  it('latency holds the call back, and adds to a fault beside it', async () => {
    stack.proxy.addFault({ match: { action: 'DescribeVpcs' }, kind: 'latency', milliseconds: 150 });
    stack.proxy.addFault({
      match: { action: 'DescribeVpcs', nth: 2 },
      kind: 'error',
      code: 'Unavailable',
      status: 503,
    });
    const start = performance.now();
    await read();
    expect(performance.now() - start).toBeGreaterThan(140);
    expect(await errorOf(read())).toMatchObject({ name: 'Unavailable' });
    expect(performance.now() - start).toBeGreaterThan(290);
  });
});

it('when moto is gone, calls fail with an AWS error of the service', async () => {
  await stack.moto.stop();
  expect(await errorOf(read())).toEqual({ name: 'Unavailable', status: 503 });
  expect(await errorOf(users())).toEqual({ name: 'ServiceUnavailable', status: 503 });
});
