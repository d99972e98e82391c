import type { ActionDefinition } from '../model/actions/definition.ts';
import type { Estate } from '../model/estate.ts';
import { gatesOf } from '../model/break-glass.ts';
import type { GateDefinition, Target } from '../model/plan.ts';
import type { Refusal, RefusalFact } from '../model/refusal.ts';
import { breachesOf, breachRefusal } from './breach.ts';
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import type { DraftStage } from './draft-stage.ts';
import { leastQuorumProblems, rosterProblems } from './gates.ts';
import { byText } from './graph.ts';
import { tierClashes } from './restore.ts';
import { countWords, listWords } from './words.ts';

function atStage({ index }: DraftStage, ...rest: readonly string[]): NonNullable<RefusalFact['at']> {
  return { document: 'playbook', path: ['stages', index, ...rest] };
}

/** True where an action on a target writes to a principal: to the target itself, or to the role it runs with. */
function writesTo(principal: string, target: Target, action: ActionDefinition): boolean {
  if (target.kind === 'principal') return target.id === principal;
  return action.target === 'instance' && action.writesRole === true && target.before.role?.id === principal;
}

/** True where `neverTouch` protects a target from a stage. */
export function isForbidden(
  target: Target,
  { action }: Pick<DraftStage, 'action'>,
  { neverTouch }: Pick<Estate, 'neverTouch'>,
): boolean {
  return neverTouch.some((entry) => protects(entry, target, action));
}

/** True where one entry of `neverTouch` protects a target: the principal itself, hosts of the system, what it uses. */
function protects(entry: string, target: Target, action: ActionDefinition): boolean {
  if (!entry.startsWith('system:')) return writesTo(entry, target, action);
  const isOf = target.systems.includes(entry.slice('system:'.length));
  return isOf && (target.kind === 'instance' || action.effect !== 'none');
}

/** Targets of a stage that one entry of `neverTouch` protects. */
function touchedBy(entry: string, { targets, action }: DraftStage): readonly string[] {
  return [...targets.values()].filter(({ target }) => protects(entry, target, action)).map(({ target }) => target.id);
}

function neverTouchProblems({ stages }: Draft, { estate, written }: Context): readonly Refusal[] {
  return estate.neverTouch.flatMap((entry) =>
    stages.flatMap((stage) => {
      const touched = touchedBy(entry, stage);
      if (touched.length === 0) return [];
      const path = ['neverTouch', written.neverTouch.indexOf(entry)];
      return [
        {
          code: 'FD-202' as const,
          message: `stage ${stage.stage.name} would touch ${entry}, which must never be touched.`,
          facts: [
            { label: 'forbidden', text: entry, at: { document: 'estate' as const, path } },
            { label: 'found', text: listWords(touched), at: atStage(stage, 'on') },
          ],
          repairs: [],
        },
      ];
    }),
  );
}

function emptyProblems({ stages, choice: { except } }: Draft): readonly Refusal[] {
  return stages
    .filter(({ targets }) => targets.size === 0)
    .map((stage) => {
      const kind = stage.action.target === 'instance' ? 'instance of a system' : 'user or role';
      const left = except.length === 0 ? '' : `; left out: ${listWords(except)}`;
      return {
        code: 'FD-205' as const,
        message: `stage ${stage.stage.name} has nothing to act on.`,
        facts: [
          { label: 'found', text: `no live target${left}`, at: atStage(stage, 'on') },
          { label: 'expected', text: `at least one ${kind} for ${stage.action.name}` },
        ],
        repairs: [],
      };
    });
}

function narrowProblems({ stages, choice }: Draft, { playbook }: Context): readonly Refusal[] {
  return choice.narrow
    .filter((name) => !stages.some(({ narrowedFrom }) => narrowedFrom === name))
    .map((name) => {
      const index = playbook.stages.findIndex((stage) => stage.name === name);
      const at = { document: 'playbook' as const, path: ['stages', index, 'on'] };
      const expected =
        'a role it contains that compromised hosts and others run with, and that only instances may assume';
      return {
        code: 'FD-205' as const,
        message: `stage ${name} has nothing to narrow.`,
        facts: [
          { label: 'found', text: 'no shared role that its compromised hosts could be denied alone', at },
          { label: 'expected', text: expected },
        ],
        repairs: [],
      };
    });
}

function unfitProblems({ stages }: Draft): readonly Refusal[] {
  return stages.flatMap((stage) => {
    const unfit = [...stage.targets.values()].filter((each) => each.unfit !== undefined);
    if (unfit.length === 0) return [];
    const facts = unfit.slice(0, 10).map(({ target, unfit: why }) => ({
      label: 'unfit',
      text: `${target.id}: ${why ?? ''}`,
      at: atStage(stage, 'on'),
    }));
    const message = `${stage.action.name} of stage ${stage.stage.name} does not fit ${countWords(unfit.length)} of its targets.`;
    return [{ code: 'FD-208' as const, message, facts, repairs: [] }];
  });
}

function tierProblems({ tiers }: Draft, context: Context): readonly Refusal[] {
  return tierClashes(tiers, context).map(({ tier, system, needs, later }) => {
    const text = `${system} needs ${needs}, which tier ${later.name} gives back later`;
    const isWritten = later.index !== undefined;
    return {
      code: 'FD-206',
      message: `restore tier ${tier.name} stands before what it needs.`,
      facts: [
        { label: 'found', text, at: { document: 'playbook', path: ['restore', 'tiers', tier.index ?? 0, 'systems'] } },
        {
          label: 'expected',
          text: isWritten
            ? `${needs} in tier ${tier.name} or before it`
            : `${needs} named in a tier, ${tier.name} or before it`,
        },
      ],
      repairs: [],
    };
  });
}

/** Gates as the header will have them. */
function draftGates({ stages, tiers, waivers }: Draft, { estate }: Context): readonly GateDefinition[] {
  const roster = { people: estate.people, allowedSigners: '', authority: estate.authority };
  return gatesOf({ stages, tiers, roster, ...(waivers.length > 0 && { waivers: [...waivers] }) });
}

/** Everything that speaks against a draft, without repairs: floors first, then by code. Empty where it can be sealed. */
export function problemsWith(draft: Draft, context: Context): readonly Refusal[] {
  const { estate, playbook } = context;
  const problems = [
    ...breachesOf(draft, context).map((breach) => breachRefusal(breach, draft, context)),
    ...neverTouchProblems(draft, context),
    ...leastQuorumProblems(estate, draft.stages),
    ...rosterProblems({
      estate,
      stages: draft.stages,
      tiers: playbook.restore.tiers,
      gates: draftGates(draft, context),
    }),
    ...emptyProblems(draft),
    ...narrowProblems(draft, context),
    ...tierProblems(draft, context),
    ...unfitProblems(draft),
    ...draft.unwaivable,
  ];
  return problems
    .map((problem, index) => ({ problem, index }))
    .sort((one, other) => byText(one.problem.code, other.problem.code) || one.index - other.index)
    .map(({ problem }) => problem);
}
