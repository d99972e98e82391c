import { gatesOf } from '../model/break-glass.ts';
import { canonical } from '../model/canonical.ts';
import { principalParts } from '../model/names.ts';
import type {
  Chunk,
  Plan,
  PlanHeader,
  PlannedService,
  PlannedStage,
  PlannedTier,
  ServiceClock,
  Target,
  Unknowns,
} from '../model/plan.ts';
import { unknownsOf } from './claims.ts';
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import type { DraftStage } from './draft-stage.ts';
import type { Fate } from './fate.ts';
import { affectedBy, fateOf } from './fate.ts';
import { byText } from './graph.ts';
import { narrowerAdvice } from './narrower.ts';
import { sortedTexts } from './order.ts';
import { leastMs } from './pace.ts';
import type { DraftTier } from './restore.ts';
import { clocksOf } from './service-clock.ts';
import type { Forecast } from './shares.ts';
import { forecastOf, isSameStanding, worstForecast } from './shares.ts';
import { untoldGates } from './told.ts';

/** sha256 of a text's UTF-8 bytes, as `sha256:<hex>`. Passed in: hashing is the caller's. */
export type Hash = (text: string) => string;

/** Puts a chunk among the others and gives its digest. */
type Seal = (chunk: Chunk) => string;

function plannedStage(
  { stage, action, gate, targets, waves }: DraftStage,
  { seal, fate }: { readonly seal: Seal; readonly fate: Fate },
): PlannedStage {
  const { name } = stage;
  return {
    name,
    action: action.name,
    effect: action.effect,
    undo: action.undo,
    affected: affectedBy(
      action,
      waves.flatMap(({ items }) => items),
      fate,
    ),
    ...(gate && { gate }),
    waves: waves.map(({ canary, items }, position) => {
      const index = position + 1;
      const paced = items.flatMap(({ id }) => targets.get(id)?.apply ?? []);
      return {
        index,
        canary,
        targets: items.length,
        systems: sortedTexts(items.flatMap(({ systems }) => systems)),
        affected: affectedBy(action, items, fate),
        calls: items.reduce((sum, { calls }) => sum + calls, 0),
        atLeastMs: leastMs(paced),
        chunk: seal({ kind: 'contain', stage: name, wave: index, action: action.name, targets: [...items] }),
      };
    }),
  };
}

function plannedTier({ name, systems, gate, probe, releaseByMs, waves }: DraftTier, seal: Seal): PlannedTier {
  return {
    name,
    systems: [...systems],
    ...(gate && { gate }),
    probe,
    releaseByMs,
    waves: waves.map(({ canary, items }, position) => {
      const index = position + 1;
      const chunk = seal({ kind: 'release', tier: name, wave: index, targets: items.map(({ id }) => id) });
      return { index, canary, targets: items.length, chunk };
    }),
  };
}

function isSame(one: Forecast, other: Forecast): boolean {
  return one.mode === other.mode && one.share === other.share;
}

function plannedService(
  position: number,
  { estate, slice }: Context,
  {
    draft: { before, moments },
    clocks,
  }: { readonly draft: Draft; readonly clocks: readonly (ServiceClock | undefined)[] },
): PlannedService {
  const service = slice.services[position];
  const first = before[position];
  if (!service || !first) throw new TypeError('a slice has every service of its estate');
  const course: PlannedService['course'] = [];
  let current = forecastOf(first);
  for (const { stage, wave, standings } of moments) {
    const next = forecastOf(standings[position] ?? first);
    if (!isSame(current, next)) course.push({ stage: stage.stage.name, wave, ...next });
    current = next;
  }
  const ahead = (moments.at(-1)?.course ?? []).map(({ standings }) => forecastOf(standings[position] ?? first));
  const worst = worstForecast([current, ...ahead]);
  const clock = clocks[position];
  const { name, floor } = service;
  const sites = estate.sites[name]?.length ?? 0;
  const last = moments.at(-1)?.standings[position] ?? first;
  const touched = !isSameStanding(first, last);
  return { name, protected: service.protected, floor, sites, worst, touched, ...(clock && { clock }), course };
}

/** Distinct targets of all stages. */
function allTargets(stages: readonly DraftStage[]): readonly Target[] {
  const found = new Map<string, Target>();
  for (const { targets } of stages) for (const { target } of targets.values()) found.set(target.id, target);
  return [...found.values()];
}

