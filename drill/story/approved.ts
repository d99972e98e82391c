import { firedoor } from '../person.ts';
import { scenarios } from '../scenario/scenarios.ts';
import type { Check, PartResult, Story } from './part.ts';
import { command, partResult, quietly, statusOf, waitFor } from './part.ts';

/** Part 2: a plan that keeps the stores open; a start; two that may not approve, and two that may. */
export async function approved(story: Story): Promise<PartResult> {
  const { company, screen, incident } = story;
  screen.title('2  The second plan: leave out what the stores need, and sign');
  const plan = await makePlan(story);
  const mutating = company.stack.proxy.counts().mutating;
  screen.say('Ada starts it. Her signature covers the credentials; the cut-off waits for two others.\n');
  const begun = Date.now();
  const start = await command(story, 'ada', [
    'start',
    'plan.json',
    '--incident',
    incident,
    '--confirm',
    incident,
    '--reason',
    'VDI beaconing, ticket 881',
  ]);
  await waitFor(story, (status) => status.gates.some((gate) => gate.state === 'open'));
  screen.settle();
  screen.say(
    '\nA key that nobody knows signs as bo. Ada tries to approve her own plan. Both are denied, and recorded.\n',
  );
  const forged = await forgedApproval(story);
  const own = await command(story, 'ada', ['approve', incident, '--gate', 'cut-off', '--yes', '--reason', 'mine']);
  screen.say('Cy and bo read what they sign, and sign.\n');
  const cy = await command(story, 'cy', ['approve', incident, '--gate', 'cut-off', '--yes', '--reason', 'confirmed']);
  await killPoint(story);
  const bo = await command(story, 'bo', [
    'approve',
    incident,
    '--gate',
    'cut-off',
    '--yes',
    '--reason',
    'stores stay up',
  ]);
  story.seconds['approval'] = (Date.now() - begun) / 1000;
  const { decisions } = await statusOf(story);
  const reasons = decisions.filter((record) => record.verdict === 'denied').map((record) => record.reason ?? '');
  const checks: Check[] = [
    { promise: 'the plan is accepted', measured: `exit ${plan}`, ok: plan === 0 },
    { promise: 'planning changes nothing', measured: `${mutating} mutating calls`, ok: mutating === 0 },
    { promise: 'it starts', measured: `exit ${start.code}`, ok: start.code === 0 },
    {
      promise: 'a forged decision is denied',
      measured: `exit ${forged}`,
      ok: forged === 4 && reasons.includes('bad-signature'),
    },
    {
      promise: 'the starter may not approve',
      measured: `exit ${own.code}`,
      ok: own.code === 4 && reasons.includes('starter-cannot-approve'),
    },
    {
      promise: 'two people in two roles approve',
      measured: `exits ${cy.code}, ${bo.code}`,
      ok: cy.code === 0 && bo.code === 0,
    },
  ];
  const accepted = decisions.filter((record) => record.verdict === 'accepted').length;
  return partResult('approved', checks, { accepted, denied: reasons.length, reasons });
}

async function makePlan(story: Story): Promise<number> {
  const { company } = story;
  const { compromised, except } = scenarios[company.world.scenario.name];
  const answer = await command(story, 'ada', [
    'plan',
    'playbooks/intrusion.yaml',
    '-p',
    `compromised=${compromised.join(',')}`,
    '--except',
    except.join(','),
    '-o',
    'plan.json',
  ]);
  return answer.code;
}

/** Somebody without a key of the estate claims to be bo. */
async function forgedApproval(story: Story): Promise<number> {
  const { company, incident } = story;
  const outsider = { id: 'bo@example.org', roles: [], keyPath: company.files.outsiderKeyPath };
  const args = ['approve', incident, '--gate', 'cut-off', '--yes', '--reason', 'let me', '--as', 'bo@example.org'];
  const answer = await firedoor(company, outsider, args);
  story.screen.show(`firedoor ${args.join(' ')}     # an outsider`, answer.err + answer.out);
  return answer.code;
}

/** AWS answers slowly from here on, so that a worker can be killed in the middle of a wave. */
async function killPoint(story: Story): Promise<void> {
  story.company.stack.proxy.addFault({
    match: { service: 'ec2', action: 'ModifyNetworkInterfaceAttribute' },
    kind: 'latency',
    milliseconds: 250,
  });
  await quietly(story, 'ada', ['approvals', story.incident]);
}
