import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bench, RunningIncident } from '../helpers/incident-harness.ts';
import { fakeWorld, openBench } from '../helpers/incident-harness.ts';
import { fullPlaybook, planOf } from './plans.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(async () => await bench?.stop());

const [ada, bo, cy, dee] = ['ada@example.org', 'bo@example.org', 'cy@example.org', 'dee@example.org'];
const gate = 'cut-off';

/** Runs an incident up to its first gate. */
async function atTheGate(
  play: (incident: RunningIncident, journal: readonly string[]) => Promise<void>,
): Promise<void> {
  const world = fakeWorld();
  await bench.run({ plan: planOf(bench.people, fullPlaybook()), world }, async (incident) => {
    await incident.phase('waiting');
    await play(incident, world.journal);
    await incident.handle.terminate('the test is over');
  });
}

describe('decisions that do not count are denied and recorded', () => {
  test('each with its own reason, and none of them opens the gate', async () => {
    await atTheGate(async (incident, journal) => {
      const approve = { verb: 'approve', gate } as const;
      const before = journal.length;
      const other = `sha256:${'1'.repeat(64)}`;
      const past = { issued: '2020-01-01T00:00:00Z', expires: '2020-01-01T01:00:00Z' };
      const denied = [
        [await incident.say({ ...approve, by: bo, signedBy: cy }), 'bad-signature'],
        [await incident.say({ ...approve, by: ada }), 'starter-cannot-approve'],
        [await incident.say({ ...approve, by: 'eve@example.org', signedBy: cy }), 'unknown-person'],
        [await incident.say({ ...approve, by: bo, incident: 'INC-999' }), 'wrong-incident'],
        [await incident.say({ ...approve, by: bo, namespace: 'other' }), 'wrong-namespace'],
        [await incident.say({ ...approve, by: bo, estate: 'other' }), 'wrong-estate'],
        [await incident.say({ ...approve, by: bo, plan: other }), 'wrong-plan'],
        [await incident.say({ ...approve, by: bo, start: other }), 'wrong-start'],
        [await incident.say({ ...approve, by: bo, ...past }), 'expired'],
        [
          await incident.say({ ...approve, by: bo, issued: '2099-01-01T00:00:00Z', expires: '2099-01-02T00:00:00Z' }),
          'not-yet-issued',
        ],
        [await incident.say({ ...approve, by: bo, gate: 'no-gate' }), 'no-such-gate'],
        [await incident.say({ verb: 'release', by: ada }), 'not-now'],
        [await incident.say({ verb: 'abort', by: bo }), 'not-in-role'],
        [await incident.say({ verb: 'start', by: cy }), 'not-now'],
      ] as const;
      for (const [record, reason] of denied) expect(record).toMatchObject({ verdict: 'denied', reason });
      const status = await incident.status();
      expect(status.decisions.map((record) => record.reason)).toEqual(denied.map(([, reason]) => reason));
      expect(status.gates[0]).toMatchObject({ state: 'open', approvedBy: [] });
      expect(journal.length).toBe(before);
    });
  });

  test('a decision sent twice counts once, by update or signal', async () => {
    await atTheGate(async (incident) => {
      const approve = { verb: 'approve', gate, by: cy, nonce: 'a'.repeat(32) } as const;
      expect(await incident.say(approve)).toMatchObject({ verdict: 'accepted' });
      expect(await incident.say(approve)).toMatchObject({ reason: 'replayed' });
      expect(await incident.say({ verb: 'approve', gate, by: cy })).toMatchObject({ reason: 'already-counted' });
      await incident.whisper(approve);
      const status = await incident.until((found) => found.decisions.length === 4);
      expect(status.gates[0]?.approvedBy).toEqual([cy]);
    });
  });

  test('a signal that is no decision at all is recorded as malformed', async () => {
    await atTheGate(async (incident) => {
      await incident.handle.signal('decide', { document: 'nonsense', signature: '' });
      await incident.handle.signal('decide', null);
      const status = await incident.until((found) => found.decisions.length === 2);
      expect(status.decisions.map((record) => record.reason)).toEqual(['malformed', 'malformed']);
    });
  });
});

describe('quorum', () => {
  test('takes distinct people: one who holds both roles fills one seat', async () => {
    await atTheGate(async (incident) => {
      await incident.say({ verb: 'approve', gate, by: dee });
      expect((await incident.status()).gates[0]).toMatchObject({ state: 'open', approvedBy: [dee] });
      await incident.say({ verb: 'approve', gate, by: bo });
      await incident.until((status) => status.gates[0]?.state === 'met');
    });
  });

  test('an approval that comes before its gate opens is kept and counts', async () => {
    await atTheGate(async (incident) => {
      expect(await incident.say({ verb: 'approve', gate: 'restore/people', by: cy })).toMatchObject({
        verdict: 'accepted',
      });
      await incident.say({ verb: 'approve', gate, by: cy });
      await incident.say({ verb: 'approve', gate, by: bo });
      await incident.phase('contained');
      await incident.say({ verb: 'release', by: ada });
      const waiting = await incident.phase('waiting');
      expect(waiting.gates.find((one) => one.id === 'restore/people')).toMatchObject({
        missing: {},
        missingAttestations: ['clean-image'],
      });
    });
  });
});

describe('a gate that ends badly holds the incident', () => {
  test('denied: resume opens it anew, and what was said before is void', async () => {
    await atTheGate(async (incident) => {
      await incident.say({ verb: 'approve', gate, by: cy });
      await incident.say({ verb: 'deny', gate, by: bo, reason: 'not tonight' });
      expect((await incident.phase('holding')).hold).toMatchObject({ cause: 'denied' });
      expect(await incident.say({ verb: 'approve', gate, by: bo })).toMatchObject({ reason: 'gate-closed' });
      await incident.say({ verb: 'resume', by: ada });
      const waiting = await incident.phase('waiting');
      expect(waiting.gates[0]).toMatchObject({ state: 'open', approvedBy: [] });
    });
  });

  test('skip takes an ir-lead and a platform engineer, and leaves the stage out', async () => {
    await atTheGate(async (incident, journal) => {
      await incident.say({ verb: 'skip', gate, by: ada });
      expect((await incident.status()).phase).toBe('waiting');
      await incident.say({ verb: 'skip', gate, by: bo });
      await incident.phase('contained');
      expect(journal.filter((line) => line.startsWith('apply'))).toEqual([
        'apply aws.iam.user:retail/sync',
        ...[1, 2, 3].map((host) => `apply i-desktops-${host}`),
      ]);
    });
  });

  test('abort keeps what there is, and it can be released', async () => {
    await atTheGate(async (incident, journal) => {
      await incident.say({ verb: 'abort', by: ada });
      await incident.phase('contained');
      await incident.say({ verb: 'release', by: ada });
      await incident.say({ verb: 'approve', gate: 'restore/people', by: cy });
      await incident.say({ verb: 'attest', gate: 'restore/people/clean-image', by: bo });
      await incident.say({ verb: 'attest', gate: 'restore/people/clean-image', by: cy });
      expect(await incident.result()).toMatchObject({ phase: 'closed' });
      expect(journal.filter((line) => line.startsWith('undo'))).toEqual(['undo credentials aws.iam.user:retail/sync']);
    }).catch((error: unknown) => {
      if (!String(error).includes('already completed')) throw error;
    });
  });
});
