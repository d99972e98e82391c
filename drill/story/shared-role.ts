import type { Credentials } from '../scenario/aws-clients.ts';
import { takeHostSession, tryHostSession } from '../scenario/host-session.ts';
import { compareWorlds, readWorld } from '../scenario/world-state.ts';
import { audited } from './audited.ts';
import type { Check, PartResult, Story } from './part.ts';
import { command, partResult, quietly, waitFor } from './part.ts';
import { planned, startedAndApproved } from './steps.ts';

/** Credentials that hosts had before anything happened. */
interface Sessions {
  /** Stolen by the attacker, of each desktop. */
  readonly stolen: readonly Credentials[];
  /** In good hands, of each till gateway. */
  readonly tills: readonly Credentials[];
}

/** Desktops and tills run with one role: it is taken from the desktops alone. */
export async function sharedRole(story: Story): Promise<readonly PartResult[]> {
  const sessions = {
    stolen: await sessionsOf(story, 'call-centre-vdi'),
    tills: await sessionsOf(story, 'till-gateway'),
  };
  const { part, flags } = await refusedWhole(story);
  const contained = await narrowed(story, sessions, flags);
  const released = await givenBack(story, sessions);
  return [part, contained, released, await audited(story, 4)];
}

async function sessionsOf({ company: { world, stack } }: Story, system: string): Promise<readonly Credentials[]> {
  const hosts = world.instances.get(system) ?? [];
  const take = async (host: string) => await takeHostSession(world, stack.proxy.url, { host, role: 'fleet' });
  return await Promise.all(hosts.map(take));
}

/** Every answer that a set of sessions gets, each once. */
async function answersTo({ company }: Story, sessions: readonly Credentials[]): Promise<readonly string[]> {
  const answers = await Promise.all(
    sessions.map(async (session) => await tryHostSession(company.stack.proxy.url, session)),
  );
  return [...new Set(answers)].toSorted();
}

interface Document {
  readonly refusals?: readonly { readonly code: string; readonly repairs: readonly { readonly flags?: string }[] }[];
}

/** The role whole would stop the tills, which the estate file doesn't know; the refusal says what would be narrower. */
async function refusedWhole(story: Story): Promise<{ readonly part: PartResult; readonly flags: readonly string[] }> {
  const { company, screen } = story;
  screen.title('1  Take the role of the desktops away');
  const code = await planned(story, 'intrusion');
  const args = ['plan', 'playbooks/intrusion.yaml', '-p', 'compromised=call-centre-vdi', '--json'];
  const { refusals = [] } = JSON.parse((await quietly(story, 'ada', args)).out) as Document;
  const floor = refusals.find((refusal) => refusal.code === 'FD-201');
  const flags = floor?.repairs[0]?.flags ?? '';
  const mutating = company.stack.proxy.counts().mutating;
  const part = partResult(
    'refused',
    [
      { promise: 'refused with exit 6', measured: `exit ${code}`, ok: code === 6 && floor !== undefined },
      { promise: 'it proposes the narrower action', measured: flags, ok: flags === '--narrow credentials' },
      { promise: 'planning changes nothing', measured: `${mutating} mutating calls`, ok: mutating === 0 },
    ],
    { exit: code, flags },
  );
  return { part, flags: flags.split(' ').filter((word) => word !== '') };
}

/** The same playbook, narrowed as proposed: the stolen sessions are refused, and no till notices. */
async function narrowed(story: Story, { stolen, tills }: Sessions, flags: readonly string[]): Promise<PartResult> {
  const { screen } = story;
  screen.title('2  The same, from the desktops alone');
  const before = await answersTo(story, [...stolen, ...tills]);
  const code = await planned(story, 'intrusion', [...flags, '-o', 'plan.json']);
  const opened = await startedAndApproved(story, 'cut-off');
  const status = await waitFor(story, ({ phase }) => phase === 'contained' || phase === 'holding');
  screen.settle();
  const [denied, working] = [await answersTo(story, stolen), await answersTo(story, tills)];
  const stages = status.stages.map(({ name, action }) => `${name} ${action}`);
  const checks: Check[] = [
    { promise: 'all sessions worked before', measured: before.join(', '), ok: before.join() === 'works' },
    { promise: 'the plan is accepted', measured: `exit ${code}`, ok: code === 0 },
    ...opened,
    { promise: 'every stage done', measured: status.phase, ok: status.phase === 'contained' },
    {
      promise: 'by the sessions of single hosts',
      measured: stages.join('; '),
      ok: stages[0] === 'credentials-sessions aws.iam.denySession',
    },
    {
      promise: 'what was stolen is refused',
      measured: denied.join(', '),
      ok: denied.join() === 'UnauthorizedOperation',
    },
    { promise: 'the tills keep the same role', measured: working.join(', '), ok: working.join() === 'works' },
    await tillsCheck(story),
  ];
  return partResult('contained', checks, { stages });
}

async function tillsCheck(story: Story): Promise<Check> {
  await story.observer.wholeRound();
  const breaches = story.observer.report().services.flatMap((service) => (service.protected ? service.breaches : []));
  return { promise: 'no till stopped', measured: `${breaches.length} breaches`, ok: breaches.length === 0 };
}

/** Everything is given back, and the role is to the letter what it was. */
async function givenBack(story: Story, { stolen }: Sessions): Promise<PartResult> {
  const { company, screen, incident } = story;
  screen.title('3  The desktops are rebuilt: give it back');
  const release = await command(story, 'ada', ['release', incident, '--yes', '--reason', 'images rebuilt']);
  const status = await waitFor(story, ({ phase }) => phase === 'closed' || phase === 'holding', { timeoutMs: 240_000 });
  screen.settle();
  const differences = compareWorlds(story.before, await readWorld(company.stack.moto.url));
  const answers = await answersTo(story, stolen);
  return partResult(
    'released',
    [
      { promise: 'released by signature', measured: `exit ${release.code}`, ok: release.code === 0 },
      { promise: 'closed', measured: status.phase, ok: status.phase === 'closed' },
      {
        promise: 'everything exactly as before',
        measured: `${differences.length} differences`,
        ok: differences.length === 0,
      },
      { promise: 'the desktops have their role again', measured: answers.join(', '), ok: answers.join() === 'works' },
      await tillsCheck(story),
    ],
    { differences },
  );
}
