import { DeleteRolePolicyCommand, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { containActivities } from '../../../activities/iam/contain.ts';
import {
  closedTrustDocument,
  deniedUntilMs,
  olderSessionsDocument,
  olderSessionsPolicyName,
  sessionMarginMs,
} from '../../../activities/iam/policies.ts';
import { readRole, readRolePolicy } from '../../../activities/iam/reads.ts';
import type { Capture } from '../../../model/step.ts';
import type { ActivityWorld } from '../../helpers/activity-deps.ts';
import { startActivityWorld } from '../../helpers/activity-deps.ts';
import { incident } from '../../helpers/warrants.ts';
import type { Scene } from './scene.ts';
import { makeRole, only, ownPolicy, ownTrust, setScene } from './scene.ts';

const deny = olderSessionsPolicyName(incident);
let world: ActivityWorld;
let role: Awaited<ReturnType<typeof makeRole>>;
let scene: Scene;

beforeAll(async () => {
  world = await startActivityWorld();
});
afterAll(async () => {
  await world.stop();
});
beforeEach(async () => {
  role = await makeRole(world);
  const aim = { action: 'aws.iam.contain', targets: [role.target] } as const;
  scene = await setScene(world, aim, { activities: containActivities(world.deps) });
  world.forget();
});
afterEach(() => world.clearFaults());

async function contained(): Promise<readonly Capture[]> {
  const { captures } = await scene.capture();
  expect(only(await scene.apply(captures)).status).toBe('done');
  return captures;
}

async function live() {
  return await readRole(world.setup.iam, role.name);
}

async function trust(document: string): Promise<void> {
  await world.setup.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: role.name, PolicyDocument: document }));
}

const otherTrust = ownTrust.replace('ec2.', 'lambda.');

describe('capture of a role', () => {
  it('keeps the trust policy to the letter, and changes nothing', async () => {
    const { captures } = await scene.capture();
    expect(captures[0]?.state).toEqual({ trustPolicy: ownTrust, inlinePolicies: ['own'] });
    expect(world.mutating()).toEqual([]);
  });

  it('never takes what this incident closed for the original', async () => {
    const [first] = await contained();
    expect((await scene.capture()).captures[0]?.state).toEqual(first?.state);
  });

  it('leaves a role alone that another incident closed', async () => {
    await trust(closedTrustDocument('INC-41'));
    const result = await scene.capture();
    expect(result.captures).toEqual([]);
    expect(only(result).status).toBe('changed');
  });
});

