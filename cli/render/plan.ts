import { actions } from '../../model/actions/index.ts';
import { breakGlassGate, reviewGate } from '../../model/break-glass.ts';
import { durationWords } from '../../model/duration.ts';
import { principalParts } from '../../model/names.ts';
import type { GateDefinition, Plan, PlanFile, PlannedService, PlannedStage, PlannedWave } from '../../model/plan.ts';
import { quorumWords } from '../../model/quorum.ts';
import { backAgainWords, takesWords } from './pace.ts';
import type { Sink } from '../context.ts';
import { affectedWords, narrowerWords } from './plan-fate.ts';
import { unknownWords } from './plan-unknown.ts';
import { hang } from './hang.ts';
import type { Column } from './table.ts';
import { renderFacts, renderTable } from './table.ts';
import { waiverLines } from './waiver.ts';
import { countWords, fewWords, listWords, numberWords, percentWords, shortDigest } from './words.ts';

const stageColumns: readonly Column[] = [
  { title: 'stage' },
  { title: 'wave' },
  { title: 'what', wraps: true },
  { title: 'targets', align: 'right' },
  { title: 'undo' },
  { title: 'calls', align: 'right' },
  { title: 'at least', align: 'right' },
];
const serviceColumns: readonly Column[] = [
  { title: 'service' },
  { title: 'floor' },
  { title: 'at worst', align: 'right' },
  { title: 'then', wraps: true },
];

/** How the times of a plan are said. */
export interface PlanTimes {
  /** `start it by 14:32 +01:00`. */
  readonly startBy: string;
  /** When something happens so long after the start, were it started now: `22:04`. */
  readonly after: (lengthMs: number) => string;
  /** An instant before, as local time: `13:02`. */
  readonly earlier: (instant: string) => string;
}

/** A plan as text: what every wave does, what it costs each service, who must sign, and what nobody knows. */
export function renderPlan(file: Pick<PlanFile, 'plan' | 'since'>, sink: Sink, times: PlanTimes): readonly string[] {
  const { plan } = file;
  const { header } = plan;
  const options = { sink, indent: sink.isTTY ? '  ' : '' };
  const width = sink.isTTY ? (sink.columns ?? 80) : Infinity;
  const stages = header.stages.flatMap((stage) => stageRows(plan, stage));
  const services = header.services
    .filter((service) => service.protected || service.touched)
    .map((service) => serviceRow(service, times));
  return [
    ...headline(
      `${header.playbook.name} on ${header.estate.name}`,
      `${shortDigest(plan.digest)}, ${times.startBy}`,
      width,
    ),
    ...waiverLines(header, times.after).flatMap((line) => hang(line, width)),
    '',
    ...renderTable(stageColumns, stages, options),
    '',
    ...(services.length > 0 ? [...renderTable(serviceColumns, services, options), ''] : []),
    ...renderFacts(planFacts(file, times), { width }),
  ];
}

function headline(left: string, right: string, width: number): readonly string[] {
  const fits = left.length + 2 + right.length <= width;
  if (!fits) return [left, right];
  return [width === Infinity ? `${left}\t${right}` : left.padEnd(width - right.length) + right];
}

/** A row for the canary, and one for all waves that follow it. */
function stageRows(plan: Plan, stage: PlannedStage): readonly (readonly string[])[] {
  const groups = [stage.waves.filter((wave) => wave.canary), stage.waves.filter((wave) => !wave.canary)];
  return groups
    .filter((waves) => waves.length > 0)
    .map((waves, index) => [
      index === 0 ? stage.name : '',
      indexWords(waves),
      `${actions[stage.action].verb} ${objectWords(plan, waves)}${waves[0]?.canary ? ', canary' : ''}`,
      numberWords(sum(waves.map((wave) => wave.targets))),
      stage.undo,
      numberWords(sum(waves.map((wave) => wave.calls))),
      durationWords(sum(waves.map((wave) => wave.atLeastMs))),
    ]);
}

function indexWords(waves: readonly PlannedWave[]): string {
  const [first, last] = [waves[0]?.index ?? 0, waves.at(-1)?.index ?? 0];
  return first === last ? String(first) : `${first}-${last}`;
}

/** Systems for hosts, their own names for principals. */
function objectWords(plan: Plan, waves: readonly PlannedWave[]): string {
  const names = new Set<string>();
  for (const wave of waves) {
    const chunk = plan.chunks[wave.chunk];
    if (chunk?.kind !== 'contain') continue;
    for (const target of chunk.targets) {
      for (const name of target.kind === 'principal' ? [principalParts(target.id).name] : target.systems)
        names.add(name);
    }
  }
  return fewWords([...names]);
}

