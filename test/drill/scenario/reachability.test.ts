import { describe, expect, it } from 'vitest';
import type { NetworkState } from '../../../drill/scenario/network-state.ts';
import { canConnect, isServing } from '../../../drill/scenario/reachability.ts';

const anywhere = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
const internal = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/8' }] };
const allow = (egress: boolean) =>
  ({ Egress: egress, CidrBlock: '0.0.0.0/0', RuleAction: 'allow', RuleNumber: 100 }) as const;
const deny = (egress: boolean, cidr = '0.0.0.0/0') =>
  ({ Egress: egress, CidrBlock: cidr, RuleAction: 'deny', RuleNumber: 50 }) as const;

describe('reachability', () => {
  it('lets a running host with open groups serve its peers', () => {
    expect(isServing(network(), 'a', '10.200.0.1')).toBe(true);
  });

  it.each([
    ['is stopped', network({ state: 'stopped' })],
    ['is in a group without rules', network({ inbound: [], outbound: [] })],
    ['may not answer', network({ outbound: [] })],
    ['lets in another port only', network({ inbound: [{ ...internal, FromPort: 22, ToPort: 22 }] })],
    ['lets in other addresses only', network({ inbound: [{ ...internal, IpRanges: [{ CidrIp: '192.168.0.0/16' }] }] })],
    ['stands behind an ACL that denies what comes in', network({ acl: [deny(false), allow(false), allow(true)] })],
    ['stands behind an ACL that denies what goes out', network({ acl: [deny(true), allow(false), allow(true)] })],
    ['stands behind an ACL without a match', network({ acl: [] })],
  ])('takes no service from a host that %s', (_, state) => {
    expect(isServing(state, 'a', '10.200.0.1')).toBe(false);
  });

  it('lets an ACL deny one peer and not another: the first match counts', () => {
    const state = network({ acl: [deny(false, '10.200.0.0/16'), allow(false), allow(true)] });
    expect(isServing(state, 'a', '10.200.0.1')).toBe(false);
    expect(isServing(state, 'a', '10.201.0.1')).toBe(true);
  });

  it('connects over any interface that is left open, in the direction the rules allow', () => {
    const state = network({ inbound: [], secondGroups: ['open'] });
    expect(isServing(state, 'a', '10.200.0.1')).toBe(false);
    expect(canConnect(state, 'b', 'a')).toBe(true);
    expect(canConnect(network({ inbound: [], outbound: [] }), 'a', 'b')).toBe(false);
  });
});

interface Change {
  readonly state?: string;
  readonly inbound?: NetworkState['groups'] extends ReadonlyMap<string, infer Group>
    ? Group extends { inbound: infer Rules }
      ? Rules
      : never
    : never;
  readonly outbound?: Change['inbound'];
  readonly acl?: readonly (ReturnType<typeof allow> | ReturnType<typeof deny>)[];
  readonly secondGroups?: readonly string[];
}

/** Two hosts: `a`, changed as asked, and `b`, open to all. */
function network(change: Change = {}): NetworkState {
  const { state = 'running', inbound = [internal], outbound = [anywhere], acl = [allow(false), allow(true)] } = change;
  const second = { id: 'eni-2', instance: 'a', index: 1, subnet: 'free', address: '10.9.0.1' };
  return {
    instances: new Map([
      ['a', state],
      ['b', 'running'],
    ]),
    interfaces: new Map([
      [
        'a',
        [
          { id: 'eni-1', instance: 'a', index: 0, subnet: 'own', address: '10.1.0.1', groups: ['own'] },
          ...(change.secondGroups === undefined ? [] : [{ ...second, groups: change.secondGroups }]),
        ],
      ],
      ['b', [{ id: 'eni-3', instance: 'b', index: 0, subnet: 'free', address: '10.2.0.1', groups: ['open'] }]],
    ]),
    groups: new Map([
      ['own', { name: 'own', inbound, outbound }],
      ['open', { name: 'open', inbound: [anywhere], outbound: [anywhere] }],
    ]),
    acls: new Map([
      ['own', { id: 'acl-1', entries: acl }],
      ['free', { id: 'acl-2', entries: [allow(false), allow(true)] }],
    ]),
  };
}
