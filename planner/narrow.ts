import { denySession } from '../model/actions/iam/deny-session.ts';
import { isAlive } from '../model/live.ts';
import { principalParts } from '../model/names.ts';
import type { Stage } from '../model/playbook.ts';
import type { Context } from './context.ts';
import type { Choice, DraftStage, SelectedStage } from './draft-stage.ts';
import { draftStage, selectStage } from './draft-stage.ts';
import type { Origin, Selection } from './select.ts';
import { trustsInstancesAlone } from './trust.ts';

/** A role that a stage would contain whole, of which the sessions of some hosts are enough. */
export interface SharedRole {
  readonly id: string;
  readonly origin: Origin;
  /** Compromised hosts that run with it. */
  readonly hosts: readonly string[];
}

interface Compromised {
  readonly systems: ReadonlySet<string>;
  readonly hosts: ReadonlySet<string>;
}

function compromisedIn({ parameters, claims }: Context): Compromised {
  const systems = new Set(parameters['compromised'] ?? []);
  const hosts = [...claims.systemsOf].filter(([, own]) => own.some((name) => systems.has(name))).map(([id]) => id);
  return { systems, hosts: new Set(hosts) };
}

/** True when others than what is compromised run with the role, or are listed to use it. */
function isShared(role: string, { systems, hosts }: Compromised, { claims, usersOf }: Context): boolean {
  const others = [...claims.roleOf].some(([host, own]) => own === role && !hosts.has(host));
  return others || (usersOf.get(role) ?? []).some((name) => !systems.has(name));
}

/**
 * The roles that a stage contains whole though they are shared, and for which denying the compromised hosts their own sessions
 * would do: some of these hosts run with the role, its policies have room for their denies, and it lets in nobody but
 * instances.
 */
export function sharedRoles(stage: Stage, selection: Selection, context: Context): readonly SharedRole[] {
  if (stage.action !== 'aws.iam.contain') return [];
  const { live, claims } = context;
  const compromised = compromisedIn(context);
  const isLeftOut = (host: string): boolean =>
    (claims.systemsOf.get(host) ?? []).some((name) => selection.except.has(name));
  const running = live.instances.filter(isAlive).map(({ id }) => id);
  return live.principals.flatMap(({ id, trustPolicy }) => {
    const origin = selection.principals.get(id);
    if (!origin || principalParts(id).kind !== 'role' || !trustsInstancesAlone(trustPolicy)) return [];
    const hosts = running.filter(
      (host) => claims.roleOf.get(host) === id && compromised.hosts.has(host) && !isLeftOut(host),
    );
    const hasRoom = hosts.length > 0 && hosts.length <= (denySession.mostOfOneRole ?? Infinity);
    return hasRoom && isShared(id, compromised, context) ? [{ id, origin, hosts }] : [];
  });
}

/** `<stage>-sessions`; names end after 63 characters, and no two stages have the same. */
function sessionsName({ name }: Stage, { playbook }: Context): string {
  const taken = new Set(playbook.stages.map((stage) => stage.name));
  let made = `${name.slice(0, 54)}-sessions`;
  for (let count = 2; taken.has(made); count += 1) made = `${name.slice(0, 50)}-sessions-${count}`;
  return made;
}

function sessionsStage(of: SelectedStage, roles: readonly SharedRole[], context: Context): DraftStage {
  const { stage, index, selection } = of;
  const originOf = new Map(roles.flatMap(({ origin, hosts }) => hosts.map((host) => [host, origin] as const)));
  const systems = [...originOf].flatMap(([host, origin]) =>
    (context.claims.systemsOf.get(host) ?? []).map((name) => [name, origin] as const),
  );
  const narrowed: Stage = { ...stage, name: sessionsName(stage, context), action: 'aws.iam.denySession' };
  const aimed: Selection = { systems: new Map(systems), principals: new Map(), except: selection.except };
  const drafted = draftStage({ stage: narrowed, index, selection: aimed }, context, ({ id }) => originOf.has(id));
  return { ...drafted, narrowedFrom: stage.name };
}

/**
 * A stage as one draft, or as two where it is to be narrowed: what is left of it, without the shared roles, and then
 * a stage that denies the compromised hosts their sessions of those. What has nothing left is left away.
 */
export function draftStages(
  stage: Stage,
  index: number,
  { context, choice }: { readonly context: Context; readonly choice: Choice },
): readonly DraftStage[] {
  const selection = selectStage(stage, context, choice.except);
  const roles = choice.narrow.includes(stage.name) ? sharedRoles(stage, selection, context) : [];
  if (roles.length === 0) return [draftStage({ stage, index, selection }, context)];
  const shared = new Set(roles.map(({ id }) => id));
  const rest = draftStage({ stage, index, selection }, context, ({ id }) => !shared.has(id));
  const sessions = sessionsStage({ stage, index, selection }, roles, context);
  return rest.targets.size === 0 ? [sessions] : [rest, sessions];
}
