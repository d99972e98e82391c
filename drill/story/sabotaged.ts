import { scenarios } from '../scenario/scenarios.ts';
import type { Check, PartResult, Story } from './part.ts';
import { command, partResult, waitFor } from './part.ts';

/** The naive plan, carried out by workers without planner's floors and without a guard: the stores must go down. */
export async function sabotaged(story: Story): Promise<PartResult> {
  const { company, screen, incident } = story;
  const { compromised } = scenarios[company.world.scenario.name];
  screen.title('Sabotage: planner and guard let everything through');
  screen.say('The drill has to see stores go down. If it does not, its eyes are worth nothing.\n');
  const plan = 'plan.json';
  const naive = 'playbooks/naive.yaml';
  await command(story, 'ada', ['plan', naive, '-p', `compromised=${compromised.join(',')}`, '-o', plan]);
  await command(story, 'ada', ['start', plan, '--incident', incident, '--confirm', incident, '--reason', 'sabotage']);
  for (const who of ['cy', 'bo']) await command(story, who, ['approve', incident, '--yes', '--reason', 'sabotage']);
  await waitFor(story, ({ phase }) => phase === 'contained' || phase === 'holding', { timeoutMs: 240_000 });
  screen.settle();
  await story.observer.wholeRound();
  const tills = story.observer.report().services.find(({ service }) => service === 'store-tills');
  const checks: Check[] = [
    {
      promise: 'no floor is broken',
      measured: `store-tills at worst ${((tills?.worstShare ?? 1) * 100).toFixed(1)}%, ${tills?.worstMode ?? 'normal'}`,
      ok: (tills?.breaches.length ?? 0) === 0,
    },
  ];
  return partResult('sabotaged', checks, { worstShare: tills?.worstShare ?? 1, breaches: tills?.breaches.length ?? 0 });
}
