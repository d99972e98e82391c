import { describe, expect, it } from 'vitest';
import type { IncidentStatus, Phase } from '../../../model/incident.ts';
import type { Roster } from '../../../model/plan.ts';
import type { Context } from '../../../cli/context.ts';
import { nodeContext } from '../../../cli/node-context.ts';
import { buildProgram } from '../../../cli/program.ts';
import { newEntries } from '../../../cli/incident/follow.ts';
import { length } from '../../../cli/incident/length.ts';
import { runCli } from '../fake-context.ts';
import { fakeServer, noPoller, sampleStatus } from './fake-incident.ts';
import { samplePlan } from './sample-plan.ts';

const roster: Roster = { people: [], allowedSigners: '', authority: {} };
const plan = samplePlan(roster);
const exception = { at: '', stage: 'cut-off', target: 'i-1', status: 'gone', detail: 'terminated\u001b[2J' } as const;

/** A server whose incident stands otherwise at each look; the last stays. */
function changing(statuses: readonly (Partial<IncidentStatus> | Error)[]): ReturnType<typeof fakeServer> {
  let looks = 0;
  const status = (): IncidentStatus => {
    const now = statuses[Math.min(looks, statuses.length - 1)];
    looks += 1;
    if (now instanceof Error) throw now;
    return sampleStatus(plan, now);
  };
  return fakeServer({ status, plan });
}

