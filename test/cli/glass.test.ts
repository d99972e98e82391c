import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPlanFile, renderPlanFile } from '../../documents/plan-file.ts';
import { readDecision } from '../../model/decision.ts';
import type { GateStatus, IncidentStatus } from '../../model/incident.ts';
import type { Plan, PlanHeader } from '../../model/plan.ts';
import type { IncidentInput } from '../../workflows/messages.ts';
import type { Keys } from './decision/keys.ts';
import { makeKeys } from './decision/keys.ts';
import type { FakeOutside, Outcome } from './fake-context.ts';
import { runCli } from './fake-context.ts';
import type { Received } from './incident/fake-incident.ts';
import { fakeServer, sampleStatus } from './incident/fake-incident.ts';
import { samplePlan, samplePlanFile, withoutWaves } from './incident/sample-plan.ts';
import { planningFiles } from './planning-files.ts';

const keepers = `people:
  - { id: fay@example.org, roles: [break-glass] }
  - { id: gil@example.org, roles: [break-glass] }
`;
const files: Readonly<Record<string, string>> = {
  ...planningFiles,
  'estate.yaml': planningFiles['estate.yaml']?.replace('people:\n', keepers) ?? '',
};

function stable(text: string): string {
  return text.replace(/SHA256:\S+…?/g, 'SHA256:Zk3…').replace(/sha256:[0-9a-f]{4}…[0-9a-f]{4}/g, 'sha256:9c41…e07b');
}

describe('plan --break-glass', () => {
  const gateway = [
    '-p',
    'compromised=till-gateway,directory',
    '--offline',
    '--estate',
    'estate.yaml',
    '--live',
    'live.json',
  ];
  const plan = async (...argv: readonly string[]): Promise<Outcome> =>
    await runCli(['plan', 'intrusion', ...gateway, ...argv], { files });

  it('is the last repair of a floor, where there are people for it', async () => {
    expect((await plan()).stdout.split('\n').slice(-7)).toMatchInlineSnapshot(`
      [
        "",
        "  Each of these was planned:",
        "  a  leave out till-gateway: store-tills stays normal",
        "     --except till-gateway",
        "  b  break glass for 3 d: 2 break-glass, a reason, a review: store-tills down",
        "     --break-glass store-tills",
        "",
      ]
    `);
  });

  it('shows what is given up before all else, who must sign first, and who reviews', async () => {
    const outcome = await plan('--break-glass', 'store-tills', '-o', 'plan.json');
    expect(outcome).toMatchObject({ exitCode: 0, stderr: '' });
    expect(stable(outcome.stdout)).toMatchInlineSnapshot(`
      "intrusion on retail               sha256:9c41…e07b, offline: it can't be started
      BREAKS GLASS: store-tills may fall to 0% normal, instead of 95% normal, until
          Fri 13:02

        stage        wave  what                        targets  undo   calls  at least
        credentials  1     deny directory-sync               1  exact      2       0 s
        cut-off      1     isolate till-gateway,             1  exact      2       0 s
                           canary
                     2-5   isolate till-gateway, vdi         7  exact     14       0 s
                           and directory

        service      floor       at worst  then
        call-centre  -            0% down  contained on purpose from credentials, wave
                                           1
        store-tills  95% normal   0% down  touched from cut-off, wave 2

        approvals   start/break-glass: 2 break-glass, within 30 m, else denied; not by
                    you
                    cut-off: 1 ir-lead and 1 platform, within 10 m, else denied; not
                    by you
        release     identity: 1 ir-lead, attest rebuilt-from-clean-image
        review      2 break-glass, before it can close; not by you
        back by     identity Fri 13:02, rest Fri 13:02
        touches     8 instances and 1 user in retail, eu-west-2
        takes       as long as AWS takes: no rate limit slows it
        back again  as soon as you say so
        not known   1 running instance that no system claims: i-0x1
                    how these fare, for want of a probe: store-tills
                    whether anybody is told of gates: only workers know

      Nothing was changed. Planned from files alone, so it can't be started.
      Next: the same without --offline, through a worker.
      "
    `);
    const read = readPlanFile('plan.json', new TextEncoder().encode(outcome.written['plan.json']));
    expect(read).toMatchObject({ ok: true, planFile: { plan: { header: { waivers: [{ service: 'store-tills' }] } } } });
  });

  it('takes the lowest share, mode and time from the command line', async () => {
    const asked = ['--break-glass', 'store-tills=12.5%:normal', '--until', 'P4D', '--json'];
    const outcome = await runCli(['plan', 'intrusion', ...gateway.map((word) => word.replace('till-gateway,', 'vdi,')), ...asked], { files }); // prettier-ignore
    const { plan: made } = JSON.parse(outcome.stdout) as { plan: Plan };
    expect(made.header.waivers).toEqual([
      { service: 'store-tills', floor: [{ mode: 'normal', share: 0.125 }], untilMs: 4 * 86_400_000 },
    ]);
  });

  it.each([
    [['--break-glass', 'store-tills=50'], 2, '--break-glass takes a service'],
    [['--break-glass', 'store-tills=101%:normal'], 2, '--break-glass takes a service'],
    [['--break-glass', 'store-tills/lifeline'], 2, '--break-glass takes a service'],
    [['--break-glass', 'store-tills', '--until', 'tomorrow'], 2, '--until takes a time since the start'],
    [['--until', 'PT4H'], 2, '--until goes with --break-glass'],
    [['--break-glass', 'tills'], 2, 'FD-102 refused: --break-glass names tills'],
    [['--break-glass', 'call-centre'], 6, 'FD-212 refused: no glass can be broken for call-centre.'],
    [['--break-glass', 'store-tills=1%:normal'], 6, 'FD-201 refused'],
    [['--break-glass', 'store-tills', '--until', 'PT1H'], 6, 'when      1 h after the start: its waiver ends;'],
  ])('%j ends with %i: %s', async (argv, exitCode, words) => {
    const outcome = await plan(...argv);
    expect(outcome.exitCode).toBe(exitCode);
    expect(outcome.stdout + outcome.stderr).toContain(words);
  });
});

