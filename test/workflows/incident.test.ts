import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Bench } from '../helpers/incident-harness.ts';
import { fakeWorld, openBench } from '../helpers/incident-harness.ts';
import { fullPlaybook, planOf } from './plans.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(async () => await bench?.stop());

const [ada, bo, cy] = ['ada@example.org', 'bo@example.org', 'cy@example.org'];

test('an incident plays through: credentials, gate, canary, waves, evidence, release, closed', async () => {
  const world = fakeWorld();
  await bench.run({ plan: planOf(bench.people, fullPlaybook()), world }, async (incident) => {
    const waiting = await incident.until((status) => status.gates.some((gate) => gate.state === 'open'));
    expect(waiting.phase).toBe('waiting');
    expect(world.journal).toEqual(['capture', 'apply', 'verify'].map((step) => `${step} aws.iam.user:retail/sync`));
    expect(await incident.say({ verb: 'approve', gate: 'cut-off', by: cy })).toMatchObject({ verdict: 'accepted' });
    expect((await incident.status()).gates[0]?.missing).toEqual({ platform: 1 });
    await incident.say({ verb: 'approve', gate: 'cut-off', by: bo });
    const contained = await incident.phase('contained');
    expect(contained.stages.map((stage) => stage.waves.map((wave) => `${wave.state} ${wave.verified}`))).toEqual([
      ['done 1'],
      ['done 1', 'done 2'],
      ['done 3'],
    ]);
    const begun = world.journal.length;
    await incident.say({ verb: 'release', by: ada });
    await incident.until((status) =>
      status.gates.some((gate) => gate.id === 'restore/people' && gate.state === 'open'),
    );
    await incident.say({ verb: 'approve', gate: 'restore/people', by: cy });
    await incident.say({ verb: 'attest', gate: 'restore/people/clean-image', by: cy });
    expect(await incident.result()).toMatchObject({ phase: 'closed', exceptions: [] });
    const undone = world.journal.slice(begun);
    expect(undone.indexOf('undo credentials aws.iam.user:retail/sync')).toBeGreaterThanOrEqual(0);
    expect(undone.indexOf('undo evidence i-desktops-1')).toBeLessThan(undone.indexOf('undo cut-off i-desktops-1'));
  });
});

test('the stock Temporal UI reads it: search attributes, current details, and a summary on every step', async () => {
  await bench.run({ plan: planOf(bench.people, fullPlaybook()), world: fakeWorld() }, async (incident) => {
    await incident.until((status) => status.gates.some((gate) => gate.state === 'open'));
    const { searchAttributes } = await incident.handle.describe();
    expect(searchAttributes).toMatchObject({
      FiredoorIncidentId: [incident.handle.workflowId.replace('firedoor/', '')],
      FiredoorPhase: ['waiting'],
      FiredoorAwaitingRole: ['ir-lead', 'platform'],
    });
    const { currentDetails } = await incident.handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(currentDetails).toMatch(/\*\*waiting\*\*.*\| credentials \| 1\/1 \| 1\/1 \|/s);
    expect(currentDetails).toContain('Gate **cut-off** waits for 1 ir-lead and 1 platform.');
    expect(await stepsWithoutSummary(incident.handle.workflowId)).toEqual([]);
  });
});

/** Activities, timers and children of a run, and of its children, that the UI would show without a word. */
async function stepsWithoutSummary(workflowId: string): Promise<readonly string[]> {
  const { events } = await bench.client.workflow.getHandle(workflowId).fetchHistory();
  const bare: string[] = [];
  for (const event of events ?? []) {
    const activity = event.activityTaskScheduledEventAttributes?.activityType?.name;
    const child = event.startChildWorkflowExecutionInitiatedEventAttributes?.workflowId;
    const timer = event.timerStartedEventAttributes && 'a timer';
    const what = activity ?? child ?? timer;
    if (what && !event.userMetadata?.summary) bare.push(`${workflowId}: ${what}`);
    if (child) bare.push(...(await stepsWithoutSummary(child)));
  }
  return bare;
}
