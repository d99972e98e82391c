import { DeleteAccessKeyCommand } from '@aws-sdk/client-iam';
import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { MockActivityEnvironment } from '@temporalio/testing';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rotateKeyActivities } from '../../../activities/iam/rotate-key.ts';
import type { Capture } from '../../../model/step.ts';
import type { ActivityWorld } from '../../helpers/activity-deps.ts';
import { startActivityWorld } from '../../helpers/activity-deps.ts';
import type { Scene } from './scene.ts';
import { addKey, keysOf, makeRole, makeUser, only, setScene } from './scene.ts';

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
  user = await makeUser(world, { secret: true });
  scene = await over(user);
});
afterEach(() => world.clearFaults());

async function over(someone: Pick<typeof user, 'target'>): Promise<Scene> {
  const aim = { action: 'aws.iam.rotateKey', targets: [someone.target] } as const;
  const made = await setScene(world, aim, { activities: rotateKeyActivities(world.deps) });
  world.forget();
  return made;
}

async function stored(): Promise<{ accessKeyId: string; secretAccessKey: string }> {
  const answer = await world.setup.secrets.send(new GetSecretValueCommand({ SecretId: user.secret }));
  return JSON.parse(answer.SecretString ?? '{}') as { accessKeyId: string; secretAccessKey: string };
}

async function rotated(): Promise<readonly Capture[]> {
  const { captures } = await scene.capture();
  expect(only(await scene.apply(captures)).status).toBe('done');
  return captures;
}

const old = (): string => user.target.before.keys[0]?.id ?? '';

/** The end that every way has to come to: one new active key, in the secret, and the old one inactive. */
async function expectRotated(): Promise<void> {
  const { accessKeyId } = await stored();
  expect(accessKeyId).not.toBe(old());
  expect(await keysOf(world, user.name)).toEqual({ [old()]: 'Inactive', [accessKeyId]: 'Active' });
}

describe('capture for a rotation', () => {
  it('reads keys and the version of the secret, never its value, and changes nothing', async () => {
    const { captures } = await scene.capture();
    expect(captures[0]?.state).toEqual({
      keys: [{ id: old(), status: 'Active' }],
      secret: user.secret,
      version: expect.stringMatching(/.{32,}/),
    });
    expect(world.mutating()).toEqual([]);
  });

  it('refuses in words a user whose secret the estate does not name', async () => {
    const outcome = only(await (await over(await makeUser(world))).capture());
    expect(outcome).toMatchObject({ status: 'failed', detail: expect.stringContaining('names no secret') });
  });

  it('refuses in words when the secret does not exist', async () => {
    const target = { ...user.target, secret: 'keys/nowhere' };
    const outcome = only(await (await over({ target })).capture());
    expect(outcome).toMatchObject({ status: 'failed', detail: expect.stringContaining('keys/nowhere') });
  });

  it('refuses a role in words', async () => {
    expect(only(await (await over(await makeRole(world))).capture()).detail).toBe('a role has no access keys');
  });

  it('does not take the replacement of an earlier attempt for a key to replace', async () => {
    const [first] = await rotated();
    const again = await scene.capture();
    expect(again.captures[0]?.state).toMatchObject({ keys: [{ id: old(), status: 'Inactive' }] });
    world.forget();
    expect(first?.target).toBe(user.target.id);
    expect(only(await scene.apply(again.captures)).status).toBe('done');
    expect(world.mutating()).toEqual([]);
  });
});