describe('containing a role', () => {
  it('closes it to new sessions first, then denies those taken up to a moment from now', async () => {
    const fromMs = Date.now();
    await contained();
    expect(world.mutating()).toEqual(['UpdateAssumeRolePolicy', 'PutRolePolicy']);
    expect((await live()).trustPolicy).toBe(closedTrustDocument(incident));
    const untilMs = deniedUntilMs(await readRolePolicy(world.setup.iam, role.name, deny)) ?? 0;
    expect(untilMs).toBeGreaterThanOrEqual(fromMs + sessionMarginMs);
    expect(untilMs).toBeLessThanOrEqual(Date.now() + sessionMarginMs);
  });

  it('keeps the time it denies up to, however often it runs', async () => {
    const captures = await contained();
    const written = await readRolePolicy(world.setup.iam, role.name, deny);
    world.forget();
    await scene.apply(captures);
    await scene.verify(captures);
    expect(world.mutating()).toEqual([]);
    expect(await readRolePolicy(world.setup.iam, role.name, deny)).toBe(written);
  });

  it('finishes after it died between the two calls', async () => {
    const { captures } = await scene.capture();
    world.addFault({ command: 'PutRolePolicy', error: 'ECONNRESET', nth: 1 });
    await expect(scene.apply(captures)).rejects.toMatchObject({ type: 'AwsUnavailable' });
    world.forget();
    expect(only(await scene.apply(captures)).status).toBe('done');
    expect(world.mutating()).toEqual(['PutRolePolicy']);
  });

  it('is not fooled by a policy of our name that denies only the past', async () => {
    const old = { PolicyName: deny, PolicyDocument: olderSessionsDocument(new Date(0)) };
    await world.setup.iam.send(new PutRolePolicyCommand({ RoleName: role.name, ...old }));
    await contained();
    expect(deniedUntilMs(await readRolePolicy(world.setup.iam, role.name, deny))).toBeGreaterThan(Date.now());
  });

  it('closes trust even where there is no room for the deny, and says that it is not contained whole', async () => {
    const { captures } = await scene.capture();
    world.addFault({ command: 'PutRolePolicy', error: 'LimitExceededException' });
    expect(only(await scene.apply(captures))).toMatchObject({ status: 'failed' });
    expect((await live()).trustPolicy).toBe(closedTrustDocument(incident));
  });

  it('says when the role is not as planned, and contains it all the same', async () => {
    await trust(otherTrust);
    const { captures } = await scene.capture();
    const outcome = only(await scene.apply(captures));
    expect(outcome.status).toBe('done');
    expect(outcome.detail).toContain('not the one planned for');
    await scene.undo(captures);
    expect((await live()).trustPolicy).toBe(otherTrust);
  });

  it('closes again what somebody opened before the listing, denies the sessions since, and says so', async () => {
    const captures = await contained();
    const first = deniedUntilMs(await readRolePolicy(world.setup.iam, role.name, deny)) ?? 0;
    await trust(ownTrust);
    const outcome = only(await scene.verify(captures));
    expect(outcome.status).toBe('done');
    expect(outcome.detail).toContain('the trust policy was closed again while verifying');
    expect((await live()).trustPolicy).toBe(closedTrustDocument(incident));
    expect(deniedUntilMs(await readRolePolicy(world.setup.iam, role.name, deny))).toBeGreaterThan(first);
  });

  it('puts the deny of older sessions back', async () => {
    const captures = await contained();
    await world.setup.iam.send(new DeleteRolePolicyCommand({ RoleName: role.name, PolicyName: deny }));
    expect(only(await scene.verify(captures)).detail).toContain('the deny of older sessions was put back');
    expect((await live()).inlinePolicies).toContain(deny);
  });
});

describe('giving a role back', () => {
  it('ends exactly as captured, to the letter, and changes nothing the second time', async () => {
    const captures = await contained();
    world.forget();
    expect(only(await scene.undo(captures))).toEqual({ target: role.target.id, status: 'done' });
    expect(world.mutating()).toEqual(['DeleteRolePolicy', 'UpdateAssumeRolePolicy']);
    expect(await live()).toEqual({ trustPolicy: ownTrust, inlinePolicies: ['own'] });
    world.forget();
    expect(only(await scene.undo(captures)).status).toBe('done');
    expect(world.mutating()).toEqual([]);
  });

  it('succeeds without a change when the step never happened', async () => {
    const { captures } = await scene.capture();
    expect(only(await scene.undo(captures)).status).toBe('done');
    expect(world.mutating()).toEqual([]);
  });

  it('writes nothing over a trust policy that somebody changed', async () => {
    const captures = await contained();
    await trust(otherTrust);
    world.forget();
    expect(only(await scene.undo(captures)).status).toBe('changed');
    expect(world.mutating()).toEqual([]);
    expect((await live()).trustPolicy).toBe(otherTrust);
  });

  it('leaves policies that came during containment and names them', async () => {
    const captures = await contained();
    const policy = { RoleName: role.name, PolicyName: 'later', PolicyDocument: ownPolicy };
    await world.setup.iam.send(new PutRolePolicyCommand(policy));
    expect(only(await scene.undo(captures)).detail).toContain('inline policy later');
    expect((await live()).inlinePolicies).toEqual(['later', 'own']);
  });

  it('is not done without a signed release', async () => {
    const captures = await contained();
    const aim = { action: 'aws.iam.contain', targets: [role.target] } as const;
    const activities = containActivities(world.deps);
    const unreleased = await setScene(world, aim, { activities, warrant: { voices: [] } });
    world.forget();
    await expect(unreleased.undo(captures)).rejects.toMatchObject({ type: 'NotWarranted' });
    expect(world.calls()).toEqual([]);
  });
});
