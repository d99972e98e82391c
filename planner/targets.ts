import type { ActionDefinition, InstanceAction, PrincipalAction } from '../model/actions/definition.ts';
import type { Contained } from '../model/continuity.ts';
import type { Estate } from '../model/estate.ts';
import type { LiveInstance, LivePrincipal, LiveReads } from '../model/live.ts';
import { isAlive } from '../model/live.ts';
import { principalParts } from '../model/names.ts';
import type { Target } from '../model/plan.ts';
import type { Claims } from './claims.ts';
import type { PacedCalls } from './pace.ts';
import { callsIn } from './pace.ts';
import type { Selection } from './select.ts';
import { countWords } from './words.ts';

/** A target as a stage would act on it: with its pace, and why the action does not fit it, where it doesn't. */
export interface StageTarget {
  readonly target: Target;
  readonly apply: PacedCalls;
  readonly undo: PacedCalls;
  readonly unfit?: string;
}

/** What targets are looked for in. */
export interface TargetContext {
  readonly estate: Estate;
  readonly live: LiveReads;
  readonly claims: Claims;
  /** Systems that use a principal, by its id. */
  readonly usersOf: ReadonlyMap<string, readonly string[]>;
}

/** Systems that use a principal, by principal id, in the estate's order. */
export function principalUsers(systems: Estate['systems']): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  for (const { name, uses } of systems) {
    for (const id of uses) users.set(id, [...(users.get(id) ?? []), name]);
  }
  return users;
}

function isSelected(instance: LiveInstance, systems: readonly string[], selection: Selection): boolean {
  if (systems.length === 0 || systems.some((name) => selection.except.has(name))) return false;
  const { tag } = selection;
  return systems.some((name) => selection.systems.has(name)) || (!!tag && instance.tags[tag.key] === tag.value);
}

function instanceTarget(action: InstanceAction, instance: LiveInstance, systems: readonly string[]): StageTarget {
  const { id, account, region, state, volumes, role } = instance;
  const costs = action.cost(instance);
  const interfaces = instance.interfaces.map(({ id: each, vpc, groups }) => ({ id: each, vpc, groups: [...groups] }));
  const unfit = action.unfit?.(instance);
  return {
    target: {
      kind: 'instance',
      id,
      account,
      region,
      systems: [...systems],
      calls: callsIn(costs),
      before: { state, interfaces, volumes: [...volumes], ...(role && { role }) },
    },
    apply: { account, region, costs },
    undo: { account, region, costs: action.undoCost?.(instance) ?? costs },
    ...(unfit !== undefined && { unfit }),
  };
}

interface PrincipalFacts {
  readonly region: string;
  readonly systems: readonly string[];
  readonly secret: string | undefined;
}

function principalTarget(action: PrincipalAction, principal: LivePrincipal, facts: PrincipalFacts): StageTarget {
  const { region, systems, secret } = facts;
  const { account } = principalParts(principal.id);
  const costs = action.cost(principal);
  const { keys, inlinePolicies, trustPolicy } = principal;
  const unfit = action.unfit?.(principal);
  return {
    target: {
      kind: 'principal',
      id: principal.id,
      account,
      region,
      systems: [...systems],
      calls: callsIn(costs),
      before: { keys, inlinePolicies, ...(trustPolicy !== undefined && { trustPolicy }) },
      ...(secret !== undefined && { secret }),
    },
    apply: { account, region, costs },
    undo: { account, region, costs: action.undoCost?.(principal) ?? costs },
    ...(unfit !== undefined && { unfit }),
  };
}

function instanceTargets(action: InstanceAction, selection: Selection, context: TargetContext): readonly StageTarget[] {
  const found = context.live.instances.filter(isAlive).flatMap((instance) => {
    const systems = context.claims.systemsOf.get(instance.id) ?? [];
    const isTarget = isSelected(instance, systems, selection) && !action.skips?.(instance);
    return isTarget ? [instanceTarget(action, instance, systems)] : [];
  });
  return action.mostOfOneRole === undefined ? found : withRoom(found, action.mostOfOneRole);
}

function roleIn({ target }: StageTarget): string | undefined {
  return target.kind === 'instance' ? target.before.role?.id : undefined;
}

/** Targets whose role has more of them than an action can work on are unfit, all of them: it is the choice of people which. */
function withRoom(found: readonly StageTarget[], most: number): readonly StageTarget[] {
  const counts = new Map<string | undefined, number>();
  for (const each of found) counts.set(roleIn(each), (counts.get(roleIn(each)) ?? 0) + 1);
  return found.map((each) => {
    const count = counts.get(roleIn(each)) ?? 0;
    if (count <= most) return each;
    const unfit = `${countWords(count)} hosts run with ${roleIn(each) ?? ''}, and its policies have room for ${most}`;
    return { ...each, unfit };
  });
}

function principalTargets(
  action: PrincipalAction,
  selection: Selection,
  context: TargetContext,
): readonly StageTarget[] {
  const { estate, live, usersOf } = context;
  return live.principals.flatMap((principal) => {
    const systems = usersOf.get(principal.id) ?? [];
    if (!selection.principals.has(principal.id) || systems.some((name) => selection.except.has(name))) return [];
    const { account } = principalParts(principal.id);
    const region = estate.accounts.find(({ name }) => name === account)?.region ?? '';
    const secret = estate.principals.find(({ id }) => id === principal.id)?.secret;
    return [principalTarget(action, principal, { region, systems, secret })];
  });
}

/**
 * What an action would act on: live things that the selection matches, less those whose system is left out. A principal
 * that a left-out system uses stays too, since losing it would take that system down.
 */
export function targetsOf(
  action: ActionDefinition,
  selection: Selection,
  context: TargetContext,
): readonly StageTarget[] {
  return action.target === 'instance'
    ? instanceTargets(action, selection, context)
    : principalTargets(action, selection, context);
}

/** What an action adds to `C` when it acts on targets: nothing where its effect is `none`. */
export function containedBy(action: Pick<ActionDefinition, 'effect'>, targets: readonly Target[]): Contained {
  const ids = (kind: Target['kind']): ReadonlySet<string> =>
    new Set(action.effect === 'none' ? [] : targets.filter((target) => target.kind === kind).map(({ id }) => id));
  return { hosts: ids('instance'), principals: ids('principal') };
}
