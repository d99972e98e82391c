import type { Contained, Standing } from '../model/continuity.ts';
import { durationWords } from '../model/duration.ts';
import type { Slice } from '../model/plan.ts';
import type { Refusal, RefusalFact } from '../model/refusal.ts';
import type { Context } from './context.ts';
import type { CourseMoment } from './continuity.ts';
import type { Draft, Moment } from './draft.ts';
import type { DraftStage } from './draft-stage.ts';
import { endedWords } from './guard.ts';
import { directNeeds, neededBy } from './slice.ts';
import type { Origin } from './select.ts';
import { freeHosts, isStruck } from './struck.ts';
import { atLeastWords, countWords, listWords, percentWords } from './words.ts';

type SliceSystem = Slice['systems'][number];
type Path = NonNullable<RefusalFact['at']>['path'];

/** A protected service and the first wave that takes it below a floor. */
export interface Breach {
  readonly service: string;
  readonly moment: Moment;
  /** When the floor falls: at once, or by time alone while the wave's work stays. */
  readonly fall: CourseMoment;
  /** Systems the service needs that the plan itself has struck by then, those of this wave first. */
  readonly culprits: readonly string[];
}

const shownCulprits = 4;

function atEstate(path: Path): NonNullable<RefusalFact['at']> {
  return { document: 'estate', path };
}

/** Systems a service needs in any of its modes, however far. */
function neededFor(service: string, { slice }: Context): ReadonlySet<string> {
  const own = slice.services.find(({ name }) => name === service);
  return neededBy(new Map(slice.systems.map((system) => [system.name, system])), own ? directNeeds(own) : []);
}

function isTouched({ hosts, uses, runsWith = [] }: SliceSystem, contained: Contained): boolean {
  const principals = [...uses, ...runsWith.map(({ id }) => id)];
  return hosts.some((id) => contained.hosts.has(id)) || principals.some((id) => contained.principals.has(id));
}

function culpritsOf(service: string, { contained, added }: Moment, context: Context): readonly string[] {
  const needed = neededFor(service, context);
  const struck = context.slice.systems.filter(
    (system) => needed.has(system.name) && isStruck(system, contained) && !isStruck(system, context.baseline),
  );
  const isNew = (system: SliceSystem): boolean => isTouched(system, added);
  return [...struck.filter(isNew), ...struck.filter((system) => !isNew(system))].map(({ name }) => name);
}

function standingIn(service: string, { standings }: Pick<CourseMoment, 'standings'>): Standing | undefined {
  return standings.find((standing) => standing.service === service);
}

function fallOf(service: string, { course, standings }: Moment): CourseMoment {
  const falls = course.find((each) => standingIn(service, each)?.floor?.holds === false);
  return falls ?? { atMs: 0, standings, ended: [] };
}

/** For each protected service that a draft takes below a floor, the first wave that does. */
export function breachesOf({ moments }: Draft, context: Context): readonly Breach[] {
  const first = new Map<string, Moment>();
  for (const moment of moments) {
    for (const service of moment.breached) if (!first.has(service)) first.set(service, moment);
  }
  return [...first].map(([service, moment]) => ({
    service,
    moment,
    fall: fallOf(service, moment),
    culprits: culpritsOf(service, moment, context),
  }));
}

function sitesWords(service: string, tier: string | undefined, { estate }: Context): string {
  const sites = (estate.sites[service] ?? []).filter((site) => tier === undefined || site.tier === tier);
  const isWeighted = sites.some(({ weight }) => weight !== sites[0]?.weight);
  const kind = tier === undefined ? '' : `${tier} `;
  return `${countWords(sites.length)} ${kind}sites${isWeighted ? ' by weight' : ''}`;
}

function floorFact({ service, fall }: Breach, { waivers }: Draft, context: Context): RefusalFact {
  const floor = standingIn(service, fall)?.floor;
  const position = context.written.services.findIndex(({ name }) => name === service);
  const asked = context.written.services[position]?.floor.findIndex(
    ({ tier, mode, share }) => tier === floor?.tier && mode === floor?.mode && share === floor.share,
  );
  const at = atEstate(['services', position, 'floor', Math.max(0, asked ?? 0)]);
  if (!floor) return { label: 'floor', text: 'none', at };
  const text = `${percentWords(floor.share)} of ${sitesWords(service, floor.tier, context)}, ${atLeastWords(floor.mode)}`;
  const waived = waivers.find((one) => one.service === service && fall.atMs < one.untilMs);
  const until = waived ? `, as waived for ${durationWords(waived.untilMs)}` : '';
  return { label: 'floor', text: `${text}${until}`, at };
}

/** How one system comes to be down, and where the estate says so. */
function culpritWords(name: string, contained: Contained, context: Context): Pick<RefusalFact, 'text' | 'at'> {
  const position = context.written.systems.findIndex((system) => system.name === name);
  const written = context.written.systems[position];
  const system = context.slice.systems.find((each) => each.name === name);
  const lost = system?.uses.find((id) => contained.principals.has(id));
  if (lost !== undefined) {
    const use = written?.uses.indexOf(lost) ?? 0;
    return { text: `${name} loses ${lost}, which it uses`, at: atEstate(['systems', position, 'uses', use]) };
  }
  const path = written?.capacity ? ['capacity', 'hosts'] : [];
  return { text: hostWords(name, system, contained), at: atEstate(['systems', position, ...path]) };
}

