import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actionActivities } from '../../../activities/actions.ts';
import type { ActivityDeps } from '../../../activities/deps.ts';
import { sealCapture, sha256 } from '../../../activities/proof/seal.ts';
import { actions } from '../../../model/actions/index.ts';
import { actionNames } from '../../../model/actions/names.ts';
import { canonical } from '../../../model/canonical.ts';
import type { ContainChunk, PlanHeader, ReleaseChunk, Target } from '../../../model/plan.ts';
import type { ApplyInput, Capture, UndoInput, Warrant } from '../../../model/step.ts';
import { mockEnvironment } from '../../helpers/activity-deps.ts';
import type { People, Voice, WarrantOptions } from '../../helpers/warrants.ts';
import { makePeople, makeWarrant } from '../../helpers/warrants.ts';

const [ada, bo, cy, dee] = ['ada', 'bo', 'cy', 'dee'].map((name) => `${name}@example.org`) as [
  string,
  string,
  string,
  string,
];

/** A worker whose AWS answers nothing, and counts who asks for it. */
let asked = 0;
const deps = {
  aws: () => {
    asked += 1;
    throw new Error('AWS was asked');
  },
  workerKey: new Uint8Array(randomBytes(32)),
  namespace: 'production',
  now: () => new Date(),
} as unknown as ActivityDeps;

let people: People;
beforeAll(async () => {
  people = await makePeople();
});
afterAll(async () => await people.remove());

const common = { account: 'retail', region: 'eu-west-2', systems: [], calls: 1 };
const targets: Readonly<Record<Target['kind'], Target>> = {
  instance: { ...common, kind: 'instance', id: 'i-1', before: { state: 'running', interfaces: [], volumes: [] } },
  principal: { ...common, kind: 'principal', id: 'aws.iam.user:retail/sync', before: { keys: [], inlinePolicies: [] } },
};

const chunkOf = (action: ContainChunk['action']): ContainChunk => {
  return { kind: 'contain', stage: 'cut-off', wave: 1, action, targets: [targets[actions[action].target]] };
};
const release: ReleaseChunk = { kind: 'release', tier: 'rest', wave: 1, targets: ['i-1'] };

/** A plan that waives a floor, in an estate where ada, cy and dee may break glass. */
function waiving(header: PlanHeader): PlanHeader {
  const keepers = header.roster.people.map((each) =>
    [ada, cy, dee].includes(each.id) ? { ...each, roles: [...each.roles, 'break-glass'] } : each,
  );
  const waivers = [{ service: 'tills', floor: [{ share: 0.5, mode: 'degraded' as const }], untilMs: 3_600_000 }];
  return { ...header, waivers, roster: { ...header.roster, people: keepers } };
}

const approved: readonly Voice[] = [cy, bo].map((by) => ({ by, verb: 'approve', gate: 'cut-off' }));
const broken = (...by: readonly string[]): readonly Voice[] =>
  by.map((one) => ({ by: one, verb: 'break-glass', gate: 'start/break-glass' }));

async function applyWith(
  voices: readonly Voice[],
  {
    action = 'aws.ec2.isolate' as ContainChunk['action'],
    header = waiving,
  }: Partial<Omit<WarrantOptions, 'voices'>> & { action?: ContainChunk['action'] } = {},
): Promise<ApplyInput> {
  const chunk = chunkOf(action);
  const warrant = await makeWarrant({ deps, people }, [chunk, release], { voices, header });
  const [target] = chunk.targets;
  return { warrant, chunk, account: 'retail', targets: [target?.id ?? ''], captures: [captured(warrant, chunk)] };
}

function captured(warrant: Warrant, { action, targets: own }: ContainChunk): Capture {
  return sealCapture(deps.workerKey, deps.namespace, {
    incident: warrant.incident,
    plan: sha256(canonical(warrant.header)),
    stage: 'cut-off',
    action,
    target: own[0]?.id ?? '',
    account: 'retail',
    at: '2026-01-01T00:00:00.000Z',
    state: {},
  });
}

