import { setTimeout } from 'node:timers/promises';
import {
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { containActivities } from '../../../activities/iam/contain.ts';
import { denyAllDocument, denyPolicyName } from '../../../activities/iam/policies.ts';
import { readUser, readUserPolicy } from '../../../activities/iam/reads.ts';
import { sealCapture } from '../../../activities/proof/seal.ts';
import type { Capture } from '../../../model/step.ts';
import type { ActivityWorld } from '../../helpers/activity-deps.ts';
import { runActivity, startActivityWorld } from '../../helpers/activity-deps.ts';
import { incident } from '../../helpers/warrants.ts';
import type { Scene } from './scene.ts';
import { addKey, keysOf, makeUser, only, ownPolicy, setScene } from './scene.ts';

const deny = denyPolicyName(incident);
let world: ActivityWorld;
let user: Awaited<ReturnType<typeof makeUser>>;
let scene: Scene;

beforeAll(async () => {
  world = await startActivityWorld();
});
afterAll(async () => {
  await world.stop();
});
beforeEach(async () => {
  user = await makeUser(world);
  scene = await over(user);
  world.forget();
});
afterEach(() => world.clearFaults());

async function over(someone: typeof user): Promise<Scene> {
  const aim = { action: 'aws.iam.contain', targets: [someone.target] } as const;
  return await setScene(world, aim, { activities: containActivities(world.deps) });
}

async function contained(): Promise<readonly Capture[]> {
  const { captures } = await scene.capture();
  expect(only(await scene.apply(captures)).status).toBe('done');
  return captures;
}

async function live() {
  return await readUser(world.setup.iam, user.name);
}

const key = (): string => user.target.before.keys[0]?.id ?? '';

describe('capture of a user', () => {
  it('reads keys and policy names, seals them, and changes nothing', async () => {
    const { captures, outcomes } = await scene.capture();
    expect(outcomes).toEqual([]);
    expect(captures[0]).toMatchObject({
      incident,
      target: user.target.id,
      action: 'aws.iam.contain',
      state: { keys: [{ id: key(), status: 'Active' }], inlinePolicies: ['own'] },
    });
    expect(world.mutating()).toEqual([]);
  });

  it('reports a user that vanished, and captures the rest', async () => {
    const other = await makeUser(world);
    await world.setup.iam.send(new DeleteUserPolicyCommand({ UserName: user.name, PolicyName: 'own' }));
    await world.setup.iam.send(new DeleteAccessKeyCommand({ UserName: user.name, AccessKeyId: key() }));
    await world.setup.iam.send(new DeleteUserCommand({ UserName: user.name }));
    const aim = { action: 'aws.iam.contain', targets: [user.target, other.target] } as const;
    const both = await setScene(world, aim, { activities: containActivities(world.deps) });
    const { captures, outcomes } = await both.capture();
    expect(outcomes).toMatchObject([{ target: user.target.id, status: 'gone' }]);
    expect(captures.map((capture) => capture.target)).toEqual([other.target.id]);
  });

  it('takes what was signed for as the original once our own deny is in place, not what we left', async () => {
    const [first] = await contained();
    await addKey(world, user.name);
    const again = await scene.capture();
    expect(again.captures[0]?.state).toEqual(first?.state);
  });

  it('captures a user that changed since the plan as it is, and containing it says what is different', async () => {
    const late = await addKey(world, user.name);
    const { captures } = await scene.capture();
    expect(captures[0]?.state).toMatchObject({ keys: expect.arrayContaining([{ id: late, status: 'Active' }]) });
    const outcome = only(await scene.apply(captures));
    expect(outcome).toMatchObject({ status: 'done', detail: `key ${late} is new since the plan` });
    expect(await keysOf(world, user.name)).toEqual({ [key()]: 'Inactive', [late]: 'Inactive' });
  });

  it('stops at a refusal by AWS and names the targets it did not reach', async () => {
    const other = await makeUser(world);
    const aim = { action: 'aws.iam.contain', targets: [user.target, other.target] } as const;
    const both = await setScene(world, aim, { activities: containActivities(world.deps) });
    world.addFault({ command: 'ListAccessKeys', error: 'AccessDenied' });
    const { captures, outcomes } = await both.capture();
    expect(captures).toEqual([]);
    expect(outcomes.map(({ status }) => status)).toEqual(['refused', 'not-reached']);
  });
});

describe('containing a user', () => {
  it('denies first, then makes every key inactive, always by the name of the user', async () => {
    await contained();
    expect(world.mutating()).toEqual(['PutUserPolicy', 'UpdateAccessKey']);
    expect(world.calls().every(({ input }) => input['UserName'] === user.name)).toBe(true);
    expect(await keysOf(world, user.name)).toEqual({ [key()]: 'Inactive' });
    expect(JSON.parse(await readUserPolicy(world.setup.iam, user.name, deny))).toEqual(JSON.parse(denyAllDocument));
  });

  it('makes no call that changes anything when it runs again', async () => {
    const captures = await contained();
    world.forget();
    expect(only(await scene.apply(captures)).status).toBe('done');
    expect(only(await scene.verify(captures)).status).toBe('done');
    expect(world.mutating()).toEqual([]);
  });

  it('replaces a policy of our name that does not deny', async () => {
    const { captures } = await scene.capture();
    const harmless = { UserName: user.name, PolicyName: deny, PolicyDocument: ownPolicy };
    await world.setup.iam.send(new PutUserPolicyCommand(harmless));
    await scene.apply(captures);
    expect(JSON.parse(await readUserPolicy(world.setup.iam, user.name, deny))).toEqual(JSON.parse(denyAllDocument));
  });

  it('finishes after a reply was lost', async () => {
    const { captures } = await scene.capture();
    world.addFault({ command: 'PutUserPolicy', error: 'ECONNRESET', when: 'after', nth: 1 });
    await expect(scene.apply(captures)).rejects.toMatchObject({ type: 'AwsUnavailable' });
    world.forget();
    expect(only(await scene.apply(captures)).status).toBe('done');
    expect(world.mutating()).toEqual(['UpdateAccessKey']);
  });

  it('still takes the keys when there is no room for the deny, and says that it is not contained whole', async () => {
    const { captures } = await scene.capture();
    world.addFault({ command: 'PutUserPolicy', error: 'LimitExceededException' });
    const outcome = only(await scene.apply(captures));
    expect(outcome.status).toBe('failed');
    expect(outcome.detail).toContain('inline policies are full');
    expect(await keysOf(world, user.name)).toEqual({ [key()]: 'Inactive' });
    expect(only(await scene.verify(captures)).status).toBe('failed');
  });

  it('stops when AWS refuses', async () => {
    const { captures } = await scene.capture();
    world.addFault({ command: 'PutUserPolicy', error: 'AccessDenied' });
    expect(await scene.apply(captures)).toMatchObject({ outcomes: [{ status: 'refused' }], stopped: 'refused' });
  });

  it('touches nothing that was not captured', async () => {
    expect(only(await scene.apply([])).status).toBe('failed');
    expect(world.calls()).toEqual([]);
  });
});

describe('verifying a contained user', () => {
  it('lists only after IAM had the time to spread the change', async () => {
    const captures = await contained();
    const patient = containActivities({ ...world.deps, iamPropagationMs: 400 });
    world.forget();
    const verifying = runActivity(patient.verify, { ...scene.step, captures });
    await setTimeout(200);
    expect(world.calls()).toEqual([]);
    const late = await addKey(world, user.name);
    expect(only(await verifying).detail).toContain(`key ${late} was made inactive while verifying`);
  });

  it('still says what was new since the plan', async () => {
    const late = await addKey(world, user.name);
    const captures = await contained();
    expect(only(await scene.verify(captures)).detail).toBe(`key ${late} is new since the plan`);
  });

  it('contains a key made between act and listing, and says so', async () => {
    const captures = await contained();
    const late = await addKey(world, user.name);
    const outcome = only(await scene.verify(captures));
    expect(outcome.status).toBe('done');
    expect(outcome.detail).toContain(`key ${late} was made inactive while verifying`);
    expect(outcome.detail).toContain(`key ${late} is new since the capture, now Inactive`);
    expect(await keysOf(world, user.name)).toEqual({ [key()]: 'Inactive', [late]: 'Inactive' });
  });

  it('puts the deny back where somebody took it away, and says so', async () => {
    const captures = await contained();
    await world.setup.iam.send(new DeleteUserPolicyCommand({ UserName: user.name, PolicyName: deny }));
    expect(only(await scene.verify(captures))).toMatchObject({
      status: 'done',
      detail: 'the deny was put back while verifying',
    });
    expect((await live()).inlinePolicies).toContain(deny);
  });

  it('gives up with words when somebody undoes it again and again', async () => {
    const captures = await contained();
    const racing = containActivities({
      ...world.deps,
      aws: () => ({
        ...world.clients,
        iam: new Proxy(world.clients.iam, {
          get: (client, property) =>
            property === 'send'
              ? async (command: { constructor: { name: string } }) => {
                  const answer: unknown = await client.send(command as never);
                  if (command.constructor.name === 'UpdateAccessKeyCommand') await wake();
                  return answer;
                }
              : (Reflect.get(client, property) as unknown),
        }),
      }),
    });
    const wake = async (): Promise<void> => {
      const change = { UserName: user.name, AccessKeyId: key(), Status: 'Active' } as const;
      await world.setup.iam.send(new UpdateAccessKeyCommand(change));
    };
    await wake();
    const aim = { action: 'aws.iam.contain', targets: [user.target] } as const;
    const raced = await setScene(world, aim, { activities: racing });
    const outcome = only(await raced.verify((await raced.capture()).captures));
    expect(captures).toHaveLength(1);
    expect(outcome.status).toBe('failed');
    expect(outcome.detail).toContain('somebody keeps changing it');
  });
});

describe('giving a user back', () => {
  it('ends exactly as captured, and changes nothing the second time', async () => {
    const captures = await contained();
    world.forget();
    expect(only(await scene.undo(captures))).toEqual({ target: user.target.id, status: 'done' });
    expect(world.mutating()).toEqual(['UpdateAccessKey', 'DeleteUserPolicy']);
    expect(await live()).toEqual(captures[0]?.state);
    world.forget();
    expect(only(await scene.undo(captures)).status).toBe('done');
    expect(world.mutating()).toEqual([]);
  });

  it('succeeds without a change when the step never happened', async () => {
    const { captures } = await scene.capture();
    expect(only(await scene.undo(captures))).toEqual({ target: user.target.id, status: 'done' });
    expect(world.mutating()).toEqual([]);
  });

  it('leaves a key inactive that was inactive before', async () => {
    await world.setup.iam.send(
      new UpdateAccessKeyCommand({ UserName: user.name, AccessKeyId: key(), Status: 'Inactive' }),
    );
    const captures = await contained();
    expect(only(await scene.undo(captures)).status).toBe('done');
    expect(await keysOf(world, user.name)).toEqual({ [key()]: 'Inactive' });
  });

  it('leaves a key inactive that was rotated meanwhile, and the new one active', async () => {
    const captures = await contained();
    const made = await addKey(world, user.name);
    const { mac: _mac, ...unsealed } = captures[0] as Capture;
    const rotated = { ...unsealed, action: 'aws.iam.rotateKey' as const };
    const others = [sealCapture(world.deps.workerKey, world.deps.namespace, rotated)];
    expect(only(await scene.undo(captures, others))).toMatchObject({
      status: 'done',
      detail: `key ${key()} was rotated and stays inactive`,
    });
    expect(await keysOf(world, user.name)).toEqual({ [key()]: 'Inactive', [made]: 'Active' });
    expect((await live()).inlinePolicies).toEqual(['own']);
  });

  it('reports a user that was to be rotated and is left without a key', async () => {
    const captures = await contained();
    const { mac: _mac, ...unsealed } = captures[0] as Capture;
    const planned = { ...unsealed, action: 'aws.iam.rotateKey' as const };
    const others = [sealCapture(world.deps.workerKey, world.deps.namespace, planned)];
    const outcome = only(await scene.undo(captures, others));
    expect(outcome.status).toBe('changed');
    expect(outcome.detail).toContain('no other is active');
    expect(await keysOf(world, user.name)).toEqual({ [key()]: 'Inactive' });
  });

  it('leaves a key inactive that came during containment, and says so', async () => {
    const captures = await contained();
    const late = await addKey(world, user.name);
    await scene.verify(captures);
    expect(only(await scene.undo(captures))).toMatchObject({
      status: 'done',
      detail: `key ${late} came during containment and stays inactive`,
    });
    expect(await keysOf(world, user.name)).toEqual({ [key()]: 'Active', [late]: 'Inactive' });
  });

  it('writes nothing while an active key is there that nobody captured', async () => {
    const captures = await contained();
    const late = await addKey(world, user.name);
    world.forget();
    const outcome = only(await scene.undo(captures));
    expect(outcome.status).toBe('changed');
    expect(outcome.detail).toContain(late);
    expect(world.mutating()).toEqual([]);
  });

  it('gives the rest back and reports a captured key that was deleted meanwhile', async () => {
    const captures = await contained();
    await world.setup.iam.send(new DeleteAccessKeyCommand({ UserName: user.name, AccessKeyId: key() }));
    expect(only(await scene.undo(captures))).toMatchObject({
      status: 'changed',
      detail: `key ${key()} was deleted meanwhile and cannot be given back`,
    });
    expect((await live()).inlinePolicies).toEqual(['own']);
  });

  it('leaves policies that came during containment and names them', async () => {
    const captures = await contained();
    const policy = { UserName: user.name, PolicyName: 'later', PolicyDocument: ownPolicy };
    await world.setup.iam.send(new PutUserPolicyCommand(policy));
    expect(only(await scene.undo(captures)).detail).toContain('inline policy later');
    expect((await live()).inlinePolicies).toEqual(['later', 'own']);
  });
});

describe('a user without a warrant', () => {
  it.each(['capture', 'apply', 'verify'] as const)('%s refuses and calls nothing', async (step) => {
    const { captures } = await scene.capture();
    const aim = { action: 'aws.iam.contain', targets: [user.target] } as const;
    const activities = containActivities(world.deps);
    const unapproved = await setScene(world, aim, { activities, warrant: { voices: [] } });
    world.forget();
    await expect(unapproved[step](captures)).rejects.toMatchObject({ type: 'NotWarranted' });
    expect(world.calls()).toEqual([]);
  });

  it('is not given back without a signed release', async () => {
    const aim = { action: 'aws.iam.contain', targets: [user.target] } as const;
    const approvals = ['cy@example.org', 'bo@example.org'].map((by) => ({
      by,
      verb: 'approve' as const,
      gate: 'credentials',
    }));
    const unreleased = await setScene(world, aim, {
      activities: containActivities(world.deps),
      warrant: { voices: approvals },
    });
    const { captures } = await unreleased.capture();
    await unreleased.apply(captures);
    world.forget();
    await expect(unreleased.undo(captures)).rejects.toMatchObject({ type: 'NotWarranted' });
    expect(world.calls()).toEqual([]);
    expect(await keysOf(world, user.name)).toEqual({ [key()]: 'Inactive' });
  });

  it('is not given back from a capture that no worker sealed', async () => {
    const captures = await contained();
    const forged = captures.map((capture) => ({ ...capture, state: { keys: [], inlinePolicies: [] } }));
    world.forget();
    await expect(scene.undo(forged)).rejects.toMatchObject({ type: 'NotWarranted' });
    expect(world.calls()).toEqual([]);
  });
});
