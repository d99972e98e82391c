import { describe, expect, it } from 'vitest';
import type { GateStatus } from '../../model/incident.ts';
import type { NotificationKind, Telling } from '../../model/notification.ts';
import {
  hears,
  notification,
  notificationKinds,
  notificationOf,
  rolesTold,
  tellingOfGate,
  told,
} from '../../model/notification.ts';

const id = '4f0c2c0e-7f0b-4a53-9a53-2f1f3b1d7c11';
const at = '2025-04-22T13:02:00.000Z';
const opened: Telling = {
  kind: 'gate-opened',
  code: 'K7M2QX',
  roles: ['ir-lead', 'platform'],
  awaits: { platform: 1 },
  attestations: 1,
  deadline: '2025-04-22T13:12:00.000Z',
};
const denied: Telling = { kind: 'gate-denied', code: 'K7M2QX', roles: ['platform'] };
const bodyOf = (telling: Telling, link?: string) => notificationOf({ id, at, telling }, { incident: 'INC-42', link });

describe('the body', () => {
  it.each<[Telling, string]>([
    [opened, 'INC-42 waits for 1 platform and 1 attestation, until 13:12 UTC on 2025-04-22. Look and sign: firedoor approve K7M2QX'], // prettier-ignore
    [{ ...opened, awaits: {}, attestations: 2, deadline: undefined }, 'INC-42 waits for 2 attestations. Look and sign: firedoor attest K7M2QX'], // prettier-ignore
    [denied, 'INC-42 holds: gate K7M2QX was denied. Look: firedoor status INC-42'],
    [{ kind: 'clock-half', ends: at }, 'INC-42 has a clock that is half gone, and ends at 13:02 UTC on 2025-04-22. Look: firedoor status INC-42'], // prettier-ignore
    [{ kind: 'guard-refused' }, 'INC-42 holds: the guard stopped a wave. Look: firedoor status INC-42'],
    [{ kind: 'closed' }, 'INC-42 is closed. Look: firedoor status INC-42'],
  ])('says it in a sentence: %j', (telling, text) => {
    expect(bodyOf(telling).text).toBe(text);
  });

  it('fits the published schema, whatever is told', () => {
    const sampleOf = (kind: NotificationKind): object => {
      if (kind === 'gate-opened') return opened;
      if (kind.startsWith('gate-')) return { ...denied, kind };
      return kind.startsWith('clock-') ? { kind, ends: at } : { kind };
    };
    const all = notificationKinds.map((kind) => told.parse({ id, at, telling: sampleOf(kind) }).telling);
    for (const telling of all) {
      const body: unknown = JSON.parse(JSON.stringify(bodyOf(telling)));
      expect(notification.parse(body)).toMatchObject({ kind: telling.kind, incident: 'INC-42', id, at });
    }
  });

  it('has the link of the template, and none without one', () => {
    expect(bodyOf(denied, 'https://x.example/firedoor%2F{incident}?tab=gates').link).toBe('https://x.example/firedoor%2FINC-42?tab=gates'); // prettier-ignore
    expect(bodyOf(denied)).not.toHaveProperty('link');
  });

  it.each([
    { kind: 'held', reason: 'because' },
    { kind: 'held', target: 'i-1' },
    { kind: 'clock-half', ends: at, service: 'tills' },
    { kind: 'clock-half', ends: 'when shelves are empty' },
    { ...opened, gate: 'cut-off' },
    { ...opened, code: 'cut-off' },
    { ...opened, roles: ['Buy now https://evil.example'] },
    { ...opened, awaits: { 'a b': 1 } },
    { kind: 'bought' },
  ])('has no place for %j', (telling) => {
    expect(told.safeParse({ id, at, telling }).success).toBe(false);
    expect(told.safeParse({ id, at, telling: opened }).success).toBe(true);
  });
});

describe('a gate', () => {
  const gate: GateStatus = {
    id: 'restore/identity',
    state: 'open',
    quorum: { platform: 1, 'ir-lead': 1 },
    missing: { platform: 1 },
    missingAttestations: ['rebuilt-from-clean-image'],
    approvedBy: ['cy@example.org'],
    openedAt: at,
    code: 'K7M2QX',
    deadline: '2025-04-22T13:12:00.000Z',
  };

  it('is told by its code: neither its name nor who signed nor what is attested', () => {
    expect(tellingOfGate(gate)).toEqual(opened);
    expect(tellingOfGate({ ...gate, state: 'expired' })).toEqual({ kind: 'gate-expired', code: 'K7M2QX', roles: ['ir-lead', 'platform'] }); // prettier-ignore
  });

  it('that is met, or was denied before it opened, is not told', () => {
    expect(tellingOfGate({ ...gate, state: 'met' })).toBeUndefined();
    const { code: _, ...unopened } = gate;
    expect(tellingOfGate({ ...unopened, state: 'denied' })).toBeUndefined();
  });
});

describe('a receiver', () => {
  it.each([
    [{}, opened, true],
    [{ kinds: ['closed'] }, opened, false],
    [{ kinds: ['gate-opened'] }, opened, true],
    [{ roles: ['platform'] }, opened, true],
    [{ roles: ['network'] }, opened, false],
    [{ roles: ['network'] }, { kind: 'held' }, true],
    [{ roles: ['ir-lead'] }, denied, false],
    [{ kinds: ['held'], roles: ['platform'] }, denied, false],
  ] as const)('%j hears %j: %s', (audience, telling, expected) => {
    expect(hears(audience, telling)).toBe(expected);
  });

  it('reaches all roles, or those that gates which open are told to', () => {
    expect(rolesTold([])).toEqual([]);
    expect(rolesTold([{ kinds: ['closed'] }])).toEqual([]);
    expect(rolesTold([{ roles: ['platform'] }, { roles: ['ir-lead', 'platform'] }])).toEqual(['ir-lead', 'platform']);
    expect(rolesTold([{ roles: ['platform'] }, { kinds: ['gate-opened'] }])).toBe('all');
  });
});
