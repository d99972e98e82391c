import type { Contained } from '../model/continuity.ts';
import { namesIn } from '../model/modes.ts';
import type { Slice } from '../model/plan.ts';
import type { FallenSystem, Impact, ImpactedService } from '../model/radius.ts';
import type { Continuity, CourseMoment } from './continuity.ts';
import type { Ground } from './ground.ts';
import { containedTogether } from './contained.ts';
import { endedWords } from './guard.ts';
import { lossOf } from './loss.ts';
import { sortedTexts } from './order.ts';
import { forecastOf, isSameStanding, isWorse } from './shares.ts';
import { directNeeds } from './slice.ts';
import { freeHosts } from './struck.ts';

type SliceSystem = Slice['systems'][number];

/** What containments are held against. */
export interface ImpactScales {
  readonly ground: Ground;
  /** Of the whole estate. */
  readonly continuity: Continuity;
}

/** One containment, and how the world is with it and without. */
interface Case {
  readonly scales: ImpactScales;
  readonly systems: ReadonlySet<string>;
  readonly contained: Contained;
  readonly up: ReadonlySet<string>;
  readonly before: readonly CourseMoment[];
  readonly after: readonly CourseMoment[];
}

function caseOf(systems: readonly string[], principals: readonly string[], scales: ImpactScales): Case {
  const { ground, continuity } = scales;
  const { baseline, claims } = ground;
  const hosts = systems.flatMap((name) => claims.hostsOf.get(name) ?? []);
  const contained = containedTogether(baseline, { hosts: new Set(hosts), principals: new Set(principals) });
  const courseOf = (world: Contained): readonly CourseMoment[] =>
    continuity.course({ contained: world, failing: [], dueMs: new Map(), untilMs: Infinity });
  return {
    scales,
    systems: new Set(systems),
    contained,
    up: continuity.systemsUp(contained),
    before: courseOf(baseline),
    after: courseOf(contained),
  };
}

/** The moment of a course in force at a time. */
function standingAt(course: readonly CourseMoment[], atMs: number, position: number) {
  return course.findLast((moment) => moment.atMs <= atMs)?.standings[position];
}

/** Moments at which the service is worse than it would be without the containment. */
function worseMoments({ before, after }: Case, position: number): readonly CourseMoment[] {
  return after.filter(({ atMs, standings }) => {
    const [was, is] = [standingAt(before, atMs, position), standings[position]];
    return was !== undefined && is !== undefined && isWorse(was, is);
  });
}

function laterOf(name: string, position: number, { after }: Case): ImpactedService['later'] {
  return after.flatMap((moment, index) => {
    const [was, is] = [after[index - 1]?.standings[position], moment.standings[position]];
    if (!was || !is || isSameStanding(was, is)) return [];
    return [{ ...forecastOf(is), atMs: moment.atMs, because: endedWords(name, moment) }];
  });
}

function serviceIn(of: Case, position: number): ImpactedService | undefined {
  const { estate, whole } = of.scales.ground;
  const [service, written] = [whole.services[position], estate.services[position]];
  const [was, is] = [of.before[0]?.standings[position], of.after[0]?.standings[position]];
  const worse = worseMoments(of, position);
  if (!service || !written || !was || !is || worse.length === 0) return undefined;
  const breaks = service.protected
    ? worse.find(({ standings }) => standings[position]?.floor?.holds === false)
    : undefined;
  const down = sortedTexts(directNeeds(service)).filter((name) => !of.up.has(name));
  const isContained = (name: string): boolean => of.systems.has(name);
  return {
    name: service.name,
    protected: service.protected,
    value: written.value,
    floor: written.floor,
    before: forecastOf(was),
    after: forecastOf(is),
    later: laterOf(service.name, position, of),
    ...(breaks && { breaksMs: breaks.atMs }),
    without: [...down.filter(isContained), ...down.filter((name) => !isContained(name))],
  };
}

/** The first reason why a system is down that stands on its own, or the first need of it that is down. */
function becauseOf(system: SliceSystem, of: Case): FallenSystem['because'] {
  const { contained, systems } = of;
  const { baseline, claims } = of.scales.ground;
  const principals = [...system.uses, ...(system.runsWith ?? []).map(({ id }) => id)];
  const lost = principals.find((id) => contained.principals.has(id));
  if (lost !== undefined) return { kind: 'uses', id: lost };
  if (freeHosts(system, contained) < Math.min(system.capacity, freeHosts(system, baseline))) {
    const shared = system.hosts.flatMap((host) => claims.systemsOf.get(host) ?? []);
    return { kind: 'hosts', id: shared.find((name) => systems.has(name)) ?? system.name };
  }
  const needs = namesIn(system.needs);
  return { kind: 'needs', id: needs.find((name) => systems.has(name)) ?? needs.find((name) => !of.up.has(name)) ?? '' };
}

/** What containing systems breaks, and principals with them: by the continuity function, now and as time goes by. */
export function impactOf(systems: readonly string[], principals: readonly string[], scales: ImpactScales): Impact {
  const of = caseOf(systems, principals, scales);
  const { ground, continuity } = scales;
  const upBefore = continuity.systemsUp(ground.baseline);
  return {
    systems: sortedTexts(systems),
    principals: sortedTexts(principals),
    services: ground.whole.services.flatMap((_, position) => serviceIn(of, position) ?? []),
    falls: ground.whole.systems
      .filter(({ name }) => upBefore.has(name) && !of.up.has(name) && !of.systems.has(name))
      .map((system) => ({ name: system.name, because: becauseOf(system, of) })),
    loss: lossOf(of.after[0]?.standings ?? [], ground.estate),
  };
}
