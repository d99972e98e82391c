import { DescribeInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { GetRoleCommand } from '@aws-sdk/client-iam';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createAwsClients } from '../../../activities/aws/clients.ts';
import type { AccountClients } from '../../../activities/aws/clients.ts';
import { classify, errorName } from '../../../activities/aws/errors.ts';
import { ROOT_ACCESS_KEY_ID } from '../../../drill/proxy/identity.ts';
import { startAwsProxy } from '../../../drill/proxy/proxy.ts';
import type { AwsProxy } from '../../../drill/proxy/proxy.ts';
import type { ActivityWorld } from '../../helpers/activity-deps.ts';
import { account, accountId, region, startActivityWorld } from '../../helpers/activity-deps.ts';

let world: ActivityWorld;
let proxy: AwsProxy;
let clients: AccountClients;

beforeAll(async () => {
  world = await startActivityWorld();
  proxy = await startAwsProxy({ motoUrl: world.url });
  vi.stubEnv('AWS_ENDPOINT_URL', proxy.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', ROOT_ACCESS_KEY_ID);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not-a-secret');
  vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
  clients = createAwsClients([{ name: account, id: accountId, region }])(account);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await proxy?.stop();
  await world?.stop();
});
afterEach(() => {
  proxy.clearFaults();
});

/** What the SDK really throws for a call, classified. */
async function classOf(call: Promise<unknown>): Promise<readonly [string, string]> {
  return await call.then(
    () => ['none', 'none'] as const,
    (error: unknown) => [classify(error), errorName(error)] as const,
  );
}

const describeAll = async (): Promise<unknown> => await clients.ec2.send(new DescribeInstancesCommand({}));

describe('errors as they come over the wire', () => {
  it.each([
    ['UnauthorizedOperation', 403, 'refused'],
    ['RequestExpired', 400, 'refused'],
    ['RequestLimitExceeded', 503, 'retry'],
    ['InvalidInstanceID.NotFound', 400, 'gone'],
    ['NeverHeardOf', 400, 'unknown'],
    ['NeverHeardOf', 500, 'retry'],
  ])('%s with status %i is %s', async (code, status, kind) => {
    proxy.addFault({ kind: 'error', code, status, match: { action: 'DescribeInstances' } });
    expect(await classOf(describeAll())).toEqual([kind, code]);
  });

  it('takes a connection that broke, before or after the call, for one that may have done its work', async () => {
    for (const kind of ['reset-before', 'reset-after'] as const) {
      proxy.addFault({ kind, match: { action: 'DescribeInstances', nth: 1 } });
      expect(await classOf(describeAll())).toEqual(['maybe-done', 'ECONNRESET']);
    }
  });

  it('makes one attempt: Temporal retries, not the SDK', async () => {
    proxy.reset();
    proxy.addFault({
      kind: 'error',
      code: 'RequestLimitExceeded',
      status: 503,
      match: { action: 'DescribeInstances' },
    });
    await classOf(describeAll());
    expect(proxy.counts().total).toBe(1);
  });

  it('knows what is gone in each service by the names they really use', async () => {
    const { ec2, iam, secrets } = clients;
    const stop = ec2.send(new StopInstancesCommand({ InstanceIds: ['i-0123456789abcdef0'] }));
    expect((await classOf(stop))[0]).toBe('gone');
    expect((await classOf(iam.send(new GetRoleCommand({ RoleName: 'nobody' }))))[0]).toBe('gone');
    expect((await classOf(secrets.send(new GetSecretValueCommand({ SecretId: 'nothing' }))))[0]).toBe('gone');
  });

  it('throws on an account that the estate lacks', () => {
    expect(() => createAwsClients([])('payments')).toThrow('the estate has no account payments');
  });
});
