import type { Estate, System } from '../model/estate.ts';
import type { LiveInstance, LivePrincipal, LiveReads } from '../model/live.ts';
import { principalParts } from '../model/names.ts';

function assumedHost(system: System, index: number, { accounts }: Estate): LiveInstance | undefined {
  const control = system.controls[0]?.['aws.ec2'];
  if (!control) return undefined;
  const id = `assumed-${system.name}-${index + 1}`;
  return {
    id,
    account: control.account,
    region: accounts.find(({ name }) => name === control.account)?.region ?? '',
    state: 'running',
    tags: { ...control.tag },
    interfaces: [{ id: `eni-${id}`, subnet: 'assumed', vpc: 'assumed', groups: [] }],
    volumes: [`vol-${id}`],
  };
}

function assumedPrincipal(id: string): LivePrincipal {
  const isUser = principalParts(id).kind === 'user';
  return { id, keys: [], inlinePolicies: [], ...(!isUser && { trustPolicy: '{}' }) };
}

/**
 * A world in which everything runs that the estate speaks of: for questions about whole systems that are asked of an
 * estate file alone. Each system has as many hosts as it needs, each principal exists.
 */
export function assumedLive(estate: Estate): LiveReads {
  return {
    instances: estate.systems.flatMap((system) =>
      Array.from({ length: system.capacity?.hosts ?? 1 }, (_, index) => assumedHost(system, index, estate)).filter(
        (host) => host !== undefined,
      ),
    ),
    principals: estate.principals.map(({ id }) => assumedPrincipal(id)),
  };
}
