import { actions } from '../../model/actions/index.ts';
import type { Playbook, Stage } from '../../model/playbook.ts';
import type { Quorum } from '../../model/quorum.ts';
import type { PlaybookChange, Refusal } from '../../model/refusal.ts';
import type { Context } from '../context.ts';
import type { Draft } from '../draft.ts';
import type { Mend } from './attempt.ts';
import { flow } from './flow.ts';
import { orderedTiers } from './tier-order.ts';

/** Codes that a change of the playbook cures, whatever is left out: too few people, nothing to act on, tiers out of order. */
export const mendable: ReadonlySet<string> = new Set(['FD-203', 'FD-205', 'FD-206']);

function atStage(index: number, ...rest: readonly string[]): PlaybookChange['at'] {
  return { document: 'playbook', path: ['stages', index, ...rest] };
}

/** At least as many of every role as either asks for. */
function more(one: Quorum, other: Quorum): Record<string, number> {
  const roles = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
  return Object.fromEntries(roles.map((role) => [role, Math.max(one[role] ?? 0, other[role] ?? 0)]));
}

/** Stages that ask fewer people than the estate demands ask as many as it does. */
function askMore({ playbook, estate }: Context, problems: readonly Refusal[]): Mend | undefined {
  const named = new Set(problems.filter(({ code }) => code === 'FD-203').map(({ facts }) => facts[0]?.at?.path[1]));
  const changes: PlaybookChange[] = [];
  const stages = playbook.stages.map((stage, index): Stage => {
    const least = estate.leastQuorum[actions[stage.action].effect];
    if (!named.has(index) || !least) return stage;
    const quorum = more(stage.approve?.quorum ?? {}, least);
    const approve = { within: 'PT30M', otherwise: 'deny' as const, ...stage.approve, quorum };
    const was = stage.approve ? [`approve: ${flow(stage.approve)}`] : [];
    changes.push({
      at: atStage(index, ...(stage.approve ? ['approve'] : [])),
      was,
      becomes: [`approve: ${flow(approve)}`],
    });
    return { ...stage, approve };
  });
  if (changes.length === 0) return undefined;
  return {
    kind: 'more-people',
    words: 'ask as many people as the estate demands',
    changes,
    playbook: { ...playbook, stages },
  };
}

/** Stages that have nothing to act on are left out, where another stays. */
function dropEmpty({ stages }: Draft, { playbook }: Context): Mend | undefined {
  const empty = new Set(stages.filter(({ targets }) => targets.size === 0).map(({ index }) => index));
  if (empty.size === 0 || empty.size === playbook.stages.length) return undefined;
  const gone = playbook.stages.filter((_, index) => empty.has(index)).map(({ name }) => name);
  return {
    kind: 'leave-out-stage',
    words: `leave out ${gone.length === 1 ? 'stage' : 'stages'} ${gone.join(', ')}`,
    changes: [...empty].map((index) => ({
      at: atStage(index),
      was: [`- name: ${playbook.stages[index]?.name ?? ''}`],
      becomes: [],
    })),
    playbook: { ...playbook, stages: playbook.stages.filter((_, index) => !empty.has(index)) },
  };
}

function tierLine({ name, systems }: Playbook['restore']['tiers'][number]): string {
  return `- name: ${name}, systems: ${flow(systems)}`;
}

/** Tiers in an order in which each can come up when it is given back; split or joined where none of them can. */
function reorderTiers(draft: Draft, context: Context): Mend | undefined {
  const { playbook } = context;
  const written = playbook.restore.tiers;
  const ordered = orderedTiers(draft, context);
  if (!ordered) return undefined;
  const { tiers, isSplit } = ordered;
  return {
    kind: isSplit ? 'split' : 'reorder',
    words: `give back in tiers ${tiers.map(({ name }) => name).join(', ')}`,
    changes: [
      {
        at: { document: 'playbook', path: ['restore', 'tiers'] },
        was: written.map(tierLine),
        becomes: tiers.map(tierLine),
      },
    ],
    playbook: { ...playbook, restore: { tiers: [...tiers] } },
  };
}

/** The first mend that some of these problems ask for. */
export function mend(draft: Draft, context: Context, problems: readonly Refusal[]): Mend | undefined {
  const has = (code: Refusal['code']): boolean => problems.some((problem) => problem.code === code);
  if (has('FD-205')) return dropEmpty(draft, context);
  if (has('FD-203')) return askMore(context, problems);
  return has('FD-206') ? reorderTiers(draft, context) : undefined;
}
