import { describe, expect, test } from 'vitest';
import { IncidentClocks } from '../../workflows/clocks.ts';
import { clockPlan } from './clock-plans.ts';

const hourMs = 3_600_000;
const startMs = Date.parse('2025-04-22T14:00:00Z');
const roster = {
  people: [
    { id: 'ada@example.org', roles: ['ir-lead'] },
    { id: 'bo@example.org', roles: ['platform'] },
  ],
  allowedSigners: '',
  authority: {},
};
const plan = clockPlan(roster, { after: 'P2D', releaseBy: 'PT40H' });
const stock = new Set(['i-stock-1', 'i-stock-2', 'i-stock-3']);
const contained = { hosts: stock, principals: new Set<string>() };

/** An hour after the start everything is contained. */
function afterTheCut(): IncidentClocks {
  const clocks = new IncidentClocks(plan, startMs);
  clocks.see(startMs + hourMs, { contained });
  return clocks;
}

describe('the clocks of an incident', () => {
  test('count a delay from when the last host went, and forget it when it is back', () => {
    const clocks = afterTheCut();
    clocks.see(startMs + 9 * hourMs, { failing: [] });
    const ending = { service: 'tills', endsMs: startMs + 49 * hourMs, because: 'shelves empty', breaks: true };
    expect(clocks.endings(startMs + 9 * hourMs)).toEqual([ending]);
    clocks.see(startMs + 10 * hourMs, { contained: { hosts: new Set(), principals: new Set() } });
    expect(clocks.endings(startMs + 10 * hourMs)).toEqual([]);
  });

  test('know a host that is down by itself, too', () => {
    const clocks = new IncidentClocks(plan, startMs);
    clocks.see(startMs, { down: new Set(['i-stock-2']) });
    clocks.see(startMs + hourMs, { contained });
    expect(clocks.endings(startMs + hourMs)).toMatchObject([{ endsMs: startMs + 48 * hourMs }]);
  });

  test('remember since when a probe fails, site by site', () => {
    const clocks = afterTheCut();
    const failing = (sites: readonly string[]) => [{ service: 'tills', mode: 'normal' as const, sites: [...sites] }];
    clocks.see(startMs + 2 * hourMs, { failing: failing(['tills-1', 'tills-2']) });
    const found = clocks.see(startMs + 3 * hourMs, { failing: failing(['tills-2', 'tills-3']) });
    expect(found).toEqual([
      { service: 'tills', mode: 'normal', since: startMs + 2 * hourMs, sites: ['tills-2'] },
      { service: 'tills', mode: 'normal', since: startMs + 3 * hourMs, sites: ['tills-3'] },
    ]);
  });

  test('are the same after being carried over', () => {
    const clocks = afterTheCut();
    const state = JSON.parse(JSON.stringify(clocks.snapshot())) as ReturnType<typeof clocks.snapshot>;
    const carried = new IncidentClocks(plan, startMs);
    carried.restore(state);
    expect(carried.endings(startMs + 9 * hourMs)).toEqual(clocks.endings(startMs + 9 * hourMs));
    expect(carried.snapshot()).toEqual(clocks.snapshot());
    expect(carried.times(startMs + 9 * hourMs)).toEqual(clocks.times(startMs + 9 * hourMs));
  });

  test('tell the guard when each host is due back, and an extension moves that', () => {
    const clocks = afterTheCut();
    expect(clocks.times(startMs).dueMs.get('i-stock-1')).toBe(startMs + 40 * hourMs);
    const asked = { tier: 'logistics', releaseByMs: 44 * hourMs };
    expect([clocks.isLater(asked), clocks.isLater({ ...asked, releaseByMs: 40 * hourMs })]).toEqual([true, false]);
    expect(clocks.isLater({ ...asked, tier: 'nowhere' })).toBe(false);
    clocks.extend(asked);
    expect(clocks.tierDueMs('logistics')).toBe(startMs + 44 * hourMs);
    expect(clocks.times(startMs).dueMs.get('i-stock-1')).toBe(startMs + 44 * hourMs);
  });

  test('never have a host due that did not run when it was planned', () => {
    const asleep = structuredClone(plan);
    for (const chunk of Object.values(asleep.chunks)) {
      const targets = chunk.kind === 'contain' ? chunk.targets : [];
      for (const { kind, id, before } of targets)
        if (kind === 'instance' && id === 'i-stock-2') before.state = 'stopped';
    }
    const { dueMs } = new IncidentClocks(asleep, startMs).times(startMs);
    expect([dueMs.has('i-stock-1'), dueMs.has('i-stock-2')]).toEqual([true, false]);
  });

  test('say whether an extension would take a service below its floor', () => {
    const clocks = afterTheCut();
    const nowMs = startMs + 2 * hourMs;
    const breaks = (hours: number) => clocks.breaksWith({ tier: 'logistics', releaseByMs: hours * hourMs }, nowMs);
    expect([breaks(44), breaks(49), breaks(50)]).toEqual([false, false, true]);
  });
});