let keys: Keys;
beforeAll(async () => {
  keys = await makeKeys();
});
afterAll(async () => await keys.remove());

/** The sample plan with a waiver; ada, who starts, and bo and cy may break glass. */
function waived(change: (header: PlanHeader) => PlanHeader = (header) => header): Plan {
  const people = keys.roster.people.map((each) => ({ ...each, roles: [...each.roles, 'break-glass'] }));
  const waivers = [
    { service: 'store-tills', floor: [{ share: 0.5, mode: 'degraded' as const }], untilMs: 4 * 3_600_000 },
  ];
  return samplePlan({ ...keys.roster, people }, (header) => change({ ...header, waivers }));
}

const gate = (id: string, parts: Partial<GateStatus> = {}): GateStatus => ({
  id,
  state: 'open',
  quorum: { 'break-glass': 2 },
  missing: { 'break-glass': 2 },
  missingAttestations: [],
  approvedBy: [],
  openedAt: '2025-04-22T13:00:00.000Z',
  code: 'K7M2QX',
  ...parts,
});

function statusOf(plan: Plan, change: Partial<IncidentStatus>): IncidentStatus {
  const waiver = { service: 'store-tills', floor: plan.header.waivers?.[0]?.floor ?? [], until: '2025-04-22T17:00:00.000Z', signedBy: [] }; // prettier-ignore
  return sampleStatus(plan, { waivers: [waiver], gates: [], ...change });
}

const because = ['--reason', 'stores can pay cash'];
const as = (person: string, outside: FakeOutside = {}): FakeOutside => {
  return { env: { FIREDOOR_SIGN_WITH: keys.file(`${person}@example.org`) }, ...outside };
};

