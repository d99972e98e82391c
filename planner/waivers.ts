import { canonical } from '../model/canonical.ts';
import type { Contained } from '../model/continuity.ts';
import type { Mode } from '../model/modes.ts';
import { isAtLeast, servingModes } from '../model/modes.ts';
import type { Slice } from '../model/plan.ts';
import type { Refusal } from '../model/refusal.ts';
import type { WaivedFloor, Waiver, WaiverRequest } from '../model/waiver.ts';
import { implies, loweredFloors } from '../model/waiver.ts';
import type { Context } from './context.ts';
import type { CourseMoment } from './continuity.ts';
import { noClocks } from './continuity.ts';
import { byText } from './graph.ts';
import { lookAheadMs } from './guard.ts';

type SliceService = Slice['services'][number];

/** Waivers for a draft, and what speaks against those that were asked for. */
export interface WaiverAnswer {
  readonly waivers: readonly Waiver[];
  readonly problems: readonly Refusal[];
}

/** What a request is looked at with: the service, and how it fares while what a draft contains is contained. */
interface Case {
  readonly request: WaiverRequest;
  readonly service: SliceService;
  /** Courses of services from the start until everything is due back; of one service with the floors given. */
  readonly courses: (floors?: readonly WaivedFloor[]) => readonly (readonly CourseMoment[])[];
}

/** What a draft contains at most, at one or more points of it, and when it is due back, counted from the start. */
export interface Outcome {
  readonly worlds: readonly Contained[];
  readonly dueMs: ReadonlyMap<string, number>;
}

function coursesOf(service: string, { worlds, dueMs }: Outcome, { continuity }: Context): Case['courses'] {
  const now = { nowMs: 0, clocks: noClocks, dueMs };
  return (floors) => {
    const waivers = floors ? [{ service, floor: [...floors], untilMs: Infinity }] : [];
    return worlds.map((contained) =>
      continuity.course({ ...now, contained, failing: [], untilMs: lookAheadMs(contained, now), waivers }),
    );
  };
}

function floorIn(service: string, { standings }: CourseMoment): CourseMoment['standings'][number]['floor'] {
  return standings.find((standing) => standing.service === service)?.floor;
}

/** When the floors of a service hold again for good; 0 where they never fall, infinity where they still don't at the end. */
function healedMs({ service, courses }: Case): number {
  const each = courses().map((moments) => {
    const last = moments.findLastIndex((moment) => floorIn(service.name, moment)?.holds === false);
    return last === -1 ? 0 : (moments[last + 1]?.atMs ?? Infinity);
  });
  return Math.max(0, ...each);
}

/** What is left of a floor before a time: its own share where it holds all along, else the least there is. */
function shareLeft({ service, courses }: Case, floor: WaivedFloor, untilMs: number): number {
  const standing = courses([floor])
    .flat()
    .filter(({ atMs }) => atMs < untilMs)
    .flatMap((moment) => floorIn(service.name, moment) ?? []);
  return Math.min(floor.share, ...standing.filter(({ holds }) => !holds).map(({ actual }) => actual));
}

/** Modes a service can fall to below one: its own, worse than that one. */
function modesBelow({ modes }: SliceService, mode: Mode): WaivedFloor['mode'][] {
  const own = new Set(modes.map((each) => each.mode));
  return servingModes.filter((each) => own.has(each) && !isAtLeast(each, mode));
}

/** The least that a floor must be lowered: in its own mode to what is left there, and in worse ones no further than there. */
function lowered(floor: WaivedFloor, untilMs: number, given: Case): readonly WaivedFloor[] {
  const left: WaivedFloor[] = [];
  for (const mode of [floor.mode, ...modesBelow(given.service, floor.mode)]) {
    const share = shareLeft(given, { ...floor, mode }, untilMs);
    if (share > (left.at(-1)?.share ?? -1)) left.push({ ...floor, mode, share });
    if (share === floor.share) break;
  }
  const some = left.filter(({ share }) => share > 0);
  return some.length > 0 ? some : left.slice(0, 1);
}

