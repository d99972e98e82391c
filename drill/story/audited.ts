import type { Check, PartResult, Story } from './part.ts';
import { command, partResult, quietly } from './part.ts';

interface ReplayDocument {
  readonly runs?: readonly { readonly events: number }[];
  readonly events?: number;
}

/** The last part (6 in the whole story): the histories are exported, and replay without divergence. */
export async function audited(story: Story, number = 6): Promise<PartResult> {
  const { screen, incident } = story;
  screen.title(`${number}  Audit: export the histories, replay them`);
  const begun = Date.now();
  const file = `${incident}.json`;
  const exported = await command(story, 'ada', ['audit', 'export', incident, '-o', file]);
  const replayed = await command(story, 'ada', ['audit', 'replay', file]);
  const machine = await quietly(story, 'ada', ['audit', 'replay', file, '--json']);
  story.seconds['audit'] = (Date.now() - begun) / 1000;
  const document = JSON.parse(machine.out === '' ? '{}' : machine.out) as ReplayDocument;
  const events = document.events ?? document.runs?.reduce((sum, run) => sum + run.events, 0) ?? 0;
  const checks: Check[] = [
    { promise: 'the histories are exported', measured: `exit ${exported.code}`, ok: exported.code === 0 },
    {
      promise: 'they replay without divergence',
      measured: `exit ${replayed.code}, ${events} events`,
      ok: replayed.code === 0 && events > 0,
    },
  ];
  return partResult('audited', checks, { runs: document.runs?.length ?? 0, events });
}
