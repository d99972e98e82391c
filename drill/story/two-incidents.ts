import type { IncidentStatus } from '../../model/incident.ts';
import { compareWorlds, readWorld } from '../scenario/world-state.ts';
import { audited } from './audited.ts';
import { isolationOf } from './emulator.ts';
import type { Check, PartResult, Story } from './part.ts';
import { command, partResult, quietly, statusOf, waitFor } from './part.ts';

/** One of the two: its story, the gateway it is after, and its hosts. */
interface Side {
  readonly story: Story;
  readonly gateway: string;
}

/** Two incidents at once, on the same desktops and on one gateway each: either gateway may go, and not both. */
export async function twoIncidents(story: Story): Promise<readonly PartResult[]> {
  const north: Side = { story, gateway: 'gateway-north' };
  const south: Side = { story: { ...story, incident: 'INC-43' }, gateway: 'gateway-south' };
  const opened = await bothStart(story, [north, south]);
  const { part, first, second } = await oneContains(story, [north, south]);
  const shared = await firstLeaves(first, second);
  const last = await lastLeaves(second);
  return [opened, part, shared, last, await audited(north.story, 5), await audited(south.story, 6)];
}

const reason = ['--reason', 'beaconing, tickets 881 and 882'];

async function plan({ story, gateway }: Side): Promise<number> {
  const file = `${story.incident}.plan.json`;
  const parameters = ['-p', 'compromised=call-centre-vdi', '-p', `gateway=${gateway}`, '-o', file];
  return (await command(story, 'ada', ['plan', 'playbooks/intrusion.yaml', ...parameters])).code;
}

async function start({ story }: Side): Promise<number> {
  const { incident } = story;
  const args = ['start', `${incident}.plan.json`, '--incident', incident, '--confirm', incident, ...reason];
  return (await command(story, 'ada', args)).code;
}

async function approve({ story }: Side, gate: string): Promise<number> {
  await waitFor(story, ({ gates }) => gates.some(({ id, state }) => id === gate && state === 'open'));
  let codes = 0;
  for (const who of ['cy', 'bo']) {
    codes += (await quietly(story, who, ['approve', story.incident, '--gate', gate, '--yes', ...reason])).code;
  }
  return codes;
}

/** Planned before either has acted: each plan keeps the floor, and each is signed. */
async function bothStart(story: Story, sides: readonly Side[]): Promise<PartResult> {
  story.screen.title('1  Two leads, two incidents, the same desktops');
  const planned = [];
  for (const side of sides) planned.push(await plan(side));
  const started = [];
  for (const side of sides) started.push(await start(side));
  const approved = await Promise.all(sides.map(async (side) => await approve(side, 'desktops')));
  const zero = (codes: readonly number[]): boolean => codes.every((code) => code === 0);
  return partResult(
    'opened',
    [
      { promise: 'each plan keeps the floor by itself', measured: `exits ${planned.join(', ')}`, ok: zero(planned) },
      { promise: 'both start', measured: `exits ${started.join(', ')}`, ok: zero(started) },
      { promise: 'both are approved', measured: `exits ${approved.join(', ')}`, ok: zero(approved) },
    ],
    {},
  );
}

function hostsOf({ company }: Story, system: string): readonly string[] {
  return company.world.instances.get(system) ?? [];
}

async function isolated({ company, ...story }: Story, system: string): Promise<string> {
  const hosts = hostsOf({ company, ...story }, system);
  return `${(await isolationOf(company.stack.moto.url, hosts)).isolated} of ${hosts.length}`;
}

/** Calls that move interfaces, counted at the proxy. */
function moves({ company }: Story): number {
  return company.stack.proxy.counts().byAction['ec2:ModifyNetworkInterfaceAttribute'] ?? 0;
}

async function tillsCheck(story: Story): Promise<Check> {
  await story.observer.wholeRound();
  const breaches = story.observer.report().services.flatMap((service) => (service.protected ? service.breaches : []));
  return { promise: 'no till stopped', measured: `${breaches.length} breaches`, ok: breaches.length === 0 };
}

/** Contained, or holding: for a moment after a resume the phase still says so, but nothing holds it. */
const isSettled = ({ phase, hold }: IncidentStatus): boolean =>
  phase === 'contained' || (phase === 'holding' && hold !== undefined);

