import { DeleteUserPolicyCommand, PutUserPolicyCommand, UpdateAccessKeyCommand } from '@aws-sdk/client-iam';
import type { PrincipalTarget } from '../../model/plan.ts';
import type { TargetOutcome } from '../../model/step.ts';
import type { Found } from './capture-each.ts';
import type { ContainedNow } from './containment.ts';
import { denyAllDocument, deniedBy, denyPolicyName, isSameDocument } from './policies.ts';
import type { PrincipalScope } from './principal.ts';
import { isOutOfRoom, notVerifiedYet, outcomeOf } from './principal.ts';
import type { AccessKey, UserState } from './reads.ts';
import { readUser, readUserPolicy } from './reads.ts';

const isActive = (key: AccessKey): boolean => key.status === 'Active';
const idsOf = (keys: readonly AccessKey[]): string => keys.map(({ id }) => id).join(', ');

/**
 * The user as it has to be given back. As a rule what is live now, also where that differs from the plan: an identity
 * that changed is still an attacker's. With our own deny in place it is what was signed for, since what is live then is
 * our work; keys that came later are left out, so that release never makes them active. With the deny of another incident
 * it was contained by that one, and what is live is no original.
 */
export async function captureUser(scope: PrincipalScope, before: PrincipalTarget['before']): Promise<Found> {
  const live = await readUser(scope.iam, scope.name);
  const ours = denyPolicyName(scope.incident);
  if (live.inlinePolicies.includes(ours)) {
    return { state: { keys: before.keys, inlinePolicies: before.inlinePolicies.filter((policy) => policy !== ours) } };
  }
  const by = await othersDenying(scope, live);
  return by.length === 0 ? { state: live } : { containedBy: by };
}

/** Other incidents whose deny of everything is on the user. A policy of such a name that denies less contains nobody. */
async function othersDenying(scope: PrincipalScope, live: UserState): Promise<readonly string[]> {
  const found: string[] = [];
  for (const policy of live.inlinePolicies) {
    const incident = deniedBy(policy);
    if (incident === undefined) continue;
    if (isSameDocument(await readUserPolicy(scope.iam, scope.name, policy), denyAllDocument)) found.push(incident);
  }
  return found;
}

/** What came or went between plan and capture, in words. */
export function sincePlan(state: UserState, before: PrincipalTarget['before']): readonly string[] {
  const planned = new Map(before.keys.map((key) => [key.id, key.status]));
  const found = new Set(state.keys.map((key) => key.id));
  return [
    ...state.keys.filter((key) => !planned.has(key.id)).map((key) => `key ${key.id} is new since the plan`),
    ...state.keys
      .filter((key) => planned.has(key.id) && planned.get(key.id) !== key.status)
      .map((key) => `key ${key.id} became ${key.status} since the plan`),
    ...before.keys.filter((key) => !found.has(key.id)).map((key) => `key ${key.id} is gone since the plan`),
    ...state.inlinePolicies
      .filter((policy) => !before.inlinePolicies.includes(policy))
      .map((policy) => `inline policy ${policy} is new since the plan`),
  ];
}

async function setKey(scope: PrincipalScope, id: string, status: AccessKey['status']): Promise<void> {
  // Without UserName the call would act on the caller's own user.
  await scope.iam.send(new UpdateAccessKeyCommand({ UserName: scope.name, AccessKeyId: id, Status: status }));
}

async function isDenied(scope: PrincipalScope, live: UserState): Promise<boolean> {
  const policy = denyPolicyName(scope.incident);
  if (!live.inlinePolicies.includes(policy)) return false;
  return isSameDocument(await readUserPolicy(scope.iam, scope.name, policy), denyAllDocument);
}

/** Puts the deny. False when the user's inline policies have no room for it: then the keys are still worth taking. */
async function putDeny(scope: PrincipalScope): Promise<boolean> {
  try {
    const policy = { PolicyName: denyPolicyName(scope.incident), PolicyDocument: denyAllDocument };
    await scope.iam.send(new PutUserPolicyCommand({ UserName: scope.name, ...policy }));
    return true;
  } catch (error) {
    if (isOutOfRoom(error)) return false;
    throw error;
  }
}

/** Denies the user everything and makes every key inactive, doing only what a read shows undone. */
export async function containUser(scope: PrincipalScope): Promise<ContainedNow> {
  const live = await readUser(scope.iam, scope.name);
  const wasDenied = await isDenied(scope, live);
  const hasRoom = wasDenied || (await putDeny(scope));
  const active = live.keys.filter(isActive);
  for (const { id } of active) await setKey(scope, id, 'Inactive');
  return {
    changed: [
      ...(wasDenied || !hasRoom ? [] : ['the deny was put back']),
      ...active.map(({ id }) => `key ${id} was made inactive`),
    ],
    ...(hasRoom
      ? {}
      : { incomplete: 'its inline policies are full: keys are inactive, but sessions and the console are not denied' }),
  };
}

