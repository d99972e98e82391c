import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { readKeys, readRole, readUser } from '../../../activities/iam/reads.ts';
import type { PrincipalTarget } from '../../../model/plan.ts';
import type {
  ActionActivities,
  ApplyInput,
  Capture,
  CaptureResult,
  StepInput,
  StepResult,
  TargetOutcome,
  UndoInput,
} from '../../../model/step.ts';
import type { ActivityWorld } from '../../helpers/activity-deps.ts';
import { account, region, runActivity } from '../../helpers/activity-deps.ts';
import type { WarrantOptions } from '../../helpers/warrants.ts';
import { makeWarrant } from '../../helpers/warrants.ts';

type Action = 'aws.iam.contain' | 'aws.iam.rotateKey';

let count = 0;
const fresh = (kind: string): string => `${kind}-${(count += 1)}`;

/** Policies a scene's principals have before anything happens. */
export const ownPolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
});
/** Spaced on purpose: release owes the very characters. */
export const ownTrust =
  '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}';

function target(id: string, before: PrincipalTarget['before'], secret?: string): PrincipalTarget {
  const common = { kind: 'principal' as const, account, region, systems: [], calls: 2 };
  return { ...common, id, before, ...(secret === undefined ? {} : { secret }) };
}

/** A new access key of a user, by id. */
export async function addKey(world: ActivityWorld, userName: string): Promise<string> {
  const { AccessKey } = await world.setup.iam.send(new CreateAccessKeyCommand({ UserName: userName }));
  return AccessKey?.AccessKeyId ?? '';
}

/** A user with a policy and some active keys, and its target as planned. With a secret that holds its first key. */
export async function makeUser(
  world: ActivityWorld,
  options: { readonly keys?: number; readonly secret?: boolean } = {},
): Promise<{ readonly name: string; readonly target: PrincipalTarget; readonly secret: string }> {
  const name = fresh('user');
  const secret = `keys/${name}`;
  await world.setup.iam.send(new CreateUserCommand({ UserName: name }));
  const policy = { PolicyName: 'own', PolicyDocument: ownPolicy };
  await world.setup.iam.send(new PutUserPolicyCommand({ UserName: name, ...policy }));
  for (let index = 0; index < (options.keys ?? 1); index += 1) await addKey(world, name);
  const before = await readUser(world.setup.iam, name);
  if (options.secret === true) {
    const value = JSON.stringify({ accessKeyId: before.keys[0]?.id, secretAccessKey: 'old' });
    await world.setup.secrets.send(new CreateSecretCommand({ Name: secret, SecretString: value }));
  }
  return {
    name,
    secret,
    target: target(`aws.iam.user:${account}/${name}`, before, options.secret === true ? secret : undefined),
  };
}

/** A role with a policy, and its target as planned. */
export async function makeRole(
  world: ActivityWorld,
): Promise<{ readonly name: string; readonly target: PrincipalTarget }> {
  const name = fresh('role');
  await world.setup.iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: ownTrust }));
  const policy = { PolicyName: 'own', PolicyDocument: ownPolicy };
  await world.setup.iam.send(new PutRolePolicyCommand({ RoleName: name, ...policy }));
  const { inlinePolicies, trustPolicy } = await readRole(world.setup.iam, name);
  return { name, target: target(`aws.iam.role:${account}/${name}`, { keys: [], inlinePolicies, trustPolicy }) };
}

/** Statuses of a user's keys by id. */
export async function keysOf(world: ActivityWorld, userName: string): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries((await readKeys(world.setup.iam, userName)).map(({ id, status }) => [id, status]));
}

/** An action over some targets, with a warrant that holds for both ways. */
export interface Scene {
  readonly step: StepInput;
  readonly capture: () => Promise<CaptureResult>;
  readonly apply: (captures: readonly Capture[]) => Promise<StepResult>;
  readonly verify: (captures: readonly Capture[]) => Promise<StepResult>;
  readonly undo: (captures: readonly Capture[], others?: readonly Capture[]) => Promise<StepResult>;
  readonly undoInput: (captures: readonly Capture[], others?: readonly Capture[]) => UndoInput;
}

/** Sets a scene: the targets in one wave of stage `credentials`, all given back in tier `people`. */
export async function setScene(
  world: ActivityWorld,
  aim: { readonly action: Action; readonly targets: readonly PrincipalTarget[] },
  played: { readonly activities: ActionActivities; readonly warrant?: WarrantOptions },
): Promise<Scene> {
  const ids = aim.targets.map(({ id }) => id);
  const chunk = {
    kind: 'contain' as const,
    stage: 'credentials',
    wave: 1,
    action: aim.action,
    targets: [...aim.targets],
  };
  const release = { kind: 'release' as const, tier: 'people', wave: 1, targets: ids };
  const warrant = await makeWarrant(world, [chunk, release], played.warrant);
  const step: StepInput = { warrant, chunk, account, targets: ids };
  const undoInput = (captures: readonly Capture[], others: readonly Capture[] = []): UndoInput => ({
    warrant,
    account,
    captures,
    others,
    chunk: release,
    action: aim.action,
  });
  const withCaptures = (captures: readonly Capture[]): ApplyInput => ({ ...step, captures });
  const { activities } = played;
  return {
    step,
    undoInput,
    capture: async () => await runActivity(activities.capture, step),
    apply: async (captures) => await runActivity(activities.apply, withCaptures(captures)),
    verify: async (captures) => await runActivity(activities.verify, withCaptures(captures)),
    undo: async (captures, others) => await runActivity(activities.undo, undoInput(captures, others)),
  };
}

/** The one outcome of a step over one target. */
export function only(result: { readonly outcomes: readonly TargetOutcome[] }): TargetOutcome {
  const [outcome] = result.outcomes;
  if (!outcome || result.outcomes.length !== 1) throw new Error(`expected one outcome, got ${result.outcomes.length}`);
  return outcome;
}
