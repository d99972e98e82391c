import { DeleteRolePolicyCommand, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import type { PrincipalTarget } from '../../model/plan.ts';
import type { TargetOutcome } from '../../model/step.ts';
import type { Found } from './capture-each.ts';
import type { ContainedNow } from './containment.ts';
import {
  closedBy,
  closedTrustDocument,
  deniedUntilMs,
  isClosedTrust,
  isSameDocument,
  olderSessionsDocument,
  olderSessionsPolicyName,
  sessionMarginMs,
} from './policies.ts';
import type { PrincipalScope } from './principal.ts';
import { isOutOfRoom, notVerifiedYet, outcomeOf } from './principal.ts';
import type { RoleState } from './reads.ts';
import { readRole, readRolePolicy } from './reads.ts';

function isClosedByUs(scope: PrincipalScope, trustPolicy: string): boolean {
  return isSameDocument(trustPolicy, closedTrustDocument(scope.incident));
}

/**
 * The role as it has to be given back: what is live now, also where that differs from the plan. A trust policy that this
 * incident closed is never taken for original: then it is what was signed for. One that another incident closed was
 * contained by it.
 */
export async function captureRole(scope: PrincipalScope, before: PrincipalTarget['before']): Promise<Found> {
  const live = await readRole(scope.iam, scope.name);
  const ours = olderSessionsPolicyName(scope.incident);
  const inlinePolicies = live.inlinePolicies.filter((policy) => policy !== ours);
  if (!isClosedTrust(live.trustPolicy)) return { state: { trustPolicy: live.trustPolicy, inlinePolicies } };
  if (isClosedByUs(scope, live.trustPolicy) && before.trustPolicy !== undefined && !isClosedTrust(before.trustPolicy)) {
    return { state: { trustPolicy: before.trustPolicy, inlinePolicies } };
  }
  const by = closedBy(live.trustPolicy);
  if (by !== undefined && by !== scope.incident) return { containedBy: [by] };
  return { left: outcomeOf(scope.target, 'changed', ['an incident has already closed its trust policy: left to it']) };
}

/** What is different from the plan, in words. */
export function trustSincePlan(state: RoleState, before: PrincipalTarget['before']): readonly string[] {
  if (before.trustPolicy !== undefined && isSameDocument(before.trustPolicy, state.trustPolicy)) return [];
  return ['its trust policy is not the one planned for; release puts back the one found'];
}

/** The instant up to which the role's sessions are denied by us now. */
async function deniedNowUntilMs(scope: PrincipalScope, live: RoleState): Promise<number | undefined> {
  const policy = olderSessionsPolicyName(scope.incident);
  if (!live.inlinePolicies.includes(policy)) return undefined;
  return deniedUntilMs(await readRolePolicy(scope.iam, scope.name, policy));
}

/** Denies sessions up to now and the margin. False when the role's inline policies have no room for it. */
async function denyOlderSessions(scope: PrincipalScope): Promise<boolean> {
  const until = new Date(scope.deps.now().getTime() + sessionMarginMs);
  try {
    const policy = {
      PolicyName: olderSessionsPolicyName(scope.incident),
      PolicyDocument: olderSessionsDocument(until),
    };
    await scope.iam.send(new PutRolePolicyCommand({ RoleName: scope.name, ...policy }));
    return true;
  } catch (error) {
    if (isOutOfRoom(error)) return false;
    throw error;
  }
}

async function setTrust(scope: PrincipalScope, document: string): Promise<void> {
  await scope.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: scope.name, PolicyDocument: document }));
}

/**
 * Closes the role to new sessions, then denies the older ones, doing only what a read shows undone.
 *
 * @param capturedAtMs a policy that denies only sessions before the capture is not ours, whatever its name
 */
export async function containRole(scope: PrincipalScope, capturedAtMs: number): Promise<ContainedNow> {
  const live = await readRole(scope.iam, scope.name);
  const isOpen = !isClosedByUs(scope, live.trustPolicy);
  if (isOpen) await setTrust(scope, closedTrustDocument(scope.incident));
  const untilMs = await deniedNowUntilMs(scope, live);
  // The time is taken after trust is closed, since an hour on hold may lie between capture and act. It is taken once:
  // the policy itself keeps it, and a retry that finds it leaves it. A role found open has newer sessions: a new time.
  const isStale = isOpen || untilMs === undefined || untilMs < capturedAtMs;
  const hasRoom = !isStale || (await denyOlderSessions(scope));
  return {
    changed: [
      ...(isOpen ? ['the trust policy was closed again'] : []),
      ...(isStale && hasRoom ? ['the deny of older sessions was put back'] : []),
    ],
    ...(hasRoom
      ? {}
      : { incomplete: 'its inline policies are full: new sessions are closed, but older ones are not denied' }),
  };
}

/**
 * Gives a role back: our deny of older sessions removed, then the captured trust policy put back. A trust policy that is
 * neither ours nor the captured one is somebody's change: nothing is written.
 */
export async function giveRoleBack(scope: PrincipalScope, captured: RoleState): Promise<TargetOutcome> {
  const live = await readRole(scope.iam, scope.name);
  const policy = olderSessionsPolicyName(scope.incident);
  const isOurs = isClosedByUs(scope, live.trustPolicy);
  const hasDeny = live.inlinePolicies.includes(policy);
  if (!isOurs && !isSameDocument(live.trustPolicy, captured.trustPolicy)) {
    const words = 'its trust policy is neither the one we left nor the one captured: nothing was written';
    return outcomeOf(scope.target, 'changed', [words]);
  }
  if (hasDeny) await scope.iam.send(new DeleteRolePolicyCommand({ RoleName: scope.name, PolicyName: policy }));
  if (isOurs) await setTrust(scope, captured.trustPolicy);
  if (hasDeny || isOurs) await requireGivenBack(scope, captured);
  return outcomeOf(scope.target, 'done', policiesSince(live, captured, policy));
}

function policiesSince(live: RoleState, captured: RoleState, ours: string): readonly string[] {
  return live.inlinePolicies
    .filter((policy) => policy !== ours && !captured.inlinePolicies.includes(policy))
    .map((policy) => `inline policy ${policy} came during containment and was left`);
}

async function requireGivenBack(scope: PrincipalScope, captured: RoleState): Promise<void> {
  const after = await readRole(scope.iam, scope.name);
  if (after.inlinePolicies.includes(olderSessionsPolicyName(scope.incident))) {
    throw notVerifiedYet(scope.target, 'a read still shows our deny of older sessions');
  }
  if (!isSameDocument(after.trustPolicy, captured.trustPolicy)) {
    throw notVerifiedYet(scope.target, 'a read does not show the captured trust policy yet');
  }
}
