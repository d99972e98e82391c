import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealCapture, sha256 } from '../../../activities/proof/seal.ts';
import type { WarrantKeeper } from '../../../activities/proof/warrant.ts';
import { requireWarrantToContain, requireWarrantToRelease } from '../../../activities/proof/warrant.ts';
import { canonical } from '../../../model/canonical.ts';
import type { ContainChunk, ReleaseChunk } from '../../../model/plan.ts';
import type { ApplyInput, Capture, UndoInput, Warrant } from '../../../model/step.ts';
import type { People, Voice, WarrantOptions } from '../../helpers/warrants.ts';
import { makePeople, makeWarrant } from '../../helpers/warrants.ts';

const [ada, bo, cy, dee] = ['ada', 'bo', 'cy', 'dee'].map((name) => `${name}@example.org`) as [
  string,
  string,
  string,
  string,
];
const keeper: WarrantKeeper = {
  workerKey: new Uint8Array(randomBytes(32)),
  namespace: 'production',
  now: () => new Date(),
};

const common = { kind: 'instance' as const, account: 'retail', region: 'eu-west-2', systems: [], calls: 1 };
const before = { state: 'running', interfaces: [], volumes: [] };
const targets = ['i-1', 'i-2'].map((id) => ({ ...common, id, before }));
const chunk: ContainChunk = { kind: 'contain', stage: 'cut-off', wave: 1, action: 'aws.ec2.stop', targets };
const release: ReleaseChunk = { kind: 'release', tier: 'rest', wave: 1, targets: ['i-1', 'i-2'] };

let people: People;
beforeAll(async () => {
  people = await makePeople();
});
afterAll(async () => {
  await people.remove();
});

async function warrantWith(options: WarrantOptions = {}): Promise<Warrant> {
  return await makeWarrant({ deps: keeper, people }, [chunk, release], options);
}

function captured(warrant: Warrant, change: Partial<Capture> = {}): Capture {
  return sealCapture(keeper.workerKey, keeper.namespace, {
    incident: warrant.incident,
    plan: sha256(canonical(warrant.header)),
    stage: 'cut-off',
    action: 'aws.ec2.stop',
    target: 'i-1',
    account: 'retail',
    at: '2026-01-01T00:00:00.000Z',
    state: { state: 'running' },
    ...change,
  });
}

function containing(warrant: Warrant, change: Partial<ApplyInput> = {}): ApplyInput {
  return { warrant, chunk, account: 'retail', targets: ['i-1'], captures: [captured(warrant)], ...change };
}

function releasing(warrant: Warrant, change: Partial<UndoInput> = {}): UndoInput {
  const captures = [captured(warrant)];
  return { warrant, chunk: release, account: 'retail', action: 'aws.ec2.stop', captures, others: [], ...change };
}

async function toContain(input: ApplyInput, by: WarrantKeeper = keeper): Promise<string> {
  return await requireWarrantToContain(input, by).then(() => 'warranted', refusal);
}

async function toRelease(input: UndoInput): Promise<string> {
  return await requireWarrantToRelease(input, keeper).then(() => 'warranted', refusal);
}

/** The reason, once it is sure that nothing will retry it. */
function refusal(error: unknown): string {
  expect(error).toMatchObject({ type: 'NotWarranted', nonRetryable: true });
  return /^not warranted: (.*); nothing was called$/.exec((error as Error).message)?.[1] ?? 'no reason';
}

const approvals: readonly Voice[] = [
  { by: cy, verb: 'approve', gate: 'cut-off' },
  { by: bo, verb: 'approve', gate: 'cut-off' },
];