describe('break-glass', () => {
  const asked = (plan: Plan): IncidentStatus =>
    statusOf(plan, { gates: [gate('start/break-glass', { deadline: '2025-04-22T13:30:00.000Z' })] });

  it('shows what is given up and until when, takes the incident typed, signs for its gate, and sends', async () => {
    const plan = waived();
    const { server, received } = fakeServer({ status: asked(plan), plan });
    const ran = await runCli(['break-glass', 'INC-42', ...because], as('cy', { server, answers: ['INC-42'] }));
    expect(ran.exitCode).toBe(0);
    expect(stable(ran.stderr)).toMatchInlineSnapshot(`
      "INC-42 waits for 2 break-glass, denied in 28 m. You are cy@example.org (ir-lead,
          break-glass).

      You sign for this and nothing else:
        plan sha256:9c41…e07b, gate start/break-glass
        BREAKS GLASS: store-tills may fall to 50% degraded, instead of 95% degraded,
            until 17:00 +00:00
        credentials: deny 2 principals, 2,000 hosts affected; release puts them back
            exactly
        cut-off: isolate 24 hosts of call-centre-vdi and directory; release puts them
            back exactly
        evidence: snapshot 24 hosts of call-centre-vdi and directory; kept after
            release
        then store-tills stays as it is, funeral-arrangement works by hand and
            call-centre stops
        when it ends, what still goes on below its own floor holds
        the incident can't close before 2 break-glass have signed a review
      Asked by ada@example.org, 13:00
      You sign as cy@example.org with cy@example.org (SHA256:Zk3…
      Type INC-42 to go on: 
      "
    `);
    expect(ran.stdout).toMatchInlineSnapshot(`
      "Signed for start/break-glass by cy@example.org. INC-42 is waiting.
      Next: firedoor break-glass INC-42 --reason "…" (2 break-glass)
      "
    `);
    expect(readDecision(received.decisions[0]?.document ?? '')).toMatchObject({
      ok: true,
      decision: { verb: 'break-glass', gate: 'start/break-glass', by: 'cy@example.org', reason: 'stores can pay cash' },
    });
  });

  it('is severe: --yes does not answer it, --confirm does; and its reason is required', async () => {
    const plan = waived();
    const { server, received } = fakeServer({ status: asked(plan), plan });
    const yes = await runCli(['break-glass', 'INC-42', ...because, '--yes'], as('cy', { server, isTTY: false }));
    expect(yes).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--confirm INC-42') as string });
    expect((await runCli(['break-glass', 'INC-42', '--confirm', 'INC-42'], as('cy', { server }))).exitCode).toBe(2);
    expect(received.decisions).toEqual([]);
    const confirmed = await runCli(['break-glass', 'INC-42', ...because, '--confirm', 'INC-42'], as('cy', { server }));
    expect(confirmed.exitCode).toBe(0);
    expect(received.decisions).toHaveLength(1);
  });

  it('is found by the code of its gate, and is not there in a plan that waives nothing', async () => {
    const plan = waived();
    const running = fakeServer({ status: asked(plan), plan });
    const found = await runCli(['break-glass', 'k7m2qx', ...because, '--confirm', 'INC-42'], as('cy', running));
    expect(found).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('K7M2QX is gate start/break-glass of INC-42.') as string }); // prettier-ignore
    const plain = samplePlan(keys.roster);
    const { server } = fakeServer({ status: sampleStatus(plain), plan: plain });
    const none = await runCli(['break-glass', 'INC-42', ...because, '--confirm', 'INC-42'], as('cy', { server }));
    expect(none).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('has no gate start/break-glass') as string }); // prettier-ignore
  });

  it('is not what approve signs for', async () => {
    const plan = waived();
    const { server, received } = fakeServer({ status: asked(plan), plan });
    const ran = await runCli(['approve', 'INC-42', ...because, '--yes'], as('cy', { server }));
    expect(ran).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('Nothing of the kind is open') as string }); // prettier-ignore
    expect(received.decisions).toEqual([]);
  });
});

describe('review', () => {
  it('shows what was waived and by whom, and signs for the gate the incident closes through', async () => {
    const plan = waived();
    const by = ['bo@example.org', 'cy@example.org'];
    const gates = [gate('start/break-glass', { state: 'met', missing: {}, approvedBy: by }), gate('close/review')];
    const status = statusOf(plan, { gates });
    const { server, received } = fakeServer({ status, plan });
    const ran = await runCli(['review', 'INC-42', '--reason', 'two stores shut'], as('cy', { server, answers: ['y'] }));
    expect(ran.exitCode).toBe(0);
    expect(stable(ran.stderr)).toMatchInlineSnapshot(`
      "INC-42 waits for 2 break-glass. You are cy@example.org (ir-lead, break-glass).

      You sign that you have looked into this:
        plan sha256:9c41…e07b
        BREAKS GLASS: store-tills may fall to 50% degraded, instead of 95% degraded,
            until 17:00 +00:00
        signed for by bo@example.org and cy@example.org; their reasons: firedoor
            status INC-42 --json
      Sign as cy@example.org with cy@example.org (SHA256:Zk3… [y/N] 
      "
    `);
    expect(readDecision(received.decisions[0]?.document ?? '')).toMatchObject({
      decision: { verb: 'review', gate: 'close/review' },
    });
  });
});

