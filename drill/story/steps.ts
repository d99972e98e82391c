import { scenarios } from '../scenario/scenarios.ts';
import type { Check, Story } from './part.ts';
import { command, waitFor } from './part.ts';

/** What stories do alike: plan a playbook for the scenario's compromised systems. Gives the exit code. */
export async function planned(story: Story, playbook: string, more: readonly string[] = []): Promise<number> {
  const { compromised } = scenarios[story.company.world.scenario.name];
  const parameters = ['-p', `compromised=${compromised.join(',')}`];
  const answer = await command(story, 'ada', ['plan', `playbooks/${playbook}.yaml`, ...parameters, ...more]);
  return answer.code;
}

/** Ada starts `plan.json`; cy and bo approve the gate, once it is open. Gives what to check of it. */
export async function startedAndApproved(story: Story, gate: string): Promise<readonly Check[]> {
  const { incident } = story;
  const reason = ['--reason', 'ticket 881'];
  const start = await command(story, 'ada', [
    'start',
    'plan.json',
    '--incident',
    incident,
    '--confirm',
    incident,
    ...reason,
  ]);
  await waitFor(story, ({ gates }) => gates.some(({ id, state }) => id === gate && state === 'open'));
  story.screen.settle();
  const codes = [];
  for (const who of ['cy', 'bo']) {
    const answer = await command(story, who, ['approve', incident, '--gate', gate, '--yes', ...reason]);
    codes.push(answer.code);
  }
  return [
    { promise: 'it starts', measured: `exit ${start.code}`, ok: start.code === 0 },
    { promise: 'two people approve', measured: `exits ${codes.join(', ')}`, ok: codes.every((code) => code === 0) },
  ];
}