describe('to contain', () => {
  it('holds with the seal, a start and a met gate', async () => {
    expect(await toContain(containing(await warrantWith()))).toBe('warranted');
    expect(await toContain(containing(await warrantWith({ voices: approvals })))).toBe('warranted');
  });

  it.each<[string, string, WarrantOptions]>([
    ['nobody approved', 'gate cut-off is not met', { voices: [] }],
    ['one role is missing', 'gate cut-off is not met', { voices: approvals.slice(0, 1) }],
    [
      'the starter approves',
      'gate cut-off is not met',
      { voices: [{ ...approvals[0], by: ada } as Voice, ...approvals.slice(1)] },
    ],
    [
      'one person speaks for both roles',
      'gate cut-off is not met',
      { voices: [0, 1].map(() => ({ by: dee, verb: 'approve', gate: 'cut-off' })) },
    ],
    [
      'the approvals are for another gate',
      'gate cut-off is not met',
      { voices: approvals.map((voice) => ({ ...voice, gate: 'restore/rest' })) },
    ],
    ['they deny', 'gate cut-off is not met', { voices: approvals.map((voice) => ({ ...voice, verb: 'deny' })) }],
    [
      'an approval is signed with another key',
      `approve by ${bo}: the signature does not verify`,
      { voices: [approvals[0] as Voice, { by: bo, verb: 'approve', gate: 'cut-off', signedBy: dee }] },
    ],
    ['the starter may not start', `${bo} may not start an incident`, { starter: bo }],
    ['it is for another namespace', 'it is for another namespace', { namespace: 'staging' }],
  ])('refuses when %s', async (_why, reason, options) => {
    expect(await toContain(containing(await warrantWith(options)))).toBe(reason);
  });

  it('lets one person hold one of two seats', async () => {
    const voices: readonly Voice[] = [bo, dee].map((by) => ({ by, verb: 'approve', gate: 'cut-off' }));
    expect(await toContain(containing(await warrantWith({ voices })))).toBe('warranted');
  });

  it('refuses a seal of nobody, of another worker, or of another plan', async () => {
    const warrant = await warrantWith();
    const unsealed = 'no worker of ours made this plan';
    const stranger = { ...keeper, workerKey: new Uint8Array(32) };
    const header = { ...warrant.header, compromised: ['till-gateway'] };
    const captures: readonly Capture[] = [];
    expect(await toContain(containing({ ...warrant, seal: '' }))).toBe(unsealed);
    expect(await toContain(containing(warrant, { captures }), stranger)).toBe(unsealed);
    expect(await toContain(containing({ ...warrant, header }, { captures }))).toBe(unsealed);
  });

  it('refuses decisions of another incident, start or plan', async () => {
    const [warrant, other] = [await warrantWith(), await warrantWith({ incident: 'INC-7' })];
    const later = await warrantWith();
    const changed = await warrantWith({ header: (header) => ({ ...header, compromised: ['till-gateway'] }) });
    const reason = async (decisions: Warrant['decisions']): Promise<string> =>
      await toContain(containing({ ...warrant, decisions }));
    expect(await reason(other.decisions)).toContain('wrong-incident');
    expect(await reason(later.decisions)).toContain('wrong-start');
    expect(await reason(changed.decisions)).toMatch(/wrong-(start|plan)/);
    expect(await toContain(containing({ ...warrant, start: changed.start }))).toContain('wrong-plan');
    expect(await toContain(containing({ ...warrant, start: warrant.decisions[0] as Warrant['start'] }))).toContain(
      'wrong-start',
    );
  });

  it('refuses a decision accepted after it expired, before it was issued, in the future, or at no time', async () => {
    const warrant = await warrantWith();
    const at = (acceptedAt: string): ApplyInput => {
      return containing({ ...warrant, decisions: warrant.decisions.map((one) => ({ ...one, acceptedAt })) });
    };
    const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();
    const tomorrow = { ...keeper, now: () => new Date(Date.now() + 86_400_000) };
    expect(await toContain(at(inMinutes(11)))).toBe('a decision in it was accepted in the future');
    expect(await toContain(at('soon'))).toBe('a decision in it was accepted in the future');
    expect(await toContain(at(inMinutes(11)), tomorrow)).toContain('expired');
    expect(await toContain(at(inMinutes(-11)))).toContain('not-yet-issued');
  });

  it('refuses a document whose bytes were changed, or that is none', async () => {
    const warrant = await warrantWith();
    const reason = async (change: (document: string) => string): Promise<string> => {
      const [first, ...rest] = warrant.decisions as [Warrant['start'], ...Warrant['start'][]];
      const signed = { ...first.signed, document: change(first.signed.document) };
      return await toContain(containing({ ...warrant, decisions: [{ ...first, signed }, ...rest] }));
    };
    expect(await reason((document) => document.replace('a test', 'a Test'))).toContain('the signature does not verify');
    expect(await reason((document) => document.replace('{', '{ '))).toContain('its bytes are not its RFC 8785 form');
    expect(await reason(() => 'nothing')).toContain('it is not JSON');
  });

  it('refuses other targets than those signed for: changed in the chunk, beside it, or in another account', async () => {
    const warrant = await warrantWith();
    const grown = { ...chunk, targets: [...targets, { ...common, id: 'i-3', before }] };
    const changed = { ...chunk, targets: targets.map((one) => ({ ...one, before: { ...before, state: 'stopped' } })) };
    const unsigned = 'its targets are not those of the signed plan';
    expect(await toContain(containing(warrant, { chunk: grown }))).toBe(unsigned);
    expect(await toContain(containing(warrant, { chunk: changed }))).toBe(unsigned);
    expect(await toContain(containing(warrant, { targets: ['i-3'] }))).toBe('a target is not in the signed plan');
    expect(await toContain(containing(warrant, { account: 'payments' }))).toBe('a target is not in the signed plan');
    const renamed = { ...chunk, stage: 'evidence' };
    expect(await toContain(containing(warrant, { chunk: renamed }))).toBe(
      'the plan has no stage evidence that does this',
    );
    const other = { ...chunk, action: 'aws.ec2.start' as const };
    expect(await toContain(containing(warrant, { chunk: other }))).toBe('the plan has no stage cut-off that does this');
  });

  it('refuses a capture that no worker of ours made, or that is of another plan', async () => {
    const warrant = await warrantWith();
    const real = captured(warrant);
    const forged = { ...real, state: { state: 'stopped' } };
    expect(await toContain(containing(warrant, { captures: [forged] }))).toBe('no worker of ours captured i-1');
    const elsewhere = captured(warrant, { incident: 'INC-7' });
    expect(await toContain(containing(warrant, { captures: [elsewhere] }))).toBe('a capture of i-1 is of another plan');
    const earlier = captured(warrant, { plan: sha256('another') });
    expect(await toContain(containing(warrant, { captures: [earlier] }))).toBe('a capture of i-1 is of another plan');
  });
});

