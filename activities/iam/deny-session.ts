import type { LiveRole } from '../../model/live.ts';
import type { InstanceTarget } from '../../model/plan.ts';
import type { ActionActivities, ApplyInput, StepInput, TargetOutcome, UndoInput } from '../../model/step.ts';
import { forEachTarget } from '../batch.ts';
import type { ActivityDeps } from '../deps.ts';
import { instancesById, isGone, reading } from '../live/instances.ts';
import { rolesOfProfiles } from '../live/roles.ts';
import { requireWarrantToContain, requireWarrantToRelease } from '../proof/warrant.ts';
import type { Found } from './capture-each.ts';
import { captureEach } from './capture-each.ts';
import { containUntilSettled } from './containment.ts';
import { captureOf, outcomeOf } from './principal.ts';
import { waitOutPropagation } from './propagation.ts';
import type { SessionState } from './session.ts';
import { captureSession, denySession, giveSessionBack, sessionScope, sessionState } from './session.ts';

async function find(deps: ActivityDeps, input: StepInput, { id, before }: InstanceTarget): Promise<Found> {
  const { role } = before;
  if (!role) return { left: outcomeOf(id, 'failed', ['it was signed without a role']) };
  return await captureSession(sessionScope(deps, input, { target: id, role: role.id }), role);
}

type Captured = SessionState | TargetOutcome;

/** What was captured of a host; without it nothing could be given back, so nothing is changed. */
function stateOf(input: ApplyInput | UndoInput, target: string): Captured {
  const capture = captureOf(input.captures, target);
  return capture
    ? sessionState.parse(capture.state)
    : outcomeOf(target, 'failed', ['it was not captured, so nothing was changed']);
}

async function applyTo(deps: ActivityDeps, input: ApplyInput, target: string): Promise<TargetOutcome> {
  const state = stateOf(input, target);
  if ('status' in state) return state;
  const { incomplete } = await denySession(sessionScope(deps, input, { target, role: state.role }), state);
  return incomplete === undefined ? outcomeOf(target, 'done') : outcomeOf(target, 'failed', [incomplete]);
}

/** The roles hosts run with now, by host; hosts that are gone run with none. */
async function rolesNow(deps: ActivityDeps, input: ApplyInput): Promise<ReadonlyMap<string, LiveRole>> {
  const { ec2, iam } = deps.aws(input.account);
  return await reading('the roles of the hosts', async () => {
    const found = [...(await instancesById(ec2, input.targets))].filter(([, instance]) => !isGone(instance));
    const arns = found.flatMap(([, instance]) => instance.IamInstanceProfile?.Arn ?? []);
    const roles = await rolesOfProfiles(iam, input.account, arns);
    return new Map(
      found.flatMap(([host, instance]) => {
        const role = roles.get(instance.IamInstanceProfile?.Arn ?? '');
        return role ? [[host, role] as const] : [];
      }),
    );
  });
}

interface Verifying {
  readonly deps: ActivityDeps;
  readonly input: ApplyInput;
  readonly now: ReadonlyMap<string, LiveRole>;
}

/** Denied means: a settled read shows our policy, and the host has not been given another role meanwhile. */
async function verify({ deps, input, now }: Verifying, target: string): Promise<TargetOutcome> {
  const state = stateOf(input, target);
  if ('status' in state) return state;
  const scope = sessionScope(deps, input, { target, role: state.role });
  const settled = await containUntilSettled(scope, async () => await denySession(scope, state));
  const role = now.get(target);
  if (settled.status !== 'done' || !role || role.uniqueId === state.uniqueId) return settled;
  const words = `its sessions of ${state.role} are denied, but it runs with ${role.id} now: isolate it, or plan again`;
  return outcomeOf(target, 'failed', [words]);
}

async function giveBack(deps: ActivityDeps, input: UndoInput, target: string): Promise<TargetOutcome> {
  const state = stateOf(input, target);
  if ('status' in state) return state;
  return await giveSessionBack(sessionScope(deps, input, { target, role: state.role }), state);
}

/**
 * `aws.iam.denySession`. The role a host runs with gets one inline policy for this host alone, which denies what the host
 * signs with; other hosts of the role go on. Whether the host still runs plays no part: its sessions outlive it. Every one
 * of the four checks the warrant first.
 */
export function denySessionActivities(deps: ActivityDeps): ActionActivities {
  return {
    capture: async (input) => {
      await requireWarrantToContain(input, deps);
      return await captureEach(deps, input, {
        kind: 'instance',
        find: async (target) => await find(deps, input, target),
      });
    },
    apply: async (input) => {
      await requireWarrantToContain(input, deps);
      return await forEachTarget(input.targets, async (target) => await applyTo(deps, input, target));
    },
    verify: async (input) => {
      await requireWarrantToContain(input, deps);
      await waitOutPropagation(deps);
      const now = await rolesNow(deps, input);
      return await forEachTarget(input.targets, async (target) => await verify({ deps, input, now }, target));
    },
    undo: async (input) => {
      await requireWarrantToRelease(input, deps);
      const targets = input.captures.map((capture) => capture.target);
      return await forEachTarget(targets, async (target) => await giveBack(deps, input, target));
    },
  };
}
