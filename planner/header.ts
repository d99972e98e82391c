import { canonical } from '../model/canonical.ts';
import { principalParts } from '../model/names.ts';
import type { Chunk, Plan, PlanHeader, PlannedService, PlannedStage, PlannedTier, Target } from '../model/plan.ts';
import { unknownsOf } from './claims.ts';
import type { Context } from './context.ts';
import type { Forecast } from './continuity.ts';
import { forecastOf, isSameStanding } from './continuity.ts';
import type { Draft, DraftStage } from './draft.ts';
import { byText } from './graph.ts';
import { sortedTexts } from './order.ts';
import { leastMs } from './pace.ts';
import type { DraftTier } from './restore.ts';

/** sha256 of a text's UTF-8 bytes, as `sha256:<hex>`. Passed in: hashing is the caller's. */
export type Hash = (text: string) => string;

/** Puts a chunk among the others and gives its digest. */
type Seal = (chunk: Chunk) => string;

function plannedStage({ stage, action, gate, targets, waves }: DraftStage, seal: Seal): PlannedStage {
  const { name } = stage;
  return {
    name,
    action: action.name,
    effect: action.effect,
    undo: action.undo,
    ...(gate && { gate }),
    waves: waves.map(({ canary, items }, position) => {
      const index = position + 1;
      const paced = items.flatMap(({ id }) => targets.get(id)?.apply ?? []);
      return {
        index,
        canary,
        targets: items.length,
        systems: sortedTexts(items.flatMap(({ systems }) => systems)),
        calls: items.reduce((sum, { calls }) => sum + calls, 0),
        atLeastMs: leastMs(paced),
        chunk: seal({ kind: 'contain', stage: name, wave: index, action: action.name, targets: [...items] }),
      };
    }),
  };
}

function plannedTier({ name, systems, gate, probe, waves }: DraftTier, seal: Seal): PlannedTier {
  return {
    name,
    systems: [...systems],
    ...(gate && { gate }),
    probe,
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

function plannedService(position: number, { estate, slice }: Context, { before, moments }: Draft): PlannedService {
  const service = slice.services[position];
  const first = before[position];
  if (!service || !first) throw new TypeError('a slice has every service of its estate');
  const course: PlannedService['course'] = [];
  let worst = forecastOf(first);
  for (const { stage, wave, standings } of moments) {
    const next = forecastOf(standings[position] ?? first);
    if (!isSame(worst, next)) course.push({ stage: stage.stage.name, wave, ...next });
    worst = next;
  }
  const { name, floor } = service;
  const sites = estate.sites[name]?.length ?? 0;
  const last = moments.at(-1)?.standings[position] ?? first;
  const touched = !isSameStanding(first, last);
  return { name, protected: service.protected, floor, sites, worst, touched, course };
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

function rosterOf({ estate, allowedSigners }: Context): PlanHeader['roster'] {
  return { people: estate.people, allowedSigners, authority: estate.authority };
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
  const stages = draft.stages.map((stage) => plannedStage(stage, seal));
  const header: PlanHeader = {
    apiVersion: 'firedoor/v1',
    kind: 'PlanHeader',
    estate: { name: estate.name, digest: digestOf(estate) },
    playbook: { name: playbook.name, digest: digestOf(playbook) },
    parameters: Object.fromEntries(Object.entries(parameters).map(([name, values]) => [name, [...values]])),
    except: [...draft.except],
    live: digestOf(live),
    accounts: estate.accounts.map(({ name }) => name),
    roster: rosterOf(context),
    compromised: [...(parameters['compromised'] ?? [])],
    stages,
    tiers: draft.tiers.map((tier) => plannedTier(tier, seal)),
    services: [...slice.services.keys()].map((position) => plannedService(position, context, draft)),
    permissions: permissionsOf(draft.stages),
    touches: touchesOf(draft.stages),
    atLeastMs: wholeMs(draft, stages),
    backAgainMs: backAgainMs(draft),
    slice: digestOf(slice),
  };
  const unknowns = unknownsOf(estate, live, context.claims);
  return { apiVersion: 'firedoor/v1', kind: 'Plan', digest: digestOf(header), header, slice, chunks, unknowns };
}
