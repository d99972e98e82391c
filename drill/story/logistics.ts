import { compareWorlds, readWorld } from '../scenario/world-state.ts';
import { audited } from './audited.ts';
import type { PartResult, Story } from './part.ts';
import { command, partResult, quietly, waitFor } from './part.ts';
import { planned, startedAndApproved } from './steps.ts';

/** Stock ordering is shut, and must be back before shelves are empty. */
export async function logistics(story: Story): Promise<readonly PartResult[]> {
  const first = await tooLate(story);
  const second = await shut(story);
  const third = await backInTime(story);
  return [first, second, third, await audited(story, 4)];
}

/** The first plan would have logistics back when shelves have long been empty, so it is refused, with the time. */
async function tooLate(story: Story): Promise<PartResult> {
  const { company, screen } = story;
  screen.title('1  Shut logistics, and take it back when there is time');
  const code = await planned(story, 'naive');
  const { out } = await quietly(story, 'ada', [
    'plan',
    'playbooks/naive.yaml',
    '-p',
    'compromised=stock-ordering,depot-dispatch',
    '--json',
  ]);
  const says = /45 s after the start: shelves empty; tier logistics is due back 2 m after it/.exec(out)?.[0];
  const mutating = company.stack.proxy.counts().mutating;
  return partResult(
    'refused',
    [
      { promise: 'refused with exit 6', measured: `exit ${code}`, ok: code === 6 },
      { promise: 'it says when shelves are empty', measured: says ?? 'it does not', ok: says !== undefined },
      { promise: 'planning changes nothing', measured: `${mutating} mutating calls`, ok: mutating === 0 },
    ],
    { exit: code, mutatingCalls: mutating },
  );
}

/** The second is due back in time: it runs, and the shops trade on from what is on their shelves. */
async function shut(story: Story): Promise<PartResult> {
  const { company, screen } = story;
  screen.title('2  Shut it, but have it back before that');
  const code = await planned(story, 'intrusion', ['-o', 'plan.json']);
  const opened = await startedAndApproved(story, 'cut-off');
  const status = await waitFor(story, ({ phase }) => phase === 'contained' || phase === 'holding');
  screen.settle();
  const down = [...(await company.twin.refresh()).down.keys()];
  const clock = status.clocks.find(({ kind }) => kind === 'service');
  return partResult(
    'contained',
    [
      { promise: 'the plan is accepted', measured: `exit ${code}`, ok: code === 0 },
      ...opened,
      { promise: 'every stage done', measured: status.phase, ok: status.phase === 'contained' },
      { promise: 'stock ordering is shut', measured: down.join(', '), ok: down.includes('stock-ordering') },
      {
        promise: 'people see the clock',
        measured: clock ? `${clock.name}: ${clock.because}` : 'no clock',
        ok: clock?.because === 'shelves empty',
      },
    ],
    { down },
  );
}

/** People are warned at half of the time, give it back, and no shelf was ever empty. */
async function backInTime(story: Story): Promise<PartResult> {
  const { company, screen, incident } = story;
  screen.title('3  Half of the time is gone: give it back');
  const warned = await waitFor(story, ({ timeline }) =>
    timeline.some(({ what, detail }) => what === 'clock' && detail.startsWith('tier logistics: half')),
  );
  const warning = warned.timeline.find(({ what }) => what === 'clock')?.detail ?? '';
  screen.settle();
  const release = await command(story, 'ada', ['release', incident, '--yes', '--reason', 'images rebuilt']);
  const status = await waitFor(story, ({ phase }) => phase === 'closed' || phase === 'holding', { timeoutMs: 240_000 });
  screen.settle();
  await story.observer.wholeRound();
  const differences = compareWorlds(story.before, await readWorld(company.stack.moto.url), { rotatedUsers: [] });
  const breaches = story.observer.report().services.flatMap((service) => service.breaches);
  return partResult(
    'released',
    [
      { promise: 'people are warned at half of the time', measured: warning, ok: warning.includes('half of its time') },
      { promise: 'released by signature', measured: `exit ${release.code}`, ok: release.code === 0 },
      { promise: 'closed', measured: status.phase, ok: status.phase === 'closed' },
      {
        promise: 'everything exactly as before',
        measured: `${differences.length} differences`,
        ok: differences.length === 0,
      },
      { promise: 'no shelf was ever empty', measured: `${breaches.length} breaches`, ok: breaches.length === 0 },
    ],
    { differences },
  );
}
