import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient, ListUsersCommand } from '@aws-sdk/client-iam';
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { Client, Connection } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isAlive } from '../../../drill/stack/cache.ts';
import { assertNothingLeft, freePorts, leftoverPids } from '../../../drill/stack/process.ts';
import { startStack } from '../../../drill/stack/stack.ts';
import type { Stack } from '../../../drill/stack/stack.ts';
import { MissingToolError } from '../../../drill/stack/tools.ts';

let stack: Stack | undefined;
const log = () => undefined;

afterEach(async () => {
  vi.unstubAllEnvs();
  await stack?.stop();
  stack = undefined;
});

async function isListening(address: string): Promise<boolean> {
  const { hostname, port } = new URL(address.includes('//') ? address : `http://${address}`);
  const socket = createConnection(Number(port), hostname);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

describe('a whole stack', () => {
  it('answers on every address, and is gone with its ports, processes and folder after stop', async () => {
    stack = await startStack({ log });
    const { temporal, moto, proxy, dir } = stack;
    const addresses = [temporal.address, temporal.uiUrl ?? '', moto.url, proxy.url];
    expect(await Promise.all(addresses.map(isListening))).toEqual([true, true, true, true]);
    expect(addresses.every((address) => address.includes('127.0.0.1'))).toBe(true);
    expect([isAlive(temporal.pid), isAlive(moto.pid)]).toEqual([true, true]);
    await Promise.all([stack.stop(), stack.stop()]);
    await stack.stop();
    expect(await Promise.all(addresses.map(isListening))).toEqual([false, false, false, false]);
    assertNothingLeft([temporal.pid, moto.pid]);
    expect(existsSync(dir)).toBe(false);
  });

  it('has a namespace that keeps 30 days, with search attributes that work at once', async () => {
    stack = await startStack({ log, moto: false, headless: true });
    expect(stack.temporal.uiUrl).toBeUndefined();
    const connection = await Connection.connect({ address: stack.env['TEMPORAL_ADDRESS'] ?? '' });
    try {
      const namespace = stack.env['TEMPORAL_NAMESPACE'] ?? '';
      const { config } = await connection.workflowService.describeNamespace({ namespace });
      expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(720 * 3_600);
      await startAndFind(new Client({ connection, namespace }));
    } finally {
      await connection.close();
    }
  });

  it('tells AWS SDK clients where it is by the environment alone', async () => {
    stack = await startStack({ log, temporal: false });
    for (const [name, value] of Object.entries(stack.env)) vi.stubEnv(name, value);
    await new EC2Client({}).send(new DescribeVpcsCommand({}));
    await new IAMClient({}).send(new ListUsersCommand({}));
    await new SecretsManagerClient({}).send(new ListSecretsCommand({}));
    const { Arn } = await new STSClient({}).send(new GetCallerIdentityCommand({}));
    expect(Arn).toContain('123456789012');
    const calls = stack.proxy.calls().map(({ service, region, status }) => `${service} ${region} ${status}`);
    // IAM is one for the world, and its client signs for us-east-1 wherever it is.
    expect(calls).toEqual(
      ['ec2', 'iam', 'secretsmanager', 'sts'].map((service) => expect.stringMatching(`^${service} .* 200`)),
    );
  });

  it('says so when a part is read that was not started', async () => {
    stack = await startStack({ log, temporal: false, moto: false });
    const { temporal: _temporal, ...rest } = { temporal: undefined, env: stack.env };
    expect(rest.env).toEqual({});
    expect(() => stack?.temporal).toThrow('started without Temporal');
    expect(() => stack?.proxy).toThrow('started without moto');
  });
});

describe('when it ends otherwise', () => {
  it('leaves nothing when a part cannot start', async () => {
    vi.stubEnv('FIREDOOR_TEMPORAL_CLI', '/nowhere/temporal');
    await expect(startStack({ log })).rejects.toThrow(MissingToolError);
    assertNothingLeft();
  });

  it('says what a part wrote when it ended before it was ready', async () => {
    vi.stubEnv('FIREDOOR_TEMPORAL_CLI', '/bin/false');
    await expect(startStack({ log, moto: false })).rejects.toThrow(
      /temporal ended before it was ready \(exit code 1\)/,
    );
    assertNothingLeft();
  });

  it.each(['SIGKILL', 'SIGTERM', 'exit'] as const)('leaves nothing when its owner ends by %s', async (way) => {
    const owner = spawn(process.execPath, [fileURLToPath(new URL('stack-owner.ts', import.meta.url)), way]);
    try {
      const [line] = (await once(owner.stdout, 'data')) as [Buffer];
      const pids = JSON.parse(line.toString()) as number[];
      expect(pids.length).toBeGreaterThanOrEqual(2);
      expect(pids.every(isAlive)).toBe(true);
      const ended = once(owner, 'exit');
      if (way === 'exit') owner.stdin.write('now\n');
      else owner.kill(way);
      await ended;
      for (let i = 0; i < 400 && pids.some(isAlive); i++) await sleep(25);
      expect(pids.filter(isAlive)).toEqual([]);
    } finally {
      owner.kill('SIGKILL');
    }
  });
});

it('freePorts gives different ports', async () => {
  const ports = await freePorts(20);
  expect(new Set(ports).size).toBe(20);
  expect(leftoverPids()).toEqual([]);
});

async function startAndFind(client: Client): Promise<void> {
  const incident = defineSearchAttributeKey('FiredoorIncidentId', SearchAttributeType.KEYWORD);
  const roles = defineSearchAttributeKey('FiredoorAwaitingRole', SearchAttributeType.KEYWORD_LIST);
  await client.workflow.start('none', {
    taskQueue: 'none',
    workflowId: 'firedoor/INC-1',
    typedSearchAttributes: [
      { key: incident, value: 'INC-1' },
      { key: roles, value: ['ir-lead', 'platform'] },
    ],
  });
  const query = `FiredoorIncidentId = 'INC-1' AND FiredoorAwaitingRole = 'platform'`;
  await vi.waitFor(async () => expect((await client.workflow.count(query)).count).toBe(1), 10_000);
}
