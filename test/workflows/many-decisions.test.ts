import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveCodec } from '../../cli/codec/server.ts';
import { sendDecision } from '../../cli/decision/send.ts';
import type { Server } from '../../cli/context.ts';
import { findTemporalCli } from '../../drill/stack/temporal-cli.ts';
import type { DecisionRecord } from '../../model/incident.ts';
import type { Bench, RunningIncident } from '../helpers/incident-harness.ts';
import { fakeWorld, openBench } from '../helpers/incident-harness.ts';
import { fullPlaybook, planOf } from './plans.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(async () => await bench?.stop());

const [bo, cy] = ['bo@example.org', 'cy@example.org'];
const approve = { verb: 'approve', gate: 'cut-off' } as const;

async function atTheGate(play: (incident: RunningIncident, name: string) => Promise<void>): Promise<void> {
  const plan = planOf(bench.people, fullPlaybook());
  await bench.run({ plan, world: fakeWorld() }, async (incident) => {
    const { incident: name } = await incident.phase('waiting');
    await play(incident, name);
    await incident.handle.terminate('the test is over');
  });
}

function reasons(records: readonly DecisionRecord[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { verdict, reason } of records) {
    const key = reason ?? verdict;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

test('fifty decisions at once are all answered, and a flood of forged ones ends nothing', async () => {
  await atTheGate(async (incident, name) => {
    const times = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
    const plan = `sha256:${'1'.repeat(64)}`;
    const signed = await Promise.all([
      ...times(20).map(async () => await incident.sign({ ...approve, by: cy })),
      ...times(20).map(async () => await incident.sign({ ...approve, by: bo, signedBy: cy })),
      ...times(10).map(async () => await incident.sign({ ...approve, by: bo, plan })),
    ]);
    const { client, codec } = bench;
    const server: Server = {
      client,
      codec,
      address: bench.server.address,
      namespace: bench.server.namespace,
      close: async () => await Promise.resolve(),
    };
    const records = await Promise.all(signed.map(async (one) => await sendDecision(server, name, one)));
    const expected = { accepted: 1, 'already-counted': 19, 'bad-signature': 20, 'wrong-plan': 10 };
    expect(reasons(records)).toEqual(expected);
    expect(reasons((await incident.status()).decisions)).toEqual(expected);
    await Promise.all(
      times(100).map(
        async (index) => await incident.handle.signal('decide', { document: `forged ${index}`, signature: '' }),
      ),
    );
    await incident.until(({ decisions }) => decisions.length === 150);
    expect(await incident.say({ ...approve, by: bo })).toMatchObject({ verdict: 'accepted' });
    expect((await incident.status()).gates[0]?.state).toBe('met');
  });
});

test('the stock CLI sends what was signed, as update and as signal, by the words of docs/decisions-by-hand.md', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'firedoor-stock-'));
  const { server, codec } = bench;
  const served = await serveCodec({ codec, host: '127.0.0.1', port: 0, uiOrigin: undefined, authorization: undefined });
  const cli = await findTemporalCli(() => undefined);
  const reaching = ['--address', server.address, '--namespace', server.namespace];
  const temporal = async (...words: readonly string[]): Promise<string> =>
    (await promisify(execFile)(cli, [...words, ...reaching])).stdout;
  try {
    await atTheGate(async (incident, name) => {
      const file = path.join(folder, 'decision.json');
      const where = ['-w', `firedoor/${name}`, '--name', 'decide', '--input-file', file];
      const encrypting = ['--codec-endpoint', served.url];
      await writeFile(file, JSON.stringify(await incident.sign({ ...approve, by: cy })));
      expect(await temporal('workflow', 'update', 'execute', ...where, ...encrypting)).toContain('accepted');
      await writeFile(file, JSON.stringify(await incident.sign({ ...approve, by: bo })));
      await temporal('workflow', 'signal', ...where);
      const denied = await incident.until(({ decisions }) => decisions.length === 2);
      expect(denied.decisions[1], 'unencrypted where payloads are encrypted').toMatchObject({ reason: 'malformed' });
      await temporal('workflow', 'signal', ...where, ...encrypting);
      await incident.until(({ gates }) => gates[0]?.state === 'met');
    });
  } finally {
    await served.close();
    await rm(folder, { recursive: true, force: true });
  }
});
