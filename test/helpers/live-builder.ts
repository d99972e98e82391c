import type { Estate } from '../../model/estate.ts';
import type { LiveInstance, LivePrincipal, LiveReads } from '../../model/live.ts';
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

/** What differs from one running host a system, and from principals that all exist. */
export interface LiveParts {
  /** Hosts by system; 1 where nothing is said. */
  readonly hosts?: Readonly<Record<string, number>>;
  /** More instances, such as unclaimed ones. */
  readonly more?: readonly LiveInstance[];
}

/** Live reads of an estate whose systems are controlled by the tag `system`: hosts `i-<system>-<n>`, running. */
export function liveOf(estate: Estate, { hosts = {}, more = [] }: LiveParts = {}): LiveReads {
  const own = estate.systems.flatMap(({ name }) =>
    Array.from({ length: hosts[name] ?? 1 }, (_, index) => instance(`i-${name}-${index + 1}`, name)),
  );
  return { instances: [...own, ...more], principals: estate.principals.map(({ id }) => principal(id)) };
}