describe('rotating a key', () => {
  it('makes a key, stores it, and only then makes the old one inactive', async () => {
    await rotated();
    expect(world.mutating()).toEqual(['CreateAccessKey', 'PutSecretValue', 'UpdateAccessKey']);
    await expectRotated();
    expect(Object.keys(await stored())).toEqual(['accessKeyId', 'secretAccessKey']);
  });

  it('makes no call that changes anything when it runs again', async () => {
    const captures = await rotated();
    world.forget();
    expect(only(await scene.apply(captures)).status).toBe('done');
    expect(only(await scene.verify(captures)).status).toBe('done');
    expect(world.mutating()).toEqual([]);
  });

  it('deletes the orphan of an attempt that died between making and storing, and makes another', async () => {
    const { captures } = await scene.capture();
    world.addFault({ command: 'PutSecretValue', error: 'ECONNRESET', nth: 1 });
    await expect(scene.apply(captures)).rejects.toMatchObject({ type: 'AwsUnavailable' });
    expect(Object.keys(await keysOf(world, user.name))).toHaveLength(2);
    world.forget();
    expect(only(await scene.apply(captures)).status).toBe('done');
    expect(world.mutating()).toEqual(['DeleteAccessKey', 'CreateAccessKey', 'PutSecretValue', 'UpdateAccessKey']);
    await expectRotated();
  });

  it('does the same when the reply of CreateAccessKey was lost', async () => {
    const { captures } = await scene.capture();
    world.addFault({ command: 'CreateAccessKey', error: 'ECONNRESET', when: 'after', nth: 1 });
    await expect(scene.apply(captures)).rejects.toMatchObject({ type: 'AwsUnavailable' });
    expect(only(await scene.apply(captures)).status).toBe('done');
    await expectRotated();
  });

  it('adopts the key that an attempt stored before it died', async () => {
    const { captures } = await scene.capture();
    world.addFault({ command: 'PutSecretValue', error: 'ECONNRESET', when: 'after', nth: 1 });
    await expect(scene.apply(captures)).rejects.toMatchObject({ type: 'AwsUnavailable' });
    const { accessKeyId } = await stored();
    world.forget();
    expect(only(await scene.apply(captures)).status).toBe('done');
    expect(world.mutating()).toEqual(['UpdateAccessKey']);
    expect((await stored()).accessKeyId).toBe(accessKeyId);
    await expectRotated();
  });

  it('deletes the new key at once when the secret refuses it, and leaves the old one active', async () => {
    const { captures } = await scene.capture();
    world.addFault({ command: 'PutSecretValue', error: 'AccessDeniedException' });
    expect(only(await scene.apply(captures)).status).toBe('refused');
    expect(await keysOf(world, user.name)).toEqual({ [old()]: 'Active' });
  });

  it('does not adopt a key that somebody else put into the secret', async () => {
    const { captures } = await scene.capture();
    const planted = await addKey(world, user.name);
    const value = JSON.stringify({ accessKeyId: planted, secretAccessKey: 'theirs' });
    await world.setup.secrets.send(new PutSecretValueCommand({ SecretId: user.secret, SecretString: value }));
    const outcome = only(await scene.apply(captures));
    expect(outcome.status).toBe('failed');
    expect(outcome.detail).toContain(planted);
    expect(world.mutating()).toEqual([]);
    expect(only(await scene.verify(captures)).status).toBe('failed');
  });

  it('refuses in words rather than delete one of two keys', async () => {
    const crowded = await makeUser(world, { keys: 2, secret: true });
    const both = await over(crowded);
    const outcome = only(await both.apply((await both.capture()).captures));
    expect(outcome).toMatchObject({ status: 'failed', detail: expect.stringContaining('IAM allows no third') });
    expect(world.mutating()).toEqual([]);
  });

  it('is not verified when the new key is gone', async () => {
    const captures = await rotated();
    const { accessKeyId } = await stored();
    await world.setup.iam.send(new DeleteAccessKeyCommand({ UserName: user.name, AccessKeyId: accessKeyId }));
    expect(only(await scene.verify(captures)).status).toBe('failed');
  });

  it('is kept when it is given back', async () => {
    const captures = await rotated();
    world.forget();
    expect(only(await scene.undo(captures)).status).toBe('done');
    expect(only(await scene.undo(captures)).status).toBe('done');
    expect(world.calls()).toEqual([]);
    await expectRotated();
  });

  it.each(['capture', 'apply', 'verify'] as const)('without a warrant %s refuses and calls nothing', async (step) => {
    const { captures } = await scene.capture();
    const aim = { action: 'aws.iam.rotateKey', targets: [user.target] } as const;
    const activities = rotateKeyActivities(world.deps);
    const unapproved = await setScene(world, aim, { activities, warrant: { voices: [] } });
    world.forget();
    await expect(unapproved[step](captures)).rejects.toMatchObject({ type: 'NotWarranted' });
    expect(world.calls()).toEqual([]);
  });
});

/** Clients whose secret store quotes what it was sent, as the worst SDK error would, at its first writes. */
function quotingClients(names: readonly string[]): ActivityWorld['clients'] {
  const left = [...names];
  const send = async (command: { input: { SecretString?: string } }): Promise<unknown> => {
    const name = command instanceof PutSecretValueCommand ? left.shift() : undefined;
    if (name === undefined) return await world.clients.secrets.send(command as never);
    seen.push(command.input.SecretString ?? '');
    throw Object.assign(new Error(`bad request: ${command.input.SecretString}`), { name, request: command.input });
  };
  return { ...world.clients, secrets: { send } as never };
}
const seen: string[] = [];

describe('the new secret', () => {
  it('is in no result, heartbeat, log or error, whatever goes wrong', async () => {
    const traces: string[] = [];
    const log = pino({ level: 'trace' }, { write: (line) => void traces.push(line) });
    const clients = quotingClients([
      'ECONNRESET',
      'ThrottlingException',
      'SomethingUnheardOf',
      'AccessDeniedException',
    ]);
    const activities = rotateKeyActivities({ ...world.deps, aws: () => clients, log });
    const run = async (work: (environment: MockActivityEnvironment) => Promise<unknown>): Promise<void> => {
      const environment = new MockActivityEnvironment();
      environment.on('heartbeat', (details: unknown) => traces.push(JSON.stringify(details ?? null)));
      const ended = await work(environment).catch((error: unknown) => error);
      traces.push(ended instanceof Error ? describeDeep(ended) : JSON.stringify(ended));
    };
    const { captures } = await scene.capture();
    const input = { ...scene.step, captures };
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await run(async (environment) => await environment.run(activities.apply, input));
    }
    await run(async (environment) => await environment.run(activities.verify, input));
    await run(async (environment) => await environment.run(activities.undo, scene.undoInput(captures)));
    const secrets = [...seen.map((text) => JSON.parse(text) as { secretAccessKey: string }), await stored()];
    expect(secrets).toHaveLength(5);
    expect(traces.join('\n')).toContain(user.target.id);
    for (const { secretAccessKey } of secrets) {
      expect(secretAccessKey).toMatch(/^.{20,}$/);
      expect(traces.join('\n')).not.toContain(secretAccessKey);
    }
    await expectRotated();
  });
});

/** An error with everything that hangs on it, causes and hidden fields too. */
function describeDeep(error: Error): string {
  const parts = Object.getOwnPropertyNames(error).map((name) => String((error as never)[name]));
  return [...parts, ...(error.cause instanceof Error ? [describeDeep(error.cause)] : [])].join('\n');
}
