import { DeleteRolePolicyCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { z } from 'zod';
import type { LiveRole } from '../../model/live.ts';
import { principalParts } from '../../model/names.ts';
import type { TargetOutcome } from '../../model/step.ts';
import type { ActivityDeps } from '../deps.ts';
import type { Found } from './capture-each.ts';
import type { ContainedNow } from './containment.ts';
import { isSameDocument, sessionDocument, sessionPolicyName } from './policies.ts';
import type { PrincipalScope } from './principal.ts';
import { isOutOfRoom, notVerifiedYet, outcomeOf } from './principal.ts';
import { findRolePolicy, readRoleId } from './reads.ts';

/** What is captured of a host's session: the role it was signed for, by name and unique id. Before us it has no policy of ours. */
export const sessionState = z.strictObject({ role: z.string(), uniqueId: z.string() });
export type SessionState = z.infer<typeof sessionState>;

/** The role of a host, as the scope that works on it; outcomes are the host's. */
export function sessionScope(
  deps: ActivityDeps,
  input: { readonly account: string; readonly warrant: { readonly incident: string } },
  { target, role }: { readonly target: string; readonly role: string },
): PrincipalScope {
  const { iam } = deps.aws(input.account);
  return { deps, iam, incident: input.warrant.incident, target, kind: 'role', name: principalParts(role).name };
}

/**
 * The session to deny: that of the role people signed for, also when the host runs with another by now, since sessions
 * outlive their profile. A role made anew under the same name has other sessions: that one is left alone.
 */
export async function captureSession(scope: PrincipalScope, role: LiveRole): Promise<Found> {
  const uniqueId = await readRoleId(scope.iam, scope.name);
  if (uniqueId === role.uniqueId) return { state: { role: role.id, uniqueId } };
  const words = `${role.id} was made anew since the plan: it is ${uniqueId ?? 'without an id'}, and was ${role.uniqueId}`;
  return { left: outcomeOf(scope.target, 'changed', [words]) };
}

async function isDenied(scope: PrincipalScope, document: string): Promise<boolean> {
  const live = await findRolePolicy(scope.iam, scope.name, sessionPolicyName(scope.incident, scope.target));
  return live !== undefined && isSameDocument(live, document);
}

/** Denies the host its sessions, where a read does not show that done. */
export async function denySession(scope: PrincipalScope, { uniqueId }: SessionState): Promise<ContainedNow> {
  const document = sessionDocument(uniqueId, scope.target);
  if (await isDenied(scope, document)) return { changed: [] };
  try {
    const policy = { PolicyName: sessionPolicyName(scope.incident, scope.target), PolicyDocument: document };
    await scope.iam.send(new PutRolePolicyCommand({ RoleName: scope.name, ...policy }));
    return { changed: ['the deny was put back'] };
  } catch (error) {
    if (!isOutOfRoom(error)) throw error;
    const incomplete = `the inline policies of ${scope.name} are full: contain the role whole, or isolate the host`;
    return { changed: [], incomplete };
  }
}

/**
 * Gives a host its role back: our policy deleted, where it is to the letter the one we left. Absent is given back; another
 * text under its name is somebody's change, and nothing is written.
 */
export async function giveSessionBack(scope: PrincipalScope, { uniqueId }: SessionState): Promise<TargetOutcome> {
  const policy = sessionPolicyName(scope.incident, scope.target);
  const live = await findRolePolicy(scope.iam, scope.name, policy);
  if (live === undefined) return outcomeOf(scope.target, 'done');
  if (!isSameDocument(live, sessionDocument(uniqueId, scope.target))) {
    const words = `inline policy ${policy} of ${scope.name} is not the one we left: nothing was written`;
    return outcomeOf(scope.target, 'changed', [words]);
  }
  await scope.iam.send(new DeleteRolePolicyCommand({ RoleName: scope.name, PolicyName: policy }));
  if ((await findRolePolicy(scope.iam, scope.name, policy)) !== undefined) {
    throw notVerifiedYet(scope.target, 'a read still shows our deny of its sessions');
  }
  return outcomeOf(scope.target, 'done');
}
