import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NotifyActivities } from '../../activities/notify/notify.ts';
import type { IncidentStatus } from '../../model/incident.ts';
import type { Telling } from '../../model/notification.ts';
import type { Plan } from '../../model/plan.ts';
import type { Bench, RunningIncident } from '../helpers/incident-harness.ts';
import { fakeWorld, openBench } from '../helpers/incident-harness.ts';
import type { GlassPlan } from './glass-plans.ts';
import { glassPlan, glassRoster } from './glass-plans.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(async () => await bench?.stop());

const [ada, bo, cy, dee] = ['ada@example.org', 'bo@example.org', 'cy@example.org', 'dee@example.org'];
const [breakGlass, review] = [{ verb: 'break-glass', gate: 'start/break-glass' } as const, { verb: 'review', gate: 'close/review' } as const]; // prettier-ignore

function planOf(parts: Omit<GlassPlan, 'roster'> = {}): Plan {
  return glassPlan({ roster: glassRoster(bench.people.roster), ...parts });
}

/** A world that keeps what people are told. */
function heard(): { readonly told: Telling[]; readonly notify: NotifyActivities['notify'] } {
  const told: Telling[] = [];
  const notify: NotifyActivities['notify'] = async ({ tellings }) => {
    told.push(...tellings.map(({ telling }) => telling));
    return await Promise.resolve({ untold: [] });
  };
  return { told, notify };
}

const gateOf = ({ gates }: IncidentStatus, id: string) => gates.find((gate) => gate.id === id);
const said = ({ timeline }: IncidentStatus, what: string): readonly string[] =>
  timeline.filter((entry) => entry.what === what).map(({ detail }) => detail);

async function broken(incident: RunningIncident): Promise<void> {
  await incident.phase('waiting');
  for (const by of [cy, dee]) await incident.say({ ...breakGlass, by });
}

describe('breaking glass', () => {
  test('takes two people of its role, none of them the starter, and no other signature opens its gate', async () => {
    const { told, notify } = heard();
    const world = fakeWorld({ notify });
    await bench.run({ plan: planOf(), world }, async (incident) => {
      const open = await incident.phase('waiting');
      expect(open.gates).toMatchObject([{ id: 'start/break-glass', state: 'open', missing: { 'break-glass': 2 } }]);
      expect(open.waivers).toMatchObject([{ service: 'tills', floor: [{ mode: 'normal', share: 0 }], signedBy: [] }]);
      const denied = [
        [await incident.say({ ...breakGlass, by: ada }), 'starter-cannot-approve'],
        [await incident.say({ ...breakGlass, by: bo }), 'not-in-role'],
        [await incident.say({ verb: 'approve', gate: 'start/break-glass', by: cy }), 'no-such-gate'],
        [await incident.say({ verb: 'review', gate: 'start/break-glass', by: cy }), 'no-such-gate'],
        [await incident.say({ verb: 'skip', gate: 'start/break-glass', by: ada }), 'not-now'],
      ] as const;
      for (const [record, reason] of denied) expect(record).toMatchObject({ verdict: 'denied', reason });
      expect(await incident.say({ ...breakGlass, by: cy })).toMatchObject({ verdict: 'accepted' });
      expect(await incident.say({ ...breakGlass, by: cy })).toMatchObject({ reason: 'already-counted' });
      await sleep(300);
      expect((await incident.status()).phase).toBe('waiting');
      expect(world.journal).toEqual([]);
      await incident.say({ ...breakGlass, by: dee });
      const status = await incident.phase('contained');
      expect(world.journal.filter((line) => line.startsWith('apply'))).toEqual(['apply i-north-1', 'apply i-south-1']);
      expect(status.waivers[0]).toMatchObject({ signedBy: [cy, dee] });
      expect(Date.parse(status.waivers[0]?.until ?? '') - Date.parse(status.startedAt)).toBe(4 * 3_600_000);
      expect(said(status, 'waiver')[0]).toMatch(/^cy@example\.org and dee@example\.org: tills may fall to 0% normal /);
      expect(status.standings).toMatchObject([{ floor: { share: 0, holds: true } }]);
      expect(status.clocks).toContainEqual(expect.objectContaining({ kind: 'waiver', name: 'tills' }));
      const { searchAttributes } = await incident.handle.describe();
      expect(searchAttributes).toMatchObject({ FiredoorGlass: ['broken'] });
      await incident.until(() => told.some(({ kind }) => kind === 'contained'));
      expect(told.map(({ kind }) => kind)).toEqual(['started', 'gate-opened', 'waiver', 'contained']);
      expect(told[1]).toMatchObject({ verb: 'break-glass', roles: ['break-glass'] });
    });
  });

  test('comes before every other gate; a no there holds, and without the two nothing is ever done', async () => {
    const world = fakeWorld();
    await bench.run({ plan: planOf({ isGated: true }), world }, async (incident) => {
      await incident.phase('waiting');
      await incident.say({ verb: 'approve', gate: 'cut-off', by: bo });
      await incident.say({ ...breakGlass, verb: 'deny', by: dee, reason: 'not for this' });
      expect((await incident.phase('holding')).hold).toMatchObject({ cause: 'denied' });
      expect(await incident.say({ ...breakGlass, by: dee })).toMatchObject({ reason: 'gate-closed' });
      await incident.say({ verb: 'abort', by: ada });
      await incident.phase('contained');
      await incident.say({ verb: 'release', by: ada });
      // Nothing was waived, so there is nothing to review.
      expect(await incident.result()).toMatchObject({ phase: 'closed' });
      expect(world.journal).toEqual([]);
    });
  });
});

