import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderPlanFile } from '../../../documents/plan-file.ts';
import { readDecision } from '../../../model/decision.ts';
import type { IncidentStatus, Rejection } from '../../../model/incident.ts';
import type { Plan, PlanFile } from '../../../model/plan.ts';
import type { IncidentInput } from '../../../workflows/messages.ts';
import type { Keys } from '../decision/keys.ts';
import { makeKeys } from '../decision/keys.ts';
import type { FakeOutside, Outcome } from '../fake-context.ts';
import { runCli } from '../fake-context.ts';
import type { FakeIncident, Received } from './fake-incident.ts';
import { fakeServer, noPoller, sampleStatus } from './fake-incident.ts';
import { samplePlan, samplePlanFile, withoutWaves } from './sample-plan.ts';

let keys: Keys;
let plan: Plan;
beforeAll(async () => {
  keys = await makeKeys();
  plan = samplePlan(keys.roster, withoutWaves);
});
afterAll(async () => await keys.remove());

interface Run {
  readonly flags?: readonly string[];
  readonly file?: Partial<PlanFile>;
  readonly incident?: Partial<FakeIncident>;
  readonly outside?: FakeOutside;
}

async function start({ flags = ['--confirm', 'INC-42'], file, incident, outside }: Run): Promise<Outcome & Received> {
  const { server, received } = fakeServer({ status: sampleStatus(plan, { phase: 'acting', gates: [] }), ...incident });
  const argv = ['start', 'plan.json', '--incident', 'INC-42', '--reason', 'VDI beaconing', ...flags];
  const ran = await runCli(argv, {
    server,
    env: { FIREDOOR_SIGN_WITH: keys.file('ada@example.org') },
    files: { 'plan.json': renderPlanFile(samplePlanFile(plan, file)) },
    ...outside,
  });
  return { ...ran, ...received };
}

function rejected(rejection: Partial<Rejection> & Pick<Rejection, 'kind'>): IncidentStatus {
  return sampleStatus(plan, { phase: 'rejected', rejection: { refusals: [], differences: [], ...rejection } });
}