/** The type of the failure a step is refused with; undefined where it went on, however it fared without AWS. */
async function refusalOf<Input>(step: (given: Input) => Promise<unknown>, input: Input): Promise<string | undefined> {
  return await mockEnvironment()
    .run(step, input)
    .then(
      () => undefined,
      (error: { readonly type?: string }) => error.type,
    );
}

const notMet = {
  type: 'NotWarranted',
  message: expect.stringContaining('gate start/break-glass is not met') as string,
};

describe('a warrant of a plan that waives floors', () => {
  it.each<[string, readonly Voice[]]>([
    ['nobody broke glass', []],
    ['one did', broken(cy)],
    ['one did, twice', broken(cy, cy)],
    ['the starter is one of the two', broken(ada, cy)],
    ['one of the two does not hold the role', broken(bo, cy)],
    ['one of the two is signed with another key', [...broken(cy), { ...(broken(dee)[0] as Voice), signedBy: bo }]],
    ['they approve its gate instead', broken(cy, dee).map((voice) => ({ ...voice, verb: 'approve' }))],
    ['they break glass at the gate of the stage', broken(cy, dee).map((voice) => ({ ...voice, gate: 'cut-off' }))],
    ['they only review', broken(cy, dee).map((voice) => ({ ...voice, verb: 'review', gate: 'close/review' }))],
  ])('is none where %s, though the stage is approved; nothing is called', async (_why, voices) => {
    asked = 0;
    const input = await applyWith([...approved, ...voices]);
    const { apply } = actionActivities['aws.ec2.isolate'](deps);
    await expect(mockEnvironment().run(apply, input)).rejects.toMatchObject({ type: 'NotWarranted' });
    expect(asked).toBe(0);
  });

  it.each(actionNames)('is checked before %s changes anything', async (action) => {
    asked = 0;
    const { apply } = actionActivities[action](deps);
    const one = await applyWith([...approved, ...broken(cy)], { action });
    await expect(mockEnvironment().run(apply, one)).rejects.toMatchObject(notMet);
    expect(asked).toBe(0);
    expect(await refusalOf(apply, await applyWith([...approved, ...broken(cy, dee)], { action }))).toBeUndefined();
  });

  it('does not stand for the gate of the stage', async () => {
    asked = 0;
    const input = await applyWith(broken(cy, dee));
    const { apply } = actionActivities['aws.ec2.isolate'](deps);
    await expect(mockEnvironment().run(apply, input)).rejects.toThrow('gate cut-off is not met');
    expect(asked).toBe(0);
  });

  it('asks for what the estate says: three people where it says three', async () => {
    const header = (plain: PlanHeader): PlanHeader => {
      const given = waiving(plain);
      return { ...given, roster: { ...given.roster, authority: { 'break-glass': { 'break-glass': 3 } } } };
    };
    const input = await applyWith([...approved, ...broken(cy, dee)], { header });
    const { apply } = actionActivities['aws.ec2.isolate'](deps);
    await expect(mockEnvironment().run(apply, input)).rejects.toMatchObject(notMet);
  });

  it('is not needed to give back: what was contained with a waiver can always be released', async () => {
    asked = 0;
    const opened: readonly Voice[] = [cy, bo].map((by) => ({ by, verb: 'approve', gate: 'restore/rest' }));
    const { warrant, captures } = await applyWith([...opened, { by: ada, verb: 'release' }]);
    const input: UndoInput = {
      warrant,
      chunk: release,
      account: 'retail',
      action: 'aws.ec2.isolate',
      captures,
      others: [],
    };
    const { undo } = actionActivities['aws.ec2.isolate'](deps);
    expect(await refusalOf(undo, input)).toBeUndefined();
    const unsigned = { ...input, warrant: (await applyWith([...opened])).warrant };
    expect(await refusalOf(undo, unsigned)).toBe('NotWarranted');
  });
});
