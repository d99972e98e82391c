import { principalParts } from '../../model/names.ts';
import type { Plan, PlanFile, Since, Unknowns } from '../../model/plan.ts';
import { countWords, fewWords, listWords, numberWords } from './words.ts';

/** Lines of one kind after which there is only a count. */
const mostLines = 3;

/** What the estate doesn't know, a line each: what runs and is nobody's, what moved, what nobody probes, whom nobody tells. */
export function unknownWords(
  { plan, since }: Pick<PlanFile, 'plan' | 'since'>,
  earlier: (instant: string) => string,
): readonly string[] {
  const { unclaimedInstances, claimedTwice, servicesWithoutProbe, unlistedRoles } = plan.unknowns;
  const unclaimed = countWords(unclaimedInstances.length, 'running instance');
  return [
    ...(unclaimedInstances.length > 0 ? [`${unclaimed} that no system claims: ${fewWords(unclaimedInstances)}`] : []),
    ...cut(claimedTwice.map(({ id, systems }) => `${id} is claimed by ${listWords(systems)}`)),
    ...cut(unlistedRoles.map(roleWords)),
    ...(since ? sinceWords(since, earlier(since.plannedAt)) : []),
    ...(servicesWithoutProbe.length > 0
      ? [`how these fare, for want of a probe: ${fewWords(servicesWithoutProbe)}`]
      : []),
    ...gateWords(plan),
  ];
}

function cut(lines: readonly string[]): readonly string[] {
  const rest = lines.length - mostLines;
  return rest > 0 ? [...lines.slice(0, mostLines), `and ${numberWords(rest)} more like it`] : lines;
}

/** `role fleet, which 2,000 hosts of till-gateway run with: not under uses there`. */
function roleWords({ role, isPrincipal, hosts, systems }: Unknowns['unlistedRoles'][number]): string {
  const of = systems.length === 0 ? '' : ` of ${fewWords(systems)}`;
  const whose = `role ${principalParts(role).name}, which ${countWords(hosts, 'host')}${of} ${hosts === 1 ? 'runs' : 'run'} with`;
  return isPrincipal ? `${whose}: not under uses there` : `${whose}: not among the principals`;
}

function sinceWords({ came, went }: Since, planned: string): readonly string[] {
  const words = (moved: Since['came'], verb: string): readonly string[] =>
    moved.length === 0
      ? []
      : [
          `${countWords(moved.length, 'target')} ${verb} since the plan of ${planned}: ${fewWords(moved.map(movedWords))}`,
        ];
  return [...words(came, 'came'), ...words(went, 'went')];
}

function movedWords({ id, systems }: Since['came'][number]): string {
  return systems.length === 0 ? id : `${id} of ${listWords(systems)}`;
}

function gateWords({ header, unknowns }: Plan): readonly string[] {
  const { untoldGates } = unknowns;
  const hasGates = [...header.stages, ...header.tiers].some(({ gate }) => gate !== undefined);
  if (untoldGates === undefined) return hasGates ? ['whether anybody is told of gates: only workers know'] : [];
  if (untoldGates.length === 0) return [];
  return [
    `gates nobody can be told of: ${fewWords(untoldGates.map(({ gate, roles }) => `${gate} (${listWords(roles)})`))}`,
  ];
}