describe('waivers are loud', () => {
  const shown = async (change: Partial<IncidentStatus>): Promise<readonly string[]> => {
    const plan = waived();
    const { server } = fakeServer({ status: statusOf(plan, change), plan });
    return (await runCli(['status', 'INC-42', '--plain'], { server })).stdout.split('\n');
  };
  const by = (status: Partial<IncidentStatus['waivers'][number]>) => [
    { service: 'store-tills', floor: [{ share: 0.5, mode: 'degraded' as const }], until: '2025-04-22T17:00:00.000Z', signedBy: ['bo@example.org', 'cy@example.org'], ...status }, // prettier-ignore
  ];

  it('in a status and in a watch, before all else: asked for, broken, ended, its review open, reviewed', async () => {
    const asked = await shown({ gates: [gate('start/break-glass')] });
    const broken = await shown({ waivers: by({}), phase: 'acting' });
    const ended = await shown({ waivers: by({ until: '2025-04-22T13:00:00.000Z' }), phase: 'contained' });
    const open = await shown({ waivers: by({}), gates: [gate('close/review')] });
    const reviewed = await shown({ waivers: by({}), phase: 'closed', gates: [gate('close/review', { state: 'met', missing: {}, approvedBy: ['bo@example.org', 'cy@example.org'] })] }); // prettier-ignore
    expect([asked, broken, ended, open, reviewed].map((lines) => lines.slice(1, 4))).toMatchInlineSnapshot(`
      [
        [
          "  GLASS ASKED FOR: store-tills may fall to 50% degraded until 17:00, once it is",
          "      signed",
          "",
        ],
        [
          "  GLASS BROKEN: store-tills may fall to 50% degraded until 17:00, 3 h 58 m left,",
          "      by bo@example.org and cy@example.org",
          "",
        ],
        [
          "    ada@example.org",
          "  WAIVER ENDED 2 m ago: store-tills has its own floor again; it was waived by",
          "      bo@example.org and cy@example.org",
        ],
        [
          "  GLASS BROKEN: store-tills may fall to 50% degraded until 17:00, 3 h 58 m left,",
          "      by bo@example.org and cy@example.org",
          "  REVIEW OPEN: waits for 2 break-glass",
        ],
        [
          "  GLASS BROKEN: store-tills may fall to 50% degraded until 17:00, 3 h 58 m left,",
          "      by bo@example.org and cy@example.org",
          "  reviewed by bo@example.org and cy@example.org",
        ],
      ]
    `);
    expect([asked, open].map((lines) => lines.at(-2))).toEqual([
      'Next: firedoor break-glass INC-42 --reason "…" (2 break-glass)',
      'Next: firedoor review INC-42 --reason "…" (2 break-glass)',
    ]);
  });

  it('in what a start and an approval are signed for', async () => {
    const plan = waived(withoutWaves);
    const { server, received } = fakeServer({ status: statusOf(plan, { phase: 'waiting' }) });
    const started = await runCli(
      ['start', 'plan.json', '--incident', 'INC-42', '--reason', 'now', '--confirm', 'INC-42'],
      as('ada', { server, files: { 'plan.json': renderPlanFile(samplePlanFile(plan)) } }),
    );
    expect(stable(started.stderr).split('\n').slice(1, 6)).toMatchInlineSnapshot(`
      [
        "  BREAKS GLASS: store-tills may fall to 50% degraded, instead of 95% degraded,",
        "      until 4 h after the start",
        "  nothing is done before 2 break-glass sign for that within 30 m, not you",
        "  credentials: deny 0 principals; release puts them back exactly; runs on this",
        "      signature",
      ]
    `);
    const [launched] = received.starts as [Received['starts'][number]];
    const [input] = launched.options['args'] as [IncidentInput];
    expect(input.request.breakGlass).toEqual(plan.header.waivers);
    const view = fakeServer({ status: sampleStatus(plan), plan });
    const approved = await runCli(['approve', 'INC-42', ...because, '--dry-run'], as('bo', view));
    expect(approved.stderr).toContain('BREAKS GLASS: store-tills may fall to 50% degraded');
  });
});