function hostWords(name: string, system: SliceSystem | undefined, contained: Contained): string {
  const { hosts, capacity } = system ?? { hosts: [], capacity: 0 };
  const role = system?.runsWith?.find(({ id }) => contained.principals.has(id))?.id;
  const why = role === undefined ? '' : `: hosts run with ${role}, which it does not list under uses`;
  if (hosts.length === 1 && capacity === 1) return `${name} loses its only host${why}`;
  const free = system ? freeHosts(system, contained) : 0;
  const needed = capacity === hosts.length ? 'all of them' : countWords(capacity);
  return `${name} keeps ${countWords(free)} of ${countWords(hosts.length)} hosts and needs ${needed}${why}`;
}

/** `48 h after the start shelves empty; tier logistics is due back 72 h after it`. */
function clockFacts({ service, fall, culprits }: Breach, draft: Draft): readonly RefusalFact[] {
  if (fall.atMs === 0) return [];
  const tier = draft.tiers.findLast(({ targets }) =>
    targets.some(({ systems }) => systems.some((name) => culprits.includes(name))),
  );
  const due = tier ? `; tier ${tier.name} is due back ${durationWords(tier.releaseByMs)} after it` : '';
  const at =
    tier?.index === undefined ? undefined : ({ document: 'playbook', path: ['restore', 'tiers', tier.index] } as const);
  return [
    {
      label: 'when',
      text: `${durationWords(fall.atMs)} after the start: ${endedWords(service, fall)}${due}`,
      ...(at && { at: { document: at.document, path: [...at.path] } }),
    },
  ];
}

function wouldBeFacts({ service, moment, fall, culprits }: Breach, context: Context): readonly RefusalFact[] {
  const floor = standingIn(service, fall)?.floor;
  const share = percentWords(floor?.actual ?? 0);
  const [first, ...others] = culprits;
  if (first === undefined) return [{ label: 'would be', text: share }];
  const { text, at } = culpritWords(first, moment.contained, context);
  const rest = others.slice(0, shownCulprits - 1).map((name) => ({
    label: 'and',
    ...culpritWords(name, moment.contained, context),
  }));
  const unshown = others.slice(shownCulprits - 1);
  const more = unshown.length === 0 ? [] : [{ label: 'and', text: `also down: ${listWords(unshown)}` }];
  return [{ label: 'would be', text: `${share}: ${text}`, ...(at && { at }) }, ...rest, ...more];
}

function stepFact(name: string, { step }: Origin, { written }: Context): Pick<RefusalFact, 'text' | 'at'> | undefined {
  if (step?.kind === 'reaches') {
    const position = written.systems.findIndex((system) => system.name === step.from);
    const entry = written.systems[position]?.reaches.indexOf(name) ?? 0;
    return { text: `${step.from} reaches it`, at: atEstate(['systems', position, 'reaches', entry]) };
  }
  if (step?.kind === 'opens') {
    const position = written.principals.findIndex(({ id }) => id === step.principal);
    const entry = written.principals[position]?.opens.indexOf(name) ?? 0;
    return { text: `${step.principal} opens it`, at: atEstate(['principals', position, 'opens', entry]) };
  }
  return undefined;
}

/** How a system came into the stages up to a wave: named, in a zone, reached, tagged, or by a principal it uses. */
function scopeFact(name: string, stages: readonly DraftStage[], context: Context): RefusalFact | undefined {
  for (const { stage, index, selection, targets, action } of stages) {
    const touching = [...targets.values()].filter(({ target }) => target.systems.includes(name));
    const [touch] = touching;
    if (action.effect === 'none' || touch === undefined) continue;
    const label = 'in scope';
    const { id, kind } = touch.target;
    const origin = kind === 'principal' ? selection.principals.get(id) : selection.systems.get(name);
    const reached = kind === 'instance' && origin && stepFact(name, origin, context);
    if (reached) return { label, text: `${name}, because ${reached.text}`, ...(reached.at && { at: reached.at }) };
    const key = origin?.key ?? 'tag';
    const at = { document: 'playbook' as const, path: ['stages', index, 'on', ...(stage.on[key] ? [key] : [])] };
    const isListed = context.estate.systems.some((system) => system.name === name && system.uses.includes(id));
    const uses = isListed ? `${name} uses` : `hosts of ${name} run with`;
    const through = kind === 'principal' ? `, which ${uses}` : '';
    return {
      label,
      text: `${kind === 'principal' ? id : name}${through}, because stage ${stage.name} selects it by ${key}`,
      at,
    };
  }
  return undefined;
}

/** FD-201: which wave, which floor, what would be left, and how each system behind it came into scope. */
export function breachRefusal(breach: Breach, draft: Draft, context: Context): Refusal {
  const { service, moment, culprits } = breach;
  const stages = draft.stages.slice(0, moment.stage.index + 1);
  const scope = culprits.slice(0, shownCulprits).map((name) => scopeFact(name, stages, context));
  return {
    code: 'FD-201',
    message: `stage ${moment.stage.stage.name}, wave ${moment.wave} would take ${service} below its floor.`,
    facts: [
      floorFact(breach, draft, context),
      ...clockFacts(breach, draft),
      ...wouldBeFacts(breach, context),
      ...scope.filter((fact) => fact !== undefined),
    ],
    repairs: [],
  };
}
