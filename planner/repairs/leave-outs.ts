import type { Meter } from '../advice/meter.ts';
import { meterOf } from '../advice/meter.ts';
import type { Thing } from '../advice/things.ts';
import { breachesOf } from '../breach.ts';
import type { Context } from '../context.ts';
import type { DraftStage } from '../draft-stage.ts';
import type { Draft } from '../draft.ts';
import { sortedTexts } from '../order.ts';
import { isForbidden } from '../refusals.ts';
import { containedBy } from '../targets.ts';
import type { LeaveOutQuestion } from './leave-out-search.ts';
import { leaveOutSets } from './leave-out-search.ts';

/** A target of some stage: what it takes away, and whether leaving it out is the only way. */
interface ScopedTarget {
  readonly systems: readonly string[];
  readonly hosts: readonly string[];
  readonly principals: readonly string[];
  readonly isWrong: boolean;
}

function targetsIn({ stages }: Draft, context: Context): readonly ScopedTarget[] {
  const inStage = (stage: DraftStage): readonly ScopedTarget[] =>
    [...stage.targets.values()].map(({ target, unfit }) => {
      const { hosts, principals } = containedBy(stage.action, [target]);
      const isWrong = unfit !== undefined || isForbidden(target, stage, context.estate);
      return { systems: target.systems, hosts: [...hosts], principals: [...principals], isWrong };
    });
  return stages.flatMap(inStage);
}

/** Systems whose leaving out could help: behind a breach, never to be touched, or unfit. */
function candidatesOf(draft: Draft, targets: readonly ScopedTarget[], context: Context): readonly string[] {
  const breaching = breachesOf(draft, context).flatMap(({ culprits }) => culprits);
  return sortedTexts([...breaching, ...targets.flatMap(({ isWrong, systems }) => (isWrong ? systems : []))]);
}

interface Group extends Thing {
  readonly touches: readonly number[];
  readonly isWrong: boolean;
}

/** Targets by the candidates they belong to; those of none are a group that is always taken, if there are any. */
function groupsBy(candidates: readonly string[], targets: readonly ScopedTarget[]): readonly Group[] {
  const position = new Map(candidates.map((name, index) => [name, index]));
  const groups = new Map<
    string,
    { touches: readonly number[]; hosts: string[]; principals: string[]; isWrong: boolean }
  >();
  for (const { systems, hosts, principals, isWrong } of targets) {
    const touches = systems.flatMap((name) => position.get(name) ?? []).sort((one, other) => one - other);
    const key = touches.join();
    const group = groups.get(key) ?? { touches, hosts: [], principals: [], isWrong: false };
    group.hosts.push(...hosts);
    group.principals.push(...principals);
    groups.set(key, { ...group, isWrong: group.isWrong || isWrong });
  }
  return [...groups].map(([id, group]) => ({ kind: 'system', id, ...group }));
}

/** Counts what is wrong beside what the meter says of the floors. */
function questionOf(candidates: number, groups: readonly Group[], meter: Meter): LeaveOutQuestion {
  const taken: number[] = [];
  let wrong = 0;
  const weight = (group: number): number => Number(groups[group]?.isWrong ?? false);
  return {
    candidates,
    groups,
    take: (group) => {
      taken.push(group);
      wrong += weight(group);
      meter.contain(group);
    },
    undo: () => {
      wrong -= weight(taken.pop() ?? -1);
      meter.undo();
    },
    isClean: () => wrong === 0 && meter.holds(),
  };
}

/**
 * Sets of systems whose leaving out should make a draft clean of breached floors and of targets it must not have; smallest
 * first. Found by a meter in which everything stays contained as long as anything does, so none of them breaks a floor;
 * where some of it is due back earlier, a smaller set may do.
 */
export function systemsToLeave(draft: Draft, context: Context): readonly (readonly string[])[] {
  const targets = targetsIn(draft, context);
  const candidates = candidatesOf(draft, targets, context);
  const groups = groupsBy(candidates, targets);
  const horizonMs = Math.max(1, ...draft.tiers.map(({ releaseByMs }) => releaseByMs));
  const question = questionOf(candidates.length, groups, meterOf(groups, context, horizonMs));
  return leaveOutSets(question).map((set) => set.map((index) => candidates[index] ?? ''));
}
