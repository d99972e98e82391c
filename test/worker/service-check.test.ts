import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { NativeConnection } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { NAMESPACE, startTemporalServer } from '../../drill/stack/temporal-server.ts';
import type { TemporalServer } from '../../drill/stack/temporal-server.ts';
import { connectService, ServiceRefused } from '../../worker/connect.ts';
import { isLoopback, isSafeServer, serviceProblems } from '../../worker/service-check.ts';
import { verifierProblems } from '../../worker/verifier-check.ts';

describe('a Temporal Service', () => {
  it.each([
    ['1.30.3', true],
    ['1.31.0', true],
    ['2.0.0', true],
    ['1.30.2', false],
    ['1.29.5', true],
    ['1.29.4', false],
    ['1.28.9', false],
    ['', false],
  ])('of version "%s" is safe from CVE-2026-5199: %s', (version, safe) => {
    expect(isSafeServer(version)).toBe(safe);
  });

  it.each([
    ['127.0.0.1:7233', true],
    ['localhost:7233', true],
    ['[::1]:7233', true],
    ['127.evil.example:7233', false],
    ['localhost.example.org:7233', false],
    ['10.0.0.1:7233', false],
  ])('at %s is on this machine: %s', (address, here) => {
    expect(isLoopback(address)).toBe(here);
  });
});

describe('a running Temporal Service', () => {
  let server: TemporalServer;
  let connection: NativeConnection;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'firedoor-service-'));
    server = await startTemporalServer({ log: () => undefined, directory: folder, headless: true });
    connection = await NativeConnection.connect({ address: server.address });
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await connection?.close();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const problems = async (namespace: string): Promise<readonly string[]> =>
    await serviceProblems(connection, { address: server.address, namespace });

  it('is taken where the namespace keeps 30 days and knows the search attributes', async () => {
    expect(await problems(NAMESPACE)).toEqual([]);
  });

  it('is refused where it lacks the namespace, with the command that makes it', async () => {
    expect(await problems('elsewhere')).toEqual([
      expect.stringMatching(/has no namespace elsewhere; expected one: temporal operator namespace create .*720h$/),
    ]);
  });

  it('is refused where histories go too soon and search attributes are unknown, with the commands that mend it', async () => {
    const client = await Connection.connect({ address: server.address });
    await client.workflowService.registerNamespace({
      namespace: 'forgetful',
      workflowExecutionRetentionPeriod: msToTs(86_400_000),
    });
    await client.close();
    await vi.waitFor(
      async () =>
        expect(await problems('forgetful')).toEqual([
          expect.stringMatching(/^namespace forgetful keeps closed runs for 1 days; .*--retention 720h$/),
          expect.stringMatching(
            /lacks the search attributes FiredoorIncidentId, .* --name FiredoorPhase --type Keyword/,
          ),
        ]),
      { timeout: 15_000, interval: 500 },
    );
  });

  it('that does not answer is FD-501: where it was looked for, and what to do', async () => {
    vi.stubEnv('TEMPORAL_ADDRESS', '127.0.0.1:1');
    const failure = connectService();
    await expect(failure).rejects.toThrow(ServiceRefused);
    await expect(failure).rejects.toThrow(
      /^FD-501 No Temporal Service answers at 127\.0\.0\.1:1 \(from TEMPORAL_ADDRESS\)\. .*start a local one/,
    );
  });
});

describe('a machine', () => {
  it('without ssh-keygen is FD-503, since no signature could be checked there', async () => {
    expect(await verifierProblems()).toEqual([]);
    vi.stubEnv('PATH', '/nowhere');
    expect(await verifierProblems()).toEqual([expect.stringMatching(/^FD-503 No ssh-keygen on PATH.*Install OpenSSH/)]);
    vi.unstubAllEnvs();
  });
});