describe('while a waiver lasts', () => {
  const failing = [{ service: 'tills', mode: 'normal' as const, sites: ['south-1'] }];

  test('the guard holds a wave that would go below the waived floor, by probes', async () => {
    const world = fakeWorld({ failing: () => failing });
    await bench.run({ plan: planOf({ compromised: ['north'] }), world }, async (incident) => {
      await broken(incident);
      const held = await incident.phase('holding');
      expect(held.hold?.detail).toBe('FD-210 cut-off, wave 1 would take tills below its floor');
      expect(held.standings).toMatchObject([{ floor: { share: 0.5, actual: 0.4, holds: false } }]);
      expect(world.journal).toEqual([]);
      await incident.handle.terminate('the test is over');
    });
  });

  test('one that leaves room for what probes see lets it go', async () => {
    const world = fakeWorld({ failing: () => failing });
    const breakGlass = [{ service: 'tills', floor: [{ mode: 'normal' as const, share: 0.3 }] }];
    await bench.run({ plan: planOf({ compromised: ['north'], breakGlass }), world }, async (incident) => {
      await broken(incident);
      await incident.phase('contained');
      expect(world.journal.filter((line) => line.startsWith('apply'))).toEqual(['apply i-north-1']);
      await incident.handle.terminate('the test is over');
    });
  });
});

describe('when a waiver ends', () => {
  test('what goes on below the floor holds: a wave under way stops between two targets', async () => {
    const { told, notify } = heard();
    const world = fakeWorld({ applyMs: 4_000, notify });
    const applied = (): readonly string[] => world.journal.filter((line) => line.startsWith('apply'));
    await bench.run({ plan: planOf({ releaseBy: 'PT11S', southern: 3, size: 2 }), world }, async (incident) => {
      await broken(incident);
      const held = await incident.phase('holding');
      expect(held.hold).toMatchObject({
        cause: 'waiver',
        detail: 'the waiver of tills has ended; 90% normal does not hold',
      });
      expect(Date.parse(held.hold?.since ?? '')).toBeGreaterThanOrEqual(Date.parse(held.waivers[0]?.until ?? ''));
      const before = applied();
      expect(before).toEqual(['apply i-north-1', 'apply i-south-1', 'apply i-south-2']);
      expect(gateOf(held, 'close/review')).toMatchObject({ state: 'open' });
      await incident.until(() => told.some(({ kind }) => kind === 'waiver-ended'));
      await incident.say({ verb: 'abort', by: ada });
      await incident.phase('contained');
      expect(applied()).toEqual(before);
      await incident.handle.terminate('the test is over');
    });
  });

  test('a wave that would go below the floor from then on is refused', async () => {
    const plan = planOf({ releaseBy: 'PT6S', isGated: true });
    const world = fakeWorld();
    await bench.run({ plan, world }, async (incident) => {
      await broken(incident);
      await incident.until((status) => gateOf(status, 'cut-off')?.state === 'open');
      await incident.until((status) => said(status, 'waiver').length === 2);
      expect(said(await incident.status(), 'waiver').at(-1)).toBe('the waiver of tills has ended; 90% normal holds');
      await incident.say({ verb: 'approve', gate: 'cut-off', by: bo });
      const held = await incident.phase('holding');
      expect(held.hold?.detail).toBe('FD-210 cut-off, wave 1 would take tills below its floor');
      expect(world.journal).toEqual([]);
      await incident.handle.terminate('the test is over');
    });
  });
});