function touchesOf(stages: readonly DraftStage[]): PlanHeader['touches'] {
  const byPlace = new Map<string, PlanHeader['touches'][number]>();
  for (const { kind, id, account, region } of allTargets(stages)) {
    const key = `${account} ${region}`;
    const entry = byPlace.get(key) ?? { account, region, instances: 0, users: 0, roles: 0 };
    if (kind === 'instance') entry.instances += 1;
    else if (principalParts(id).kind === 'user') entry.users += 1;
    else entry.roles += 1;
    byPlace.set(key, entry);
  }
  return [...byPlace].sort(([one], [other]) => byText(one, other)).map(([, entry]) => entry);
}

function permissionsOf(stages: readonly DraftStage[]): string[] {
  return sortedTexts(
    stages.flatMap(({ action: { permissions } }) => [...permissions.read, ...permissions.apply, ...permissions.undo]),
  );
}

/** Waves follow each other, and no bucket refills between them for nothing: the larger bound holds. */
function wholeMs(draft: Draft, stages: readonly PlannedStage[]): number {
  const waves = stages.flatMap((stage) => stage.waves);
  const summedMs = waves.reduce((sum, { atLeastMs }) => sum + atLeastMs, 0);
  return Math.max(
    summedMs,
    leastMs(draft.stages.flatMap(({ targets }) => [...targets.values()].map(({ apply }) => apply))),
  );
}

function backAgainMs({ stages }: Draft): number {
  const undone = stages.filter(({ action }) => action.undo === 'exact');
  return leastMs(undone.flatMap(({ targets }) => [...targets.values()].map(({ undo }) => undo)));
}

function rosterOf({ estate, allowedSigners, revocations }: Context): PlanHeader['roster'] {
  const revoked = revocations === undefined ? {} : { revocations };
  return { people: estate.people, allowedSigners, ...revoked, authority: estate.authority };
}

function gatesUnknown(header: PlanHeader, { rolesTold }: Context): Pick<Unknowns, 'untoldGates'> {
  return rolesTold === undefined ? {} : { untoldGates: untoldGates(gatesOf(header), rolesTold) };
}

/** Seals a draft that nothing speaks against: chunks, header and slice with their digests (DESIGN.md, *The plan*). */
export function sealPlan(draft: Draft, context: Context, hash: Hash): Plan {
  const digestOf = (value: unknown): string => hash(canonical(value));
  const chunks: Record<string, Chunk> = {};
  const seal: Seal = (chunk) => {
    const digest = digestOf(chunk);
    chunks[digest] = chunk;
    return digest;
  };
  const { estate, playbook, parameters, live, slice } = context;
  const fate = fateOf(context);
  const stages = draft.stages.map((stage) => plannedStage(stage, { seal, fate }));
  const clocks = clocksOf(draft, context);
  const header: PlanHeader = {
    apiVersion: 'firedoor/v1',
    kind: 'PlanHeader',
    estate: { name: estate.name, digest: digestOf(estate) },
    playbook: { name: playbook.name, digest: digestOf(playbook) },
    parameters: Object.fromEntries(Object.entries(parameters).map(([name, values]) => [name, [...values]])),
    except: [...draft.choice.except],
    narrow: [...draft.choice.narrow],
    live: digestOf(live),
    accounts: estate.accounts.map(({ name }) => name),
    roster: rosterOf(context),
    compromised: [...(parameters['compromised'] ?? [])],
    stages,
    tiers: draft.tiers.map((tier) => plannedTier(tier, seal)),
    services: [...slice.services.keys()].map((position) => plannedService(position, context, { draft, clocks })),
    ...(draft.waivers.length > 0 && { waivers: [...draft.waivers] }),
    permissions: permissionsOf(draft.stages),
    touches: touchesOf(draft.stages),
    atLeastMs: wholeMs(draft, stages),
    backAgainMs: backAgainMs(draft),
    slice: digestOf(slice),
  };
  const unknowns = { ...unknownsOf(estate, live, context.claims), ...gatesUnknown(header, context) };
  const narrower = [...narrowerAdvice(draft, context, fate)];
  const parts = { header, slice, chunks, unknowns, narrower };
  return { apiVersion: 'firedoor/v1', kind: 'Plan', digest: digestOf(header), ...parts };
}
