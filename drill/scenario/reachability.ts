import { BlockList } from 'node:net';
import type { IpPermission } from '@aws-sdk/client-ec2';
import type { InterfaceState, NetworkState } from './network-state.ts';

/** The one port of the emulated estate: everything in it speaks HTTPS. */
const PORT = 443;

type Direction = 'inbound' | 'outbound';

/**
 * Can the host be talked to by somebody at `peer`? It runs, and its first interface, the one it serves on, lets
 * traffic in from there and out to there.
 */
export function isServing(network: NetworkState, instance: string, peer: string): boolean {
  const [first] = network.interfaces.get(instance) ?? [];
  if (network.instances.get(instance) !== 'running' || first === undefined) return false;
  return lets(network, first, { direction: 'inbound', peer }) && lets(network, first, { direction: 'outbound', peer });
}

/** Can one host open a connection to another, from any of its interfaces to any of the other's? Both have to run. */
export function canConnect(network: NetworkState, from: string, to: string): boolean {
  if (network.instances.get(from) !== 'running' || network.instances.get(to) !== 'running') return false;
  return (network.interfaces.get(from) ?? []).some((source) =>
    (network.interfaces.get(to) ?? []).some(
      (target) =>
        lets(network, source, { direction: 'outbound', peer: target.address }) &&
        lets(network, target, { direction: 'inbound', peer: source.address }),
    ),
  );
}

interface Packet {
  readonly direction: Direction;
  readonly peer: string;
}

/** Security groups let through what any rule of any group names; a network ACL, in front, what its first match says. */
function lets(network: NetworkState, at: InterfaceState, packet: Packet): boolean {
  const rules = at.groups.flatMap((id) => network.groups.get(id)?.[packet.direction] ?? []);
  if (!rules.some((rule) => covers(rule, packet.peer))) return false;
  const egress = packet.direction === 'outbound';
  const entries = network.acls.get(at.subnet)?.entries ?? [];
  const first = entries.find((entry) => entry.Egress === egress && includes(entry.CidrBlock, packet.peer));
  return first?.RuleAction === 'allow';
}

function covers(rule: IpPermission, peer: string): boolean {
  const anyPort = rule.IpProtocol === '-1' || rule.FromPort === undefined;
  if (!anyPort && !((rule.FromPort ?? 0) <= PORT && PORT <= (rule.ToPort ?? 65_535))) return false;
  return (rule.IpRanges ?? []).some((range) => includes(range.CidrIp, peer));
}

const blocks = new Map<string, BlockList>();

function includes(cidr: string | undefined, address: string): boolean {
  if (cidr === undefined) return false;
  let block = blocks.get(cidr);
  if (block === undefined) {
    const [network = '', bits = '32'] = cidr.split('/');
    block = new BlockList();
    block.addSubnet(network, Number(bits));
    blocks.set(cidr, block);
  }
  return block.check(address);
}