describe('the review', () => {
  test('keeps the incident open until two have signed it, none of them the starter, and takes no early and no other word', async () => {
    const { told, notify } = heard();
    const world = fakeWorld({ notify });
    await bench.run({ plan: planOf(), world }, async (incident) => {
      await broken(incident);
      await incident.phase('contained');
      expect(await incident.say({ ...review, by: cy })).toMatchObject({ reason: 'not-now' });
      await incident.say({ verb: 'release', by: ada });
      const open = await incident.until((now) => gateOf(now, 'close/review')?.state === 'open');
      expect(world.journal.filter((line) => line.startsWith('undo'))).toHaveLength(2);
      expect(open.phase).toBe('waiting');
      expect(await incident.say({ ...review, by: ada })).toMatchObject({ reason: 'starter-cannot-approve' });
      expect(await incident.say({ ...review, by: bo })).toMatchObject({ reason: 'not-in-role' });
      expect(await incident.say({ verb: 'approve', gate: 'close/review', by: cy })).toMatchObject({
        reason: 'no-such-gate',
      });
      expect(await incident.say({ verb: 'deny', gate: 'close/review', by: cy })).toMatchObject({
        reason: 'no-such-gate',
      });
      await incident.say({ ...review, by: cy, reason: 'two stores had no cash' });
      await sleep(300);
      expect((await incident.status()).phase).toBe('waiting');
      await incident.say({ ...review, by: dee });
      expect(await incident.result()).toMatchObject({ phase: 'closed' });
      const { searchAttributes } = await incident.handle.describe();
      expect(searchAttributes).toMatchObject({ FiredoorGlass: ['reviewed'], FiredoorPhase: ['closed'] });
      expect(told.filter((one) => one.kind === 'gate-opened').at(-1)).toMatchObject({ verb: 'review' });
    });
  });

  test('opens when the waiver ends; what is contained stays so, and over continue-as-new nothing is lost or said twice', async () => {
    const plan = planOf({ releaseBy: 'PT12S' });
    await bench.run({ plan, world: fakeWorld(), continueAfterEvents: 30 }, async (incident) => {
      await incident.phase('waiting');
      await incident.say({ ...breakGlass, by: cy });
      await incident.turn();
      expect(gateOf(await incident.status(), 'start/break-glass')).toMatchObject({ approvedBy: [cy] });
      await incident.say({ ...breakGlass, by: dee });
      await incident.phase('contained');
      const open = await incident.until((now) => gateOf(now, 'close/review') !== undefined);
      expect(open.phase).toBe('contained');
      expect(open.hold).toBeUndefined();
      expect(said(open, 'waiver').at(-1)).toBe('the waiver of tills has ended; 90% normal does not hold');
      const { searchAttributes } = await incident.handle.describe();
      expect(searchAttributes).toMatchObject({ FiredoorGlass: ['review'], FiredoorAwaitingRole: ['break-glass'] });
      await incident.say({ ...review, by: cy });
      await incident.turn();
      const next = await incident.phase('contained');
      expect(said(next, 'waiver')).toHaveLength(2);
      expect(gateOf(next, 'close/review')).toMatchObject({ state: 'open', approvedBy: [cy] });
      await incident.say({ verb: 'release', by: ada });
      await incident.phase('waiting');
      await incident.say({ ...review, by: dee });
      expect(await incident.result()).toMatchObject({ phase: 'closed' });
    });
  });
});