function serviceRow(service: PlannedService, times: PlanTimes): readonly string[] {
  const { mode, share } = service.worst;
  const floors = service.floor.map(({ tier, share: least, mode: in_ }) =>
    [percentWords(least), ...(tier === undefined ? [] : [`of ${tier}`]), in_].join(' '),
  );
  const worst = `${mode === 'down' ? '0%' : percentWords(share)} ${mode}`;
  return [service.name, floors.join(', ') || '-', worst, thenWords(service, times)];
}

/** What becomes of a service: what runs out and when, or since which wave it is touched. */
function thenWords(service: PlannedService, times: PlanTimes): string {
  const { clock } = service;
  if (!clock) return courseWords(service);
  const { endsMs, because, due } = clock;
  if (!due) return `${times.after(endsMs)} ${because}`;
  const order = endsMs >= due.releaseByMs ? 'after' : 'before';
  return `${times.after(endsMs)} ${because}, ${order} tier ${due.tier} is due (${times.after(due.releaseByMs)})`;
}

function courseWords({ touched, course, protected: isProtected, worst }: PlannedService): string {
  if (!touched) return 'not touched';
  const first = course[0];
  const since = first === undefined ? '' : ` from ${first.stage}, wave ${first.wave}`;
  return worst.mode === 'down' && !isProtected ? `contained on purpose${since}` : `touched${since}`;
}

function planFacts(file: Pick<PlanFile, 'plan' | 'since'>, times: PlanTimes): readonly (readonly [string, string])[] {
  const { plan } = file;
  const { header } = plan;
  const stageGates = [breakGlassGate(header), ...header.stages.map(({ gate }) => gate)].flatMap((gate) =>
    gate ? [`${gateWords(gate)}; not by you`] : [],
  );
  const tierGates = header.tiers.flatMap(({ gate }) => (gate ? [gateWords(gate)] : []));
  return [
    ...labelled('approvals', stageGates.length > 0 ? stageGates : ['none: it runs on the signed start alone']),
    ...labelled('release', tierGates),
    ...labelled('review', reviewWords(header)),
    ...labelled('back by', header.tiers.length > 0 ? [backByWords(header.tiers, times)] : []),
    ...labelled('touches', header.touches.map(touchesWords)),
    ...labelled('affects', affectedWords(header.stages)),
    ...labelled('narrower', narrowerWords(plan.narrower)),
    ['takes', takesWords(header.atLeastMs)],
    ['back again', backAgainWords(header.backAgainMs)],
    ...labelled('not known', unknownWords(file, times.earlier)),
  ];
}

/** Who must look into the waivers before the incident can close. */
function reviewWords(header: Plan['header']): readonly string[] {
  const gate = reviewGate(header);
  return gate ? [`${quorumWords(gate.quorum)}, before it can close; not by you`] : [];
}

/** `identity 18:02, people 20:02`: when each tier is due back. */
function backByWords(tiers: Plan['header']['tiers'], times: PlanTimes): string {
  return tiers.map(({ name, releaseByMs }) => `${name} ${times.after(releaseByMs)}`).join(', ');
}

function labelled(label: string, texts: readonly string[]): readonly (readonly [string, string])[] {
  return texts.map((text, index) => [index === 0 ? label : '', text] as const);
}

/** `cut-off: 1 ir-lead and 1 platform, within 10 m, else denied`. */
function gateWords({ id, quorum, withinMs, attest }: GateDefinition): string {
  const needed = [
    ...(Object.keys(quorum).length > 0 ? [quorumWords(quorum)] : []),
    ...attest.map((what) => `attest ${what}`),
  ];
  const within = withinMs === undefined ? '' : `, within ${durationWords(withinMs)}, else denied`;
  return `${id.replace(/^restore\//, '')}: ${needed.join(', ')}${within}`;
}

function touchesWords(touched: Plan['header']['touches'][number]): string {
  const { account, region, instances, users, roles } = touched;
  const counts = [
    ...(instances > 0 ? [countWords(instances, 'instance')] : []),
    ...(users > 0 ? [countWords(users, 'user')] : []),
    ...(roles > 0 ? [countWords(roles, 'role')] : []),
  ];
  return `${listWords(counts)} in ${account}, ${region}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