describe('start', () => {
  it('shows what is done, takes the incident typed, signs, starts the workflow, and ends with the next step', async () => {
    const ran = await start({ flags: [], outside: { answers: ['INC-42'] } });
    expect(ran.exitCode).toBe(0);
    expect(ran.stderr.replace(/SHA256:\S+/g, 'SHA256:Zk3…)').replace(/sha256:\S+/g, 'sha256:9c41…e07b'))
      .toMatchInlineSnapshot(`
        "INC-42: intrusion on retail, plan sha256:9c41…e07b
          credentials: deny 0 principals; release puts them back exactly; runs on this
              signature
          cut-off: isolate 0 hosts; release puts them back exactly; waits for 1 ir-lead
              and 1 platform within 10 m, not you
          evidence: snapshot 0 hosts; kept after release; runs on this signature
          then store-tills stays as it is, funeral-arrangement works by hand and
              call-centre stops
          takes 2 m 47 s at least, by AWS rate limits; back again 9 m after you say so,
              at the earliest
        You sign as ada@example.org with ada@example.org (SHA256:Zk3…)
        Type INC-42 to go on: 
        "
      `);
    expect(ran.stdout).toMatchInlineSnapshot(`
      "INC-42 started by ada@example.org. It is acting.
      Next: firedoor watch INC-42
      "
    `);
    const [{ type, options }] = ran.starts as [Received['starts'][number]];
    expect({ type, ...options }).toMatchObject({
      type: 'incident',
      workflowId: 'firedoor/INC-42',
      taskQueue: 'firedoor',
      workflowIdConflictPolicy: 'FAIL',
      staticSummary: 'INC-42: intrusion on retail',
    });
    const [input] = options['args'] as [IncidentInput];
    expect(input).toMatchObject({
      incident: 'INC-42',
      plan: plan.digest,
      request: { parameters: { compromised: ['directory'] }, except: [], narrow: ['credentials'] },
    });
    const read = readDecision(input.start.document);
    expect(read).toMatchObject({ ok: true, decision: { verb: 'start', by: 'ada@example.org', plan: plan.digest } });
    expect(read.ok && Object.keys(read.decision)).not.toContain('start');
  });

  const unfit: readonly [what: string, expected: { file: Partial<PlanFile>; exitCode: number; words: string }][] = [
    ['an offline plan', { file: { offline: true }, exitCode: 2, words: 'was planned offline' }],
    ['a plan past its time', { file: { startBy: '2025-04-22T13:01:59.000Z' }, exitCode: 7, words: 'to be started by 13:01' }], // prettier-ignore
  ];
  it.each(unfit)('refuses %s before it connects', async (_what, { file, exitCode, words }) => {
    const ran = await start({ file });
    expect({ exitCode: ran.exitCode, starts: ran.starts.length }).toEqual({ exitCode, starts: 0 });
    expect(ran.stderr).toContain(words);
  });

  it('refuses a plan file that was changed', async () => {
    const header = { ...plan.header, atLeastMs: 1 };
    const ran = await start({ file: { plan: { ...plan, header } } });
    expect({ exitCode: ran.exitCode, starts: ran.starts.length }).toEqual({ exitCode: 2, starts: 0 });
    expect(ran.stderr).toContain('plan.header: found sha256:');
  });

  it('is severe: --yes does not answer it, another id does not, and without a terminal it names --confirm', async () => {
    const yes = await start({ flags: ['--yes'] });
    expect({ exitCode: yes.exitCode, starts: yes.starts.length }).toEqual({ exitCode: 2, starts: 0 });
    expect(yes.stderr).toContain('--confirm INC-42');
    const other = await start({ flags: ['--confirm', 'INC-43'] });
    expect({ exitCode: other.exitCode, starts: other.starts.length }).toEqual({ exitCode: 2, starts: 0 });
    const typed = await start({ flags: [], outside: { answers: ['INC-4'] } });
    expect({ exitCode: typed.exitCode, starts: typed.starts.length }).toEqual({ exitCode: 1, starts: 0 });
  });

  it('with --dry-run signs and starts nothing', async () => {
    const ran = await start({ flags: ['--dry-run', '--json'] });
    expect({ exitCode: ran.exitCode, starts: ran.starts.length }).toEqual({ exitCode: 0, starts: 0 });
    expect(JSON.parse(ran.stdout)).toMatchObject({ schema: 'firedoor/decision-draft/v1', decision: { verb: 'start' } });
  });

  it('says that the incident runs already, or ran before; a rejected start frees its id', async () => {
    const running = await start({ incident: { described: { name: 'RUNNING', phase: 'acting' } } });
    expect(running).toMatchObject({ exitCode: 1, starts: [] });
    expect(running.stderr).toContain('INC-42 is running already; nothing was started.');
    const closed = await start({ incident: { described: { name: 'COMPLETED', phase: 'closed' } } });
    expect(closed.stderr).toContain('INC-42 was carried out before; nothing was started.');
    const again = await start({ incident: { described: { name: 'COMPLETED', phase: 'planning' } } });
    expect(again).toMatchObject({ exitCode: 0, starts: [{ type: 'incident' }] });
    const raced = Object.assign(new Error('started'), { name: 'WorkflowExecutionAlreadyStartedError' });
    expect((await start({ incident: { startFails: raced } })).stderr).toContain('is running already');
  });

  it('ends with 7 and the differences when stale, 6 when refused, 4 when denied', async () => {
    const stale = await start({ incident: { status: rejected({ kind: 'stale', differences: ['stage cut-off: 24 targets, now 25'] }) } }); // prettier-ignore
    expect(stale.exitCode).toBe(7);
    expect(stale.stderr).toContain('  stage cut-off: 24 targets, now 25\n');
    const refusal = { code: 'FD-201', message: 'stage cut-off would take store-tills below its floor.', facts: [], repairs: [] } as const; // prettier-ignore
    const refused = await start({ incident: { status: rejected({ kind: 'refused', refusals: [{ ...refusal, facts: [], repairs: [] }] }) } }); // prettier-ignore
    expect(refused.exitCode).toBe(6);
    expect(refused.stderr).toContain('FD-201 refused: stage cut-off would take store-tills below its floor.');
    const denied = await start({ incident: { status: rejected({ kind: 'denied', detail: 'ada@example.org: it has expired' }) } }); // prettier-ignore
    expect(denied.exitCode).toBe(4);
    expect(denied.stderr).toContain('FD-301 INC-42 was not started: ada@example.org: it has expired.');
  });

  it('waits for planning, and says FD-502 where no worker answers', async () => {
    let looks = 0;
    const status = (): IncidentStatus => {
      looks += 1;
      if (looks === 1) throw noPoller();
      return sampleStatus(plan, { phase: looks < 4 ? 'planning' : 'waiting' });
    };
    const ran = await start({ incident: { status } });
    expect({ exitCode: ran.exitCode, looks }).toEqual({ exitCode: 0, looks: 4 });
    const nobody = await start({
      incident: {
        status: () => {
          throw noPoller();
        },
      },
    });
    expect(nobody.exitCode).toBe(1);
    expect(nobody.stderr).toContain('FD-502 INC-42 is recorded and begins as soon as a worker listens.');
  });

  it('says exit 4 for a key that nobody has, before anything is started', async () => {
    const ran = await start({ outside: { env: { FIREDOOR_SIGN_WITH: keys.file('stranger') }, files: { 'plan.json': renderPlanFile(samplePlanFile(plan)) } } }); // prettier-ignore
    expect({ exitCode: ran.exitCode, starts: ran.starts.length }).toEqual({ exitCode: 4, starts: 0 });
    expect(ran.stderr).toContain("Nobody in the estate's allowed_signers has the key");
  });
});
