import type { Estate } from '../../model/estate.ts';
import type { LiveInstance, LivePrincipal, LiveReads, LiveRole } from '../../model/live.ts';
import { principalParts } from '../../model/names.ts';

/** A running instance of account `retail` with one interface and one volume, tagged `system: <system>`. */
export function instance(id: string, system: string, parts: Partial<LiveInstance> = {}): LiveInstance {
  return {
    id,
    account: 'retail',
    region: 'eu-west-2',
    state: 'running',
    tags: { system },
    interfaces: [{ id: `eni-${id}`, subnet: 'subnet-1', vpc: 'vpc-1', groups: ['sg-app'] }],
    volumes: [`vol-${id}`],
    ...parts,
  };
}

/** A principal as it is before an incident: a user with one active key, a role with a trust policy. */
export function principal(id: string, parts: Partial<LivePrincipal> = {}): LivePrincipal {
  const { kind, name } = principalParts(id);
  const own =
    kind === 'user' ? { keys: [{ id: `AKIA-${name}`, status: 'Active' as const }] } : { keys: [], trustPolicy: '{}' };
  return { id, inlinePolicies: [], ...own, ...parts };
}

/** A role as an instance runs with it. */
export function runningWith(id: string): LiveRole {
  return { id, uniqueId: `AROA-${principalParts(id).name}` };
}

/** What differs from one running host a system, and from principals that all exist. */
export interface LiveParts {
  /** Hosts by system; 1 where nothing is said. */
  readonly hosts?: Readonly<Record<string, number>>;
  /** Roles that the hosts of a system run with, one after another; none where nothing is said. */
  readonly roles?: Readonly<Record<string, readonly (string | undefined)[]>>;
  /** More instances, such as unclaimed ones. */
  readonly more?: readonly LiveInstance[];
}

/** Live reads of an estate whose systems are controlled by the tag `system`: hosts `i-<system>-<n>`, running. */
export function liveOf(estate: Estate, { hosts = {}, roles = {}, more = [] }: LiveParts = {}): LiveReads {
  const own = estate.systems.flatMap(({ name }) =>
    Array.from({ length: hosts[name] ?? 1 }, (_, index) => {
      const role = roles[name]?.[index];
      return instance(`i-${name}-${index + 1}`, name, role === undefined ? {} : { role: runningWith(role) });
    }),
  );
  return { instances: [...own, ...more], principals: estate.principals.map(({ id }) => principal(id)) };
}