describe('to release', () => {
  const opened: readonly Voice[] = approvals.map((voice) => ({ ...voice, gate: 'restore/rest' }));
  const released: Voice = { by: ada, verb: 'release' };
  const attest = ['rebuilt'];
  const attested: Voice = { by: bo, verb: 'attest', gate: 'restore/rest/rebuilt' };

  it('holds with a signed release, a met gate and everything attested', async () => {
    const warrant = await warrantWith({ attest, voices: [released, ...opened, attested] });
    expect(await toRelease(releasing(warrant))).toBe('warranted');
  });

  it.each<[string, string, WarrantOptions]>([
    ['nobody released', 'nobody entitled signed a release', { voices: [...opened] }],
    [
      'the release is of another role',
      'nobody entitled signed a release',
      { voices: [{ ...released, by: bo }, ...opened] },
    ],
    [
      'the release is forged',
      `release by ${ada}: the signature does not verify`,
      { voices: [{ ...released, signedBy: cy }, ...opened] },
    ],
    ['the gate of the tier is not met', 'gate restore/rest is not met', { voices: [released, ...approvals] }],
    ['nobody attested', 'gate restore/rest is not met', { attest, voices: [released, ...opened] }],
    [
      'something else was attested',
      'gate restore/rest is not met',
      { attest, voices: [released, ...opened, { ...attested, gate: 'restore/rest/patched' }] },
    ],
    [
      'the gate of the stage stands for that of the tier',
      'gate restore/rest is not met',
      { voices: [released, ...approvals, { ...attested, gate: 'cut-off/rebuilt' }] },
    ],
  ])('refuses when %s', async (_why, reason, options) => {
    expect(await toRelease(releasing(await warrantWith(options)))).toBe(reason);
  });

  it('refuses a capture that is forged, of another account or action, or outside the tier', async () => {
    const warrant = await warrantWith();
    const reason = async (capture: Capture): Promise<string> =>
      await toRelease(releasing(warrant, { captures: [capture] }));
    expect(await reason({ ...captured(warrant), state: { state: 'stopped' } })).toBe('no worker of ours captured i-1');
    const misplaced = 'is not to be given back here';
    expect(await reason(captured(warrant, { target: 'i-3' }))).toBe(`i-3 ${misplaced}`);
    expect(await reason(captured(warrant, { account: 'payments' }))).toBe(`i-1 ${misplaced}`);
    expect(await reason(captured(warrant, { action: 'aws.ec2.isolate' }))).toBe(`i-1 ${misplaced}`);
    const others = [{ ...captured(warrant), mac: '' }];
    expect(await toRelease(releasing(warrant, { others }))).toBe('no worker of ours captured i-1');
  });

  it('refuses targets or tiers that were not signed', async () => {
    const warrant = await warrantWith();
    const grown = { ...release, targets: ['i-1', 'i-2', 'i-3'] };
    expect(await toRelease(releasing(warrant, { chunk: grown }))).toBe('its targets are not those of the signed plan');
    const other = { ...release, tier: 'identity' };
    expect(await toRelease(releasing(warrant, { chunk: other }))).toBe('the plan has no tier identity');
  });

  it('needs no release to contain, and no approval of the stage to release', async () => {
    const warrant = await warrantWith({ voices: [released, ...opened] });
    expect(await toRelease(releasing(warrant))).toBe('warranted');
    expect(await toContain(containing(warrant))).toBe('gate cut-off is not met');
  });
});
