import { createHmac } from 'node:crypto';
import { CreateAccessKeyCommand, DeleteAccessKeyCommand, UpdateAccessKeyCommand } from '@aws-sdk/client-iam';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { canonical } from '../../model/canonical.ts';
import type { TargetOutcome } from '../../model/step.ts';
import { asFailure, classify, errorName } from '../aws/errors.ts';
import type { CurrentSecret, NewKey } from '../secrets/secret-store.ts';
import { readCurrentSecret, writeNewKey } from '../secrets/secret-store.ts';
import type { PrincipalScope } from './principal.ts';
import { outcomeOf } from './principal.ts';
import type { AccessKey } from './reads.ts';
import { accessKey, readKeys } from './reads.ts';

/** Keys that IAM lets a user have (IAM quotas). */
const keysPerUser = 2;

/** A user as captured for rotation: its keys, the secret's name, and the version that was current; never a value. */
export const rotationState = z.strictObject({ keys: z.array(accessKey), secret: z.string(), version: z.string() });
export type RotationState = z.infer<typeof rotationState>;

/** A user whose key is rotated, with the store its secret is in. */
export interface RotationScope extends PrincipalScope {
  readonly secrets: SecretsManagerClient;
}

/**
 * The version a new key gets in the secret: the same for every retry, different for every key, and made with the
 * worker's key, so that a key which somebody else put there never passes for ours.
 */
export function versionFor(scope: PrincipalScope, accessKeyId: string): string {
  const { deps, incident, target } = scope;
  return createHmac('sha256', deps.workerKey)
    .update(`firedoor/rotation/v1\n${canonical({ namespace: deps.namespace, incident, target, accessKeyId })}`, 'utf8')
    .digest('hex');
}

/** The key that this incident has already put into the secret, if it has. */
export function ourKeyIn(scope: PrincipalScope, current: CurrentSecret | undefined): string | undefined {
  if (current?.accessKeyId === undefined) return undefined;
  return current.version === versionFor(scope, current.accessKeyId) ? current.accessKeyId : undefined;
}

/** Keys and secret as they are now. */
interface Live {
  readonly keys: readonly AccessKey[];
  readonly current: CurrentSecret | undefined;
}

async function readRotation(scope: RotationScope, secret: string): Promise<Live> {
  return { keys: await readKeys(scope.iam, scope.name), current: await readCurrentSecret(scope.secrets, secret) };
}

/** Keys nobody knows the secret of: made by an attempt that died before it stored them. */
function orphansIn({ keys, current }: Live, captured: RotationState): readonly AccessKey[] {
  return keys.filter(({ id }) => id !== current?.accessKeyId && !captured.keys.some((key) => key.id === id));
}

function isNewAndActive({ keys }: Live, captured: RotationState, id: string | undefined): boolean {
  const isCaptured = captured.keys.some((key) => key.id === id);
  return !isCaptured && keys.some((key) => key.id === id && key.status === 'Active');
}

async function deleteKey(scope: RotationScope, id: string): Promise<void> {
  await scope.iam.send(new DeleteAccessKeyCommand({ UserName: scope.name, AccessKeyId: id }));
}

async function createKey(scope: RotationScope): Promise<NewKey> {
  const { AccessKey: made } = await scope.iam.send(new CreateAccessKeyCommand({ UserName: scope.name }));
  if (!made?.AccessKeyId || !made.SecretAccessKey) throw new Error('IAM answered CreateAccessKey without a key');
  return { accessKeyId: made.AccessKeyId, secretAccessKey: made.SecretAccessKey };
}

/**
 * From IAM into Secrets Manager. When the store certainly did not take it, the key is deleted at once; when nobody knows,
 * the next attempt looks. Throws nothing but names of errors: an SDK error can carry the request it was made from.
 */
async function createIntoSecret(scope: RotationScope, secret: string): Promise<string | TargetOutcome> {
  const made = await createKey(scope);
  try {
    await writeNewKey(scope.secrets, { name: secret, version: versionFor(scope, made.accessKeyId) }, made);
    return made.accessKeyId;
  } catch (error) {
    const kind = classify(error);
    if (kind === 'retry' || kind === 'maybe-done') throw asFailure(error, `storing the new key of ${scope.target}`);
    await deleteKey(scope, made.accessKeyId);
    const words = `the secret ${secret} did not take the new key (${errorName(error)}), which was deleted again`;
    return outcomeOf(scope.target, kind === 'refused' ? 'refused' : 'failed', [words]);
  }
}

function noRoom(target: string, keys: readonly AccessKey[]): TargetOutcome {
  const listed = keys.map(({ id, status }) => `${id} ${status}`).join(', ');
  const words = `it has ${keys.length} keys (${listed}) and IAM allows no third: delete the one nobody needs, then resume`;
  return outcomeOf(target, 'failed', [words]);
}

async function newKeyFor(scope: RotationScope, captured: RotationState, live: Live): Promise<string | TargetOutcome> {
  const ours = ourKeyIn(scope, live.current);
  if (ours !== undefined && isNewAndActive(live, captured, ours)) return ours;
  const orphans = orphansIn(live, captured);
  const kept = live.keys.filter((key) => !orphans.includes(key));
  // Captured keys are evidence, and may be somebody's only way in: none is deleted to make room.
  if (kept.length >= keysPerUser) return noRoom(scope.target, kept);
  for (const { id } of orphans) await deleteKey(scope, id);
  return await createIntoSecret(scope, captured.secret);
}

/**
 * Gives a user a new key, into its secret, and then makes the captured ones inactive. Run again it finishes what is
 * unfinished and changes nothing else.
 */
export async function rotate(scope: RotationScope, captured: RotationState): Promise<TargetOutcome> {
  const live = await readRotation(scope, captured.secret);
  const made = await newKeyFor(scope, captured, live);
  if (typeof made !== 'string') return made;
  const old = live.keys.filter((key) => key.status === 'Active' && captured.keys.some(({ id }) => id === key.id));
  for (const { id } of old) {
    const change = { UserName: scope.name, AccessKeyId: id, Status: 'Inactive' } as const;
    await scope.iam.send(new UpdateAccessKeyCommand(change));
  }
  return outcomeOf(scope.target, 'done', [`new key ${made} in ${captured.secret}`]);
}

/** Reads whether the secret names a new, active key and every captured key is inactive. */
export async function verifyRotation(scope: RotationScope, captured: RotationState): Promise<TargetOutcome> {
  const live = await readRotation(scope, captured.secret);
  const id = ourKeyIn(scope, live.current);
  if (!isNewAndActive(live, captured, id)) {
    return outcomeOf(scope.target, 'failed', [`the secret ${captured.secret} names no new key of ours that is active`]);
  }
  const active = live.keys.filter((key) => key.status === 'Active' && key.id !== id);
  if (active.length === 0) return outcomeOf(scope.target, 'done');
  return outcomeOf(scope.target, 'failed', [`key ${active.map((key) => key.id).join(', ')} is still active`]);
}