describe('status', () => {
  it('shows stages, services, gates and the next step, at 80 columns', async () => {
    const ran = await runCli(['status', 'INC-42'], { server: changing([{}]).server });
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toMatchInlineSnapshot(`
      "INC-42 intrusion: waiting   13:02:00 +00:00, 2 m since start by ada@example.org
        credentials  done            2/2 verified  ████████████████████
        cut-off      waits          0/24 verified  ░░░░░░░░░░░░░░░░░░░░
        evidence     next           0/24 verified  ░░░░░░░░░░░░░░░░░░░░

        store-tills    100% normal  floor 95% degraded, holds  ██████████
        call-centre      0% down    no floor                   ░░░░░░░░░░

        gate cut-off (K7M2QX) waits for 1 platform, denied in 7 m 41 s

        13:01:00  waiting    gate cut-off is open
        13:00:20  verified   credentials, wave 1: denied
        13:00:05  acting     start accepted

      Next: firedoor approve INC-42 --gate cut-off --reason "…" (1 platform)
      "
    `);
    expect(Math.max(...ran.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('shows a hold, exceptions, and tiers while releasing, with nothing that steers the terminal', async () => {
    const held: Partial<IncidentStatus> = {
      phase: 'holding',
      gates: [],
      standings: [],
      timeline: [],
      hold: { since: '', cause: 'aws', detail: 'FD-401 AWS refused at i-0ab1; 17 done, 6 not reached' },
      exceptions: [exception],
      tiers: [{ name: 'identity', state: 'probing', targets: 3, released: 3 }],
    };
    const ran = await runCli(['status', 'INC-42', '--plain'], { server: changing([held]).server });
    expect(ran.stdout).toMatchInlineSnapshot(`
      "INC-42 intrusion: holding   13:02:00 +00:00, 2 m since start by ada@example.org
        credentials  done            2/2 verified
        cut-off      next           0/24 verified
        evidence     next           0/24 verified

        identity  probing         3/3 given back

        holds: FD-401 AWS refused at i-0ab1; 17 done, 6 not reached

      1 target not as planned
        i-1 in cut-off: gone, terminated\\u001b[2J

      Next: firedoor resume INC-42 --reason "…" (or skip, abort, release)
      "
    `);
    expect(ran.stdout).not.toContain('\u001b');
  });

  it('is the status document as JSON, and draws no bars when piped', async () => {
    const json = await runCli(['status', 'INC-42', '--json'], { server: changing([{}]).server });
    expect(JSON.parse(json.stdout)).toEqual(sampleStatus(plan));
    const piped = await runCli(['status', 'INC-42'], { server: changing([{}]).server, isTTY: false });
    expect(piped.stdout).not.toMatch(/[█░]/);
  });

  it.each([
    ['planning', 'firedoor watch INC-42'],
    ['acting', 'firedoor watch INC-42'],
    ['holding', 'firedoor resume INC-42 --reason "…" (or skip, abort, release)'],
    ['contained', 'firedoor release INC-42 --reason "…"'],
    ['closed', 'firedoor audit export INC-42 -o INC-42.json'],
  ] as const)('ends %s with: %s', async (phase: Phase, next) => {
    const ran = await runCli(['status', 'INC-42'], { server: changing([{ phase, gates: [] }]).server });
    expect(ran.stdout.trimEnd().split('\n').at(-1)).toBe(`Next: ${next}`);
  });

  it('says that nobody answers, or that there is no such incident', async () => {
    const nobody = await runCli(['status', 'INC-42'], { server: changing([noPoller()]).server });
    expect(nobody).toMatchObject({ exitCode: 1, stdout: '' });
    expect(nobody.stderr).toMatch(/^FD-502 No worker answers for INC-42 in namespace default\./);
    const absent = Object.assign(new Error('not found'), { name: 'WorkflowNotFoundError' });
    const none = await runCli(['status', 'INC-42'], { server: changing([absent]).server });
    expect(none).toMatchObject({ exitCode: 1 });
    expect(none.stderr).toContain('There is no INC-42 in namespace default');
    expect((await runCli(['status', 'inc 42'])).exitCode).toBe(2);
  });
});

describe('approvals', () => {
  it('says who is missing, until when, and how to sign', async () => {
    const ran = await runCli(['approvals', 'INC-42'], { server: changing([{}]).server });
    expect(ran.stdout).toMatchInlineSnapshot(`
      "INC-42 gate cut-off (K7M2QX): waits for 1 platform, denied in 7 m 41 s; signed by cy@example.org
        Next: firedoor approve INC-42 --gate cut-off --reason "…" (1 platform)
      "
    `);
    const none = await runCli(['approvals', 'INC-42'], { server: changing([{ gates: [] }]).server });
    expect(none.stdout).toBe('Nothing waits for anybody. Next: firedoor list\n');
  });
});

describe('wait', () => {
  const wait = async (statuses: readonly (Partial<IncidentStatus> | Error)[], timeout = '3s') =>
    await runCli(['wait', 'INC-42', '--for', 'phase=contained', '--timeout', timeout], {
      server: changing(statuses).server,
    });

  it('ends with 0 when the phase is there, over times without an answer', async () => {
    const ran = await wait([{ phase: 'acting' }, noPoller(), { phase: 'contained', gates: [] }]);
    expect(ran).toMatchObject({
      exitCode: 0,
      stdout: 'INC-42 is contained.\nNext: firedoor release INC-42 --reason "…"\n',
    });
  });

  it('ends with 5 where a person is awaited at the end of the time, and with 1 otherwise', async () => {
    const person = await wait([{}]);
    expect(person.exitCode).toBe(5);
    expect(person.stdout).toContain('INC-42 is waiting after 3 s; gate cut-off waits for 1 platform.');
    const hold = { since: '', cause: 'aws', detail: 'FD-401 AWS refused at i-0ab1' } as const;
    const held = await wait([{ phase: 'holding', gates: [], hold }]);
    expect(held.exitCode).toBe(5);
    expect(held.stdout).toContain('INC-42 is holding after 3 s; it holds: FD-401 AWS refused at i-0ab1.');
    expect((await wait([{ phase: 'acting', gates: [] }])).exitCode).toBe(1);
    expect(await wait([{ phase: 'closed', gates: [] }])).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('goes no further') as string }); // prettier-ignore
    expect(await wait([noPoller()])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('FD-502') as string,
    });
  });

  it('takes phases there are, and lengths as people type them', async () => {
    const ran = await runCli(['wait', 'INC-42', '--for', 'phase=conained'], { server: changing([{}]).server });
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain('expected phase=… of planning, waiting');
    expect(['90s', '30m', '2h', 'PT1M30S'].map((text) => length.parse(text))).toEqual([90_000, 1_800_000, 7_200_000, 90_000]); // prettier-ignore
    expect(['30', '', '1.5h', 'soon'].map((text) => length.safeParse(text).success)).toEqual([false, false, false, false]); // prettier-ignore
  });
});

describe('watch', () => {
  const event = (what: string) => ({ at: '2025-04-22T13:01:30.000Z', what, detail: 'x' });
  const story: readonly (Partial<IncidentStatus> | Error)[] = [
    { phase: 'acting', gates: [], timeline: [event('acting')] },
    { phase: 'acting', gates: [], timeline: [event('acting'), event('verified')] },
    noPoller(),
    { phase: 'closed', gates: [], timeline: [event('verified'), event('released'), event('closed')] },
  ];

  it('piped is one line an event, each once, and ends with the incident: exit 0', async () => {
    const ran = await runCli(['watch', 'INC-42'], { server: changing(story).server, isTTY: false });
    expect(ran).toMatchObject({ exitCode: 0, stderr: 'No answer just now. Trying again.\n' });
    expect(ran.stdout).toMatchInlineSnapshot(`
      "INC-42 intrusion, times at +00:00
      13:01:30  acting     x
      13:01:30  verified   x
      13:01:30  released   x
      13:01:30  closed     x
      INC-42 is closed. Next: firedoor audit export INC-42 -o INC-42.json
      "
    `);
  });

  it('--jsonl is one document an event', async () => {
    const ran = await runCli(['watch', 'INC-42', '--jsonl'], { server: changing(story).server });
    const events = ran.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { schema: string; what: string });
    expect(events.map(({ what }) => what)).toEqual(['acting', 'verified', 'released', 'closed']);
    expect(new Set(events.map(({ schema }) => schema))).toEqual(new Set(['firedoor/event/v1']));
  });

  it('on a terminal redraws one screen, and leaves the last', async () => {
    const ran = await runCli(['watch', 'INC-42'], { server: changing(story).server });
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain('\u001b[');
    expect(ran.stdout).toContain('^C detach');
    expect(ran.stdout).toContain('INC-42 intrusion: closed');
  });

  it('ends with 3 where targets did not come out as planned, and with 7 for a stale start', async () => {
    const exceptions = changing([{ phase: 'closed', exceptions: [exception] }]);
    expect((await runCli(['watch', 'INC-42', '--plain'], { server: exceptions.server })).exitCode).toBe(3);
    const stale = changing([{ phase: 'rejected', rejection: { kind: 'stale', refusals: [], differences: ['x'] } }]);
    expect((await runCli(['watch', 'INC-42', '--plain'], { server: stale.server })).exitCode).toBe(7);
  });

  it('Ctrl-C detaches, even from a look that hangs, and says how to come back: exit 130', async () => {
    const said: string[] = [];
    let press = (): void => undefined;
    let looks = 0;
    const status = (): IncidentStatus => {
      looks += 1;
      if (looks === 2) queueMicrotask(() => press());
      return sampleStatus(plan, { phase: 'acting' });
    };
    const sink = { isTTY: false, columns: undefined, write: (text: string) => void said.push(text) };
    let listens = 0;
    const context: Context = {
      ...nodeContext(),
      stdout: sink,
      stderr: sink,
      sleep: async () => await Promise.resolve(),
      onInterrupt: (handler) => {
        press = handler;
        listens += 1;
        return () => void (listens -= 1);
      },
      connect: async () => await Promise.resolve(fakeServer({ status, plan }).server),
    };
    expect(await buildProgram(context).run(['watch', 'INC-42'])).toBe(130);
    expect(said.at(-1)).toBe('Detached. INC-42 keeps running. Back: firedoor watch INC-42\n');
    expect(listens).toBe(0);
  });

  it('follows a timeline that keeps only its newest entries', () => {
    const [a, b, c] = [event('a'), event('b'), event('c')];
    expect(newEntries([a, b], undefined)).toEqual([a, b]);
    expect(newEntries([a, b, c], b)).toEqual([c]);
    expect(newEntries([b, c], a)).toEqual([b, c]);
    expect(newEntries([a, b], b)).toEqual([]);
  });
});
