import { scenarios } from '../scenario/scenarios.ts';
import type { Check, PartResult, Story } from './part.ts';
import { command, partResult, quietly } from './part.ts';

interface PlanDocument {
  readonly refusals?: readonly {
    readonly code: string;
    readonly message: string;
    readonly repairs: readonly { readonly flags?: string }[];
  }[];
}

/** Part 1: the naive playbook would shut the stores, so it is refused, and the refusal says what to leave out. */
export async function refused(story: Story): Promise<PartResult> {
  const { company, screen } = story;
  const { compromised } = scenarios[company.world.scenario.name];
  screen.title('1  The first plan: shut everything the attacker can reach');
  screen.say('Somebody is in the call centre desktops and holds a key of the directory sync. Ada wants it all off.\n');
  const args = ['plan', 'playbooks/naive.yaml', '-p', `compromised=${compromised.join(',')}`];
  const answer = await command(story, 'ada', args);
  const machine = await quietly(story, 'ada', [...args, '--json']);
  const document = JSON.parse(machine.out === '' ? '{}' : machine.out) as PlanDocument;
  const floors = (document.refusals ?? []).filter((refusal) => refusal.code === 'FD-201');
  const repairs = floors.flatMap((refusal) => refusal.repairs.flatMap((repair) => repair.flags ?? []));
  const mutating = company.stack.proxy.counts().mutating;
  const checks: Check[] = [
    { promise: 'refused with exit 6', measured: `exit ${answer.code}`, ok: answer.code === 6 },
    {
      promise: 'it names the service that would fall',
      measured: floors[0]?.message ?? 'no FD-201',
      ok: floors.some((refusal) => refusal.message.includes('store-tills')),
    },
    {
      promise: 'it says which systems to leave out',
      measured: repairs.join('; ') || 'none',
      ok: repairs.some((flags) => flags.includes('--except')),
    },
    { promise: 'planning changes nothing', measured: `${mutating} mutating calls`, ok: mutating === 0 },
  ];
  return partResult('refused', checks, { exit: answer.code, repairs, mutatingCalls: mutating });
}
