import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Claims } from '../../model/claims.ts';
import type { LedgerRequest } from '../../model/ledger.ts';
import { ledgerWorkflowId } from '../../model/ledger.ts';
import type { Plan } from '../../model/plan.ts';
import { mainTaskQueue } from '../../model/task-queues.ts';
import { claimsQuery } from '../../workflows/messages.ts';
import type { Bench, Stage } from '../helpers/incident-harness.ts';
import { fakeWorld, openBench } from '../helpers/incident-harness.ts';
import { plainPlaybook, planOf } from './plans.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(async () => await bench?.stop());

const idOf = ({ ledger }: Stage): string => ledgerWorkflowId(ledger.name);
const handleOf = (stage: Stage) => bench.client.workflow.getHandle(idOf(stage));

/** Ends the ledger of a run, and starts another as anybody with access to the namespace could. */
async function startAnew(stage: Stage, input: { carried?: Claims; continueAfterEvents?: number }): Promise<void> {
  await handleOf(stage).terminate('for a test');
  await bench.client.workflow.start('ledger', {
    workflowId: idOf(stage),
    taskQueue: mainTaskQueue,
    args: [{ estate: 'test', ...input }],
  });
}

function claimOf(incident: string, number: number): LedgerRequest {
  const wave = { stage: 'cut-off', wave: number, attempt: 1, action: 'aws.ec2.isolate' } as const;
  return { kind: 'claim', incident, ...wave, targets: [`i-${number}`], done: [] };
}

test('a ledger continues as new for ever with all it knows, and numbers go on', async () => {
  await bench.run({ plan: planOf(bench.people, plainPlaybook()), world: fakeWorld() }, async (incident, stage) => {
    await incident.phase('contained');
    await startAnew(stage, { continueAfterEvents: 40 });
    const numbers: number[] = [];
    const runs = new Set<string>();
    for (let number = 1; number <= 20; number += 1) {
      const answer = await stage.ledger.port.ask(claimOf('INC-900', number), { id: `claim-${number}`, patient: true });
      if (answer.kind === 'claimed') numbers.push(answer.asking.number);
      expect(answer).toMatchObject({ by: [incident.handle.workflowId.replace('firedoor/', '')] });
      runs.add((await handleOf(stage).describe()).runId);
    }
    expect(runs.size).toBeGreaterThan(1);
    expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
    const known = await handleOf(stage).query(claimsQuery);
    expect(known?.claims.filter((claim) => claim.incident === 'INC-900')).toHaveLength(20);
  });
});

test('one that is started with claims of somebody’s own has none of them', async () => {
  await bench.run({ plan: planOf(bench.people, plainPlaybook()), world: fakeWorld() }, async (incident, stage) => {
    await incident.phase('contained');
    const forged = { stage: 'cut-off', wave: 1, attempt: 1, action: 'aws.ec2.isolate', leaving: [] } as const;
    const claim = { ...forged, incident: 'INC-900', targets: ['i-gateway-1'], order: 1, leaving: [] };
    await startAnew(stage, { carried: { next: 2, claims: [claim] } });
    await stage.ledger.port.ask({ kind: 'enrol', incident: 'INC-901' }, { id: 'enrol', patient: true });
    const known = await handleOf(stage).query(claimsQuery);
    expect(known?.claims.map((one) => one.incident)).toEqual([incident.handle.workflowId.replace('firedoor/', '')]);
  });
});

/** A plan of three waves over as many hosts as asked for. */
function widePlan(hostsAWave: number): Plan {
  const plan = planOf(bench.people, plainPlaybook({ size: 1 }));
  const hosts = (wave: number): readonly string[] =>
    Array.from({ length: hostsAWave }, (_, index) => `i-${wave}-${index}`);
  const widen = (chunk: Plan['chunks'][string]): Plan['chunks'][string] => {
    if (chunk.kind === 'release') return { ...chunk, targets: [1, 2, 3].flatMap(hosts) };
    const [first] = chunk.targets;
    if (!first) throw new Error('no target');
    return { ...chunk, targets: hosts(chunk.wave).map((id) => ({ ...first, id }) as typeof first) };
  };
  const chunks = Object.fromEntries(Object.entries(plan.chunks).map(([digest, chunk]) => [digest, widen(chunk)]));
  return { ...plan, chunks };
}

test('costs at most 0.2 events a contained system, in the ledger and the incident together', async () => {
  const hosts = 600;
  await bench.run({ plan: widePlan(hosts / 3), world: fakeWorld() }, async (incident, stage) => {
    await incident.phase('contained');
    await incident.say({ verb: 'release', by: 'ada@example.org' });
    expect(await incident.result()).toMatchObject({ phase: 'closed', exceptions: [] });
    const [ledger, own] = [await handleOf(stage).fetchHistory(), await incident.handle.fetchHistory()];
    const asked = (own.events ?? []).filter((event) => event.markerRecordedEventAttributes);
    const patient = (own.events ?? []).filter(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'askLedger',
    );
    // An activity costs three events of its own and three of the task that takes its result.
    const events = (ledger.events?.length ?? 0) + asked.length + 6 * patient.length;
    expect(asked.length).toBeGreaterThan(4);
    expect(events / hosts).toBeLessThan(0.2);
  });
});