function refuse(request: WaiverRequest, facts: Refusal['facts'], context: Context): Refusal {
  const position = context.written.services.findIndex(({ name }) => name === request.service);
  const at = { document: 'estate' as const, path: ['services', position] };
  return {
    code: 'FD-212',
    message: `no glass can be broken for ${request.service}.`,
    facts: facts.map((fact, index) => (index === 0 ? { ...fact, at } : fact)),
    repairs: [],
  };
}

/** Floors as asked for, by tier; floors of tiers that nothing was asked for stay. */
function askedFloors(asked: readonly WaivedFloor[], own: readonly WaivedFloor[]): readonly WaivedFloor[] {
  const tiers = new Set(asked.map(({ tier }) => tier));
  return [...own.filter(({ tier }) => !tiers.has(tier)), ...asked];
}

/** Without what says nothing beside the others, each once and in order. */
function inOrder(floors: readonly WaivedFloor[]): WaivedFloor[] {
  const all = [...new Map(floors.map((floor) => [canonical(floor), floor])).values()];
  const some = all.filter(
    (floor) => floor.share > 0 || !all.some((other) => other !== floor && other.tier === floor.tier),
  );
  return some
    .filter((floor) => !some.some((other) => other !== floor && implies(other, floor)))
    .sort((one, other) => byText(canonical(one), canonical(other)));
}

type Facts = Refusal['facts'];

/** Why a request is none, as the facts of a refusal. */
function objection({ request: { floor }, service }: Case): Facts | undefined {
  if (!service.protected)
    return [{ label: 'found', text: 'it is not protected, so it has no floor that holds a wave' }];
  if (floor === undefined) return undefined;
  const more = floor.find((each) => !service.floor.some((own) => implies(own, each)));
  if (more) {
    const sites = more.tier === undefined ? '' : ` of ${more.tier}`;
    return [
      { label: 'found', text: `${more.share * 100}%${sites} ${more.mode}, which is no less than a floor it has` },
      { label: 'expected', text: 'less of the sites that a floor is for, or a worse mode' },
    ];
  }
  if (loweredFloors({ floor }, service.floor).length > 0) return undefined;
  return [{ label: 'found', text: 'nothing is lowered' }];
}

/** The waiver asked for, none where its floors hold without one, or why there can be none. */
function waiverOf(given: Case): { readonly waiver?: Waiver } | { readonly facts: Facts } {
  const facts = objection(given);
  if (facts) return { facts };
  const { request, service } = given;
  const healed = healedMs(given);
  if (healed === 0 && request.floor === undefined) return {};
  const untilMs = request.untilMs ?? healed;
  if (untilMs === 0 || untilMs === Infinity) {
    const text = healed === 0 ? 'its floors hold all along by themselves' : 'no time at which its floors hold again';
    return {
      facts: [
        { label: 'found', text },
        { label: 'expected', text: 'until when it may be so: --until PT4H' },
      ],
    };
  }
  const floors = request.floor
    ? askedFloors(request.floor, service.floor)
    : service.floor.flatMap((floor) => lowered(floor, untilMs, given));
  return { waiver: { service: service.name, floor: inOrder(floors), untilMs } };
}

/**
 * Works out the waivers asked for. A request without floors gets the least that its plan needs: what the service is left with
 * at worst, floor by floor, and no waiver where its floors hold all along; one without a time gets the moment from which its
 * floors hold by themselves, since what took them is due back by then. Names are known to be good.
 */
export function waiversFor(requests: readonly WaiverRequest[], outcome: Outcome, context: Context): WaiverAnswer {
  const waivers: Waiver[] = [];
  const problems: Refusal[] = [];
  for (const request of requests) {
    const service = context.slice.services.find(({ name }) => name === request.service);
    if (!service) throw new TypeError(`no service ${request.service}`);
    const answer = waiverOf({ request, service, courses: coursesOf(service.name, outcome, context) });
    if ('facts' in answer) problems.push(refuse(request, answer.facts, context));
    else if (answer.waiver) waivers.push(answer.waiver);
  }
  return { waivers, problems };
}