/** Both gateways are approved at once: one incident gets its own, the other holds before its first call. */
async function oneContains(
  story: Story,
  sides: readonly [Side, Side],
): Promise<{ readonly part: PartResult; readonly first: Side; readonly second: Side }> {
  story.screen.title('2  Both gateways at once: either may go, and not both');
  await Promise.all(sides.map(async (side) => await approve(side, 'gateway')));
  const statuses = await Promise.all(sides.map(async (side) => await waitFor(side.story, isSettled)));
  story.screen.settle();
  const isFirst = statuses[0]?.phase === 'contained';
  const [first, second] = isFirst ? sides : [sides[1], sides[0]];
  const held = await statusOf(second.story);
  const [taken, spared] = [await isolated(story, first.gateway), await isolated(story, second.gateway)];
  const desktops = await isolated(story, 'call-centre-vdi');
  const moved = moves(story);
  const checks: Check[] = [
    {
      promise: 'one contains, the other holds',
      measured: statuses.map(({ phase }) => phase).join(', '),
      ok:
        statuses
          .map(({ phase }) => phase)
          .toSorted()
          .join() === 'contained,holding',
    },
    {
      promise: 'it says why, and because of whom',
      measured: held.hold?.detail ?? 'nothing',
      ok: held.hold?.cause === 'guard' && held.hold.detail.includes(first.story.incident),
    },
    { promise: 'one gateway is cut off', measured: taken, ok: taken === '2 of 2' },
    { promise: 'the other is not touched', measured: spared, ok: spared === '0 of 2' },
    { promise: 'the desktops are, for both', measured: desktops, ok: desktops === '3 of 3' },
    { promise: 'nothing is done twice', measured: `${moved} moves of 5 interfaces`, ok: moved === 10 },
    await tillsCheck(story),
  ];
  return { part: partResult('contained', checks, { first: first.story.incident }), first, second };
}

async function released({ story }: Side): Promise<IncidentStatus> {
  await command(story, 'ada', ['release', story.incident, '--yes', '--reason', 'cleaned']);
  const status = await waitFor(story, ({ phase }) => phase === 'closed' || phase === 'holding');
  story.screen.settle();
  return status;
}

/** The first one out gives its gateway back, and leaves the desktops to the other. */
async function firstLeaves(first: Side, second: Side): Promise<PartResult> {
  const { story } = first;
  story.screen.title('3  The first one out keeps the desktops contained, for the other');
  const status = await released(first);
  const [gateway, desktops] = [await isolated(story, first.gateway), await isolated(story, 'call-centre-vdi')];
  const kept = status.exceptions.filter((one) => one.status === 'shared');
  return partResult(
    'shared',
    [
      { promise: 'it closes', measured: status.phase, ok: status.phase === 'closed' },
      { promise: 'its gateway is back', measured: `${gateway} isolated`, ok: gateway === '0 of 2' },
      { promise: 'the desktops stay contained', measured: desktops, ok: desktops === '3 of 3' },
      {
        promise: 'and people are told for whom',
        measured: kept[0]?.detail ?? 'nothing',
        ok: kept.length === 3 && kept.every(({ detail }) => detail?.includes(second.story.incident) === true),
      },
      await tillsCheck(story),
    ],
    { kept: kept.length },
  );
}

/** The second goes on where it held, and as the last one out gives everything back. */
async function lastLeaves(second: Side): Promise<PartResult> {
  const { story } = second;
  story.screen.title('4  The second goes on, and the last one out gives back');
  await command(story, 'ada', ['resume', story.incident, '--yes', '--reason', 'the other gateway is back']);
  const contained = await waitFor(story, isSettled);
  const gateway = await isolated(story, second.gateway);
  const tills = await tillsCheck(story);
  const status = await released(second);
  const differences = compareWorlds(story.before, await readWorld(story.company.stack.moto.url));
  for (const difference of differences.slice(0, 10)) story.screen.say(`  left different: ${difference}`);
  return partResult(
    'released',
    [
      { promise: 'now its gateway goes', measured: `${contained.phase}, ${gateway}`, ok: gateway === '2 of 2' },
      tills,
      {
        promise: 'it closes, with nothing left over',
        measured: `${status.phase}, ${status.exceptions.length} exceptions`,
        ok: status.phase === 'closed' && status.exceptions.length === 0,
      },
      {
        promise: 'everything exactly as before',
        measured: `${differences.length} differences`,
        ok: differences.length === 0,
      },
    ],
    { differences },
  );
}
