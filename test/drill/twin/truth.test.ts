import { describe, expect, it } from 'vitest';
import { sessionDocument } from '../../../activities/iam/policies.ts';
import type { NetworkState } from '../../../drill/scenario/network-state.ts';
import { scenarios } from '../../../drill/scenario/scenarios.ts';
import { factsOf, truthOf } from '../../../drill/twin/truth.ts';
import type { Facts } from '../../../drill/twin/truth.ts';

const { layout, wiring } = scenarios['retail-and-funeralcare'];

describe('the truth about the emulated business', () => {
  it('is that everything works when every host serves and every identity may work', () => {
    const truth = truthOf(wiring, facts());
    expect(truth.down.size).toBe(0);
    expect([...truth.services.values()].flat().filter(({ works }) => !works)).toEqual([]);
  });

  it.each([
    ['one till gateway of three lost', { 'till-gateway': 2 }, 'store-tills', 'normal'],
    ['two till gateways lost', { 'till-gateway': 1 }, 'store-tills', 'degraded'],
    ['card link lost', { 'card-link': 1 }, 'store-tills', 'degraded'],
    ['till gateway and its spare lost', { 'till-gateway': 1, 'till-gateway-spare': 0 }, 'store-tills', 'down'],
    ['directory lost', { directory: 2 }, 'funeral-arrangement', 'manual'],
    ['directory lost', { directory: 2 }, 'logistics', 'degraded'],
    ['directory lost', { directory: 2 }, 'call-centre', 'down'],
    ['directory lost', { directory: 2 }, 'store-tills', 'normal'],
    ['depots lost', { 'depot-dispatch': 5 }, 'logistics', 'manual'],
    ['member data lost', { 'member-data': 0 }, 'online-shop', 'degraded'],
    ['phone gateways lost', { 'phone-gateway': 0 }, 'funeral-phones', 'down'],
  ])('with %s (%o): %s is %s', (...[, serving, service, mode]) => {
    expect(bestMode(facts({ serving }), service)).toBe(mode);
  });

  it('lets a system fall with its identity: the tills with their role, the directory with its user', () => {
    expect(bestMode(facts({ withoutRole: 'till-gateway' }), 'store-tills')).toBe('degraded');
    expect(bestMode(facts({ withoutUser: 'directory-sync' }), 'funeral-arrangement')).toBe('manual');
  });

  it('counts a host that is denied its own session as one that does not serve, and leaves the role to the others', () => {
    const inline = { deny: sessionDocument('AROA1', 'i-1') };
    const trust = '{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole"}]}';
    const identities = { users: {}, roles: { fleet: { inline, attached: [], trust } } };
    const network = openNetwork(['i-1', 'i-2']);
    const reads = { network, identities, users: new Set<string>() };
    const found = factsOf(new Map([['till-gateway', ['i-1', 'i-2']]]), reads);
    expect([found.serving.get('till-gateway'), ...found.roles]).toEqual([1, 'fleet']);
  });

  it('says why, down to the system that is the cause', () => {
    const { down } = truthOf(wiring, facts({ serving: { directory: 0 } }));
    expect(Object.fromEntries(down)).toEqual({
      directory: 'directory serves with 0 hosts and takes 3',
      'call-centre-vdi': 'call-centre-vdi leans on directory',
      'back-office-files': 'back-office-files leans on directory',
      finance: 'finance leans on directory',
    });
  });
});

function bestMode(state: Facts, service: string): string {
  const truth = truthOf(wiring, state);
  return truth.services.get(service)?.find(({ works }) => works)?.mode ?? 'down';
}

/** Hosts that anybody can talk to. */
function openNetwork(hosts: readonly string[]): NetworkState {
  const rules = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
  const entries = [false, true].map((Egress) => ({ Egress, CidrBlock: '0.0.0.0/0', RuleAction: 'allow' as const }));
  const own = (instance: string) => {
    return { id: `eni-${instance}`, instance, index: 0, subnet: 'open', address: '10.9.0.1', groups: ['open'] };
  };
  return {
    instances: new Map(hosts.map((host) => [host, 'running'])),
    interfaces: new Map(hosts.map((host) => [host, [own(host)]])),
    groups: new Map([['open', { name: 'open', inbound: rules, outbound: rules }]]),
    acls: new Map([['open', { id: 'acl-1', entries }]]),
  };
}

interface Change {
  readonly serving?: Readonly<Record<string, number>>;
  readonly withoutRole?: string;
  readonly withoutUser?: string;
}

function facts({ serving = {}, withoutRole, withoutUser }: Change = {}): Facts {
  const full = layout.hosts.map(({ system, count }): [string, number] => [system, count]);
  return {
    serving: new Map([...full, ...Object.entries(serving)]),
    users: new Set(layout.users.map(({ name }) => name).filter((name) => name !== withoutUser)),
    roles: new Set(layout.roles.map(({ name }) => name).filter((name) => name !== withoutRole)),
  };
}