/** Keys that a containment found and its capture doesn't know, in words. */
export async function keysSinceCapture(scope: PrincipalScope, captured: UserState): Promise<readonly string[]> {
  const { keys } = await readUser(scope.iam, scope.name);
  return strangersIn(keys, captured).map(({ id, status }) => `key ${id} is new since the capture, now ${status}`);
}

function strangersIn(keys: readonly AccessKey[], captured: UserState): readonly AccessKey[] {
  return keys.filter((key) => !captured.keys.some(({ id }) => id === key.id));
}

/** What giving a user back comes down to, from the captured and the live state. */
interface UserReturn {
  readonly hasDeny: boolean;
  /** Inactive now, active when captured. */
  readonly returnable: readonly AccessKey[];
  /** Not in the capture, and active. */
  readonly strangers: readonly AccessKey[];
  readonly notes: readonly string[];
  /** True when the user can't end as people expect: as captured, or with the key of a rotation. */
  readonly hasDrifted: boolean;
}

function weigh(live: UserState, captured: UserState, returning: { policy: string; isRotated: boolean }): UserReturn {
  const { isRotated } = returning;
  const now = new Map(live.keys.map((key) => [key.id, key]));
  const off = captured.keys.filter((key) => isActive(key) && now.get(key.id)?.status === 'Inactive');
  const deleted = captured.keys.filter((key) => isActive(key) && !now.has(key.id) && !isRotated);
  const woken = captured.keys.filter((key) => !isActive(key) && now.get(key.id)?.status === 'Active');
  const strangers = strangersIn(live.keys, captured);
  const quiet = strangers.filter((key) => !isActive(key));
  const isWithoutKey = isRotated && off.length > 0 && !live.keys.some(isActive);
  const policies = live.inlinePolicies.filter(
    (policy) => policy !== returning.policy && !captured.inlinePolicies.includes(policy),
  );
  const note = (keys: readonly AccessKey[], words: string): readonly string[] =>
    keys.length === 0 ? [] : [`key ${idsOf(keys)} ${words}`];
  return {
    hasDeny: live.inlinePolicies.includes(returning.policy),
    returnable: isRotated ? [] : off,
    // A rotation leaves exactly one key that the capture doesn't know: the new one.
    strangers: strangers.filter(isActive).slice(isRotated ? 1 : 0),
    notes: [
      ...note(isRotated && !isWithoutKey ? off : [], 'was rotated and stays inactive'),
      ...note(isWithoutKey ? off : [], 'was to be rotated and stays inactive, and no other is active'),
      ...note(deleted, 'was deleted meanwhile and cannot be given back'),
      ...note(woken, 'was inactive before and somebody made it active'),
      ...note(quiet, 'came during containment and stays inactive'),
      ...policies.map((policy) => `inline policy ${policy} came during containment and was left`),
    ],
    hasDrifted: isWithoutKey || deleted.length > 0 || woken.length > 0,
  };
}

/**
 * Gives a user back: captured keys active again, then our deny removed. A rotated key stays inactive. With an active key
 * that nobody captured nothing is written, since removing the deny would let its holder in.
 */
export async function giveUserBack(
  scope: PrincipalScope,
  captured: UserState,
  isRotated: boolean,
): Promise<TargetOutcome> {
  const policy = denyPolicyName(scope.incident);
  const found = weigh(await readUser(scope.iam, scope.name), captured, { policy, isRotated });
  const isOurs = found.hasDeny || found.returnable.length > 0;
  if (isOurs && found.strangers.length > 0) {
    const words =
      'came during containment and is active: nothing was written; make it inactive or delete it, then resume';
    return outcomeOf(scope.target, 'changed', [`key ${idsOf(found.strangers)} ${words}`]);
  }
  for (const { id } of found.returnable) await setKey(scope, id, 'Active');
  // Last, so that everything stays denied until the keys are as they were.
  if (found.hasDeny) await scope.iam.send(new DeleteUserPolicyCommand({ UserName: scope.name, PolicyName: policy }));
  if (isOurs) await requireGivenBack(scope, captured, { policy, isRotated });
  return outcomeOf(scope.target, found.hasDrifted ? 'changed' : 'done', found.notes);
}

async function requireGivenBack(
  scope: PrincipalScope,
  captured: UserState,
  returning: { policy: string; isRotated: boolean },
): Promise<void> {
  const after = weigh(await readUser(scope.iam, scope.name), captured, returning);
  if (after.hasDeny) throw notVerifiedYet(scope.target, 'a read still shows our deny');
  if (after.returnable.length > 0) {
    throw notVerifiedYet(scope.target, `a read still shows key ${idsOf(after.returnable)} inactive`);
  }
}
