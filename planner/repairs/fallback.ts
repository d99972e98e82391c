import type { Stage } from '../../model/playbook.ts';
import type { PlaybookChange } from '../../model/refusal.ts';
import { actions } from '../../model/actions/index.ts';
import { breachesOf } from '../breach.ts';
import type { Context } from '../context.ts';
import type { Draft } from '../draft.ts';
import { sortedTexts } from '../order.ts';
import { directNeeds, neededBy } from '../slice.ts';
import type { CleanAttempt } from './attempt.ts';
import { attempt, withPlaybook } from './attempt.ts';
import { flow } from './flow.ts';
import type { Way } from './way.ts';

/** Systems that breached services need, that are not in the plan, and whose hosts stand stopped: fallbacks to start first. */
function stoppedFallbacks(
  draft: Draft,
  { slice, live, estate }: Context,
  breached: ReadonlySet<string>,
): readonly string[] {
  const byName = new Map(slice.systems.map((system) => [system.name, system]));
  const direct = slice.services.filter(({ name }) => breached.has(name)).flatMap(directNeeds);
  const needed = neededBy(byName, direct);
  const stopped = new Set(live.instances.filter(({ state }) => state === 'stopped').map(({ id }) => id));
  const touched = new Set(draft.stages.flatMap(({ targets }) => [...targets.keys()]));
  return slice.systems
    .filter(
      ({ name, hosts }) =>
        needed.has(name) &&
        !estate.neverTouch.includes(`system:${name}`) &&
        hosts.some((id) => stopped.has(id) && !touched.has(id)),
    )
    .map(({ name }) => name);
}

function startStage(systems: readonly string[], { playbook, estate }: Context): Stage {
  const taken = new Set(playbook.stages.map(({ name }) => name));
  let name = 'fallback';
  for (let count = 2; taken.has(name); count += 1) name = `fallback-${count}`;
  const quorum = estate.leastQuorum[actions['aws.ec2.start'].effect];
  const approve = quorum && { quorum, within: 'PT30M', otherwise: 'deny' as const };
  return { name, action: 'aws.ec2.start', on: { systems: [...systems] }, ...(approve && { approve }) };
}

function startedFirst(systems: readonly string[], draft: Draft, context: Context): readonly Way[] {
  const stage = startStage(systems, context);
  const playbook = { ...context.playbook, stages: [stage, ...context.playbook.stages] };
  const clean = attempt(withPlaybook(context, playbook), draft.choice);
  if (!clean) return [];
  const becomes = [`- name: ${stage.name}, action: ${stage.action}, on: ${flow(stage.on)}`];
  const change: PlaybookChange = { at: { document: 'playbook', path: ['stages'] }, was: [], becomes };
  return [{ kind: 'fallback-first', words: `start ${systems.join(', ')} first`, changes: [change], clean }];
}

/** Stages that start hosts, before all others: what they start counts from then on. */
function startsFirst(draft: Draft, context: Context): readonly Way[] {
  const { stages } = context.playbook;
  const starts = (stage: Stage): boolean => actions[stage.action].starts === true;
  const ordered = [...stages.filter(starts), ...stages.filter((stage) => !starts(stage))];
  if (ordered.every((stage, index) => stage === stages[index])) return [];
  const clean: CleanAttempt | undefined = attempt(
    withPlaybook(context, { ...context.playbook, stages: ordered }),
    draft.choice,
  );
  if (!clean) return [];
  const names = (list: readonly Stage[]): string[] => list.map(({ name }) => `- name: ${name}`);
  const change: PlaybookChange = {
    at: { document: 'playbook', path: ['stages'] },
    was: names(stages),
    becomes: names(ordered),
  };
  const first = ordered.filter(starts).map(({ name }) => name);
  return [{ kind: 'reorder', words: `do ${first.join(', ')} first`, changes: [change], clean }];
}

/** Ways out by what a service falls back on: stages that start it moved to the front, or a stage that does; one system, else all. */
export function fallbackWays(draft: Draft, context: Context): readonly Way[] {
  const breached = new Set(breachesOf(draft, context).map(({ service }) => service));
  if (breached.size === 0) return [];
  const moved = startsFirst(draft, context);
  if (moved.length > 0) return moved;
  const fallbacks = sortedTexts(stoppedFallbacks(draft, context, breached));
  for (const name of fallbacks) {
    const way = startedFirst([name], draft, context);
    if (way.length > 0) return way;
  }
  return fallbacks.length > 1 ? startedFirst(fallbacks, draft, context) : [];
}
