import { z } from 'zod';
import { actionName } from './actions/names.ts';
import { actions } from './actions/index.ts';
import type { ContainedIds, Held, Holdings, LedgerAnswer, LedgerRequest, Marked, Shared } from './ledger.ts';
import { incidentId, name } from './names.ts';

const count = z.number().int().min(0);

/** What one attempt at a wave takes that its incident didn't hold before, and its place in the estate's order. */
const claim = z.strictObject({
  incident: incidentId,
  stage: name,
  /** Counts from 1; 0 where no wave is known: found by a mark in AWS, or only kept while it is given back. */
  wave: count,
  attempt: count,
  action: actionName,
  targets: z.array(z.string()),
  /** Who comes later to a target waits for who came earlier. */
  order: count,
  /** Those of the targets that are being given back. */
  leaving: z.array(z.string()),
});
export type Claim = z.infer<typeof claim>;

/** Everything an estate's ledger knows; it travels over continue-as-new. */
export const claims = z.strictObject({ next: count, claims: z.array(claim) });
export type Claims = z.infer<typeof claims>;

export const noClaims: Claims = { next: 1, claims: [] };

type Request<Kind extends LedgerRequest['kind']> = Extract<LedgerRequest, { kind: Kind }>;
type Answer<Kind extends LedgerAnswer['kind']> = Extract<LedgerAnswer, { kind: Kind }>;

/** The state after a request, and what to answer. */
export interface Taken<Kind extends LedgerAnswer['kind']> {
  readonly claims: Claims;
  readonly answer: Answer<Kind>;
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)].toSorted();
}

/** One action on one target: what is held or not. */
function keyOf(action: string, target: string): string {
  return `${action} ${target}`;
}

function keysOf(all: readonly Held[]): ReadonlySet<string> {
  return new Set(all.flatMap(({ action, targets }) => targets.map((target) => keyOf(action, target))));
}

/** Those of the targets that pass, by action; actions left without any go. */
function keep(all: readonly Held[], passes: (key: string) => boolean): Held[] {
  return all
    .map(({ action, targets }) => ({ action, targets: targets.filter((target) => passes(keyOf(action, target))) }))
    .filter(({ targets }) => targets.length > 0);
}

/** What claims take away: their targets, unless the action takes nothing away. */
export function containedBy(all: readonly Held[]): ContainedIds {
  const lost = all.filter((one) => actions[one.action].effect !== 'none');
  const ids = (kind: 'instance' | 'principal'): string[] =>
    unique(lost.filter((one) => actions[one.action].target === kind).flatMap((one) => one.targets));
  return { hosts: ids('instance'), principals: ids('principal') };
}

function others({ claims: all }: Claims, incident: string): readonly Claim[] {
  return all.filter((one) => one.incident !== incident);
}

/** Where other claims change the same thing on the same targets, apart by whether they are being given back. */
function overlaps(candidates: readonly Claim[], { action, targets }: Held): Shared[] {
  if (!actions[action].shares) return [];
  const wanted = new Set(targets);
  return candidates.flatMap((one) => {
    const common = one.action === action ? one.targets.filter((target) => wanted.has(target)) : [];
    return [true, false]
      .map((leaving) => ({
        incident: one.incident,
        leaving,
        action,
        targets: common.filter((target) => one.leaving.includes(target) === leaving),
      }))
      .filter((part) => part.targets.length > 0);
  });
}

/**
 * Reserves a wave. Of two waves, the one that asked later has been told of the other: waves that are each safe alone and
 * not together can't both pass their guards, whatever the timing (docs/decisions/0030).
 *
 * @param ledger names the ledger that numbers the askings
 */
export function takeClaim(before: Claims, request: Request<'claim'>, ledger: string): Taken<'claimed'> {
  const { kind: _kind, again, done, ...asked } = request;
  const state = remove(before, { incident: request.incident, held: done });
  const own = state.claims.filter((one) => one.incident === request.incident && one.action === request.action);
  const standing = new Map(
    own.flatMap((one) =>
      one.targets.filter((target) => !one.leaving.includes(target)).map((target) => [target, one.order] as const),
    ),
  );
  const added = unique(request.targets.filter((target) => !standing.has(target)));
  // What is new here was in nobody's answer yet, so the asking that brings it counts as new.
  const number = added.length === 0 && again?.ledger === ledger ? again.number : state.next;
  const cleared = remove(state, { incident: request.incident, held: [{ action: request.action, targets: added }] });
  const fresh = added.length === 0 ? [] : [{ ...asked, targets: added, order: state.next, leaving: [] }];
  const foreign = others(state, request.incident);
  const seen = foreign.filter((one) => one.order < number);
  return {
    claims: { next: state.next + 1, claims: [...cleared.claims, ...fresh] },
    answer: {
      kind: 'claimed',
      asking: { ledger, number },
      others: containedBy(seen),
      by: unique(seen.map((one) => one.incident)),
      shared: foreign.flatMap((one) => {
        const { action, targets } = request;
        return overlaps([one], {
          action,
          targets: targets.filter((id) => one.order < (standing.get(id) ?? state.next)),
        });
      }),
    },
  };
}

/** Marks as being given back what nobody else claims, and says who holds the rest. */
export function takeLeave(
  before: Claims,
  { incident, held, done }: Request<'leave'>,
  ledger: string,
): Taken<'leaving'> {
  const state = remove(before, { incident, held: done });
  const foreign = others(state, incident);
  const shared = held.flatMap((one) => overlaps(foreign, one));
  const sharedKeys = keysOf(shared);
  const alone = keep(held, (key) => !sharedKeys.has(key));
  const leaving = keysOf(alone);
  const own = state.claims.filter((one) => one.incident === incident);
  const ownKeys = keysOf(own);
  const marked = own.map((one): Claim => {
    const marks = one.targets.filter((target) => leaving.has(keyOf(one.action, target)));
    return { ...one, leaving: unique([...one.leaving, ...marks]) };
  });
  // A ledger made anew may not know them; the place in front of all others makes every claim see them.
  const unknown = keep(alone, (key) => !ownKeys.has(key)).map(({ action, targets }): Claim => ({
    incident,
    stage: 'given-back',
    wave: 0,
    attempt: 0,
    action,
    targets,
    order: 0,
    leaving: targets,
  }));
  return {
    claims: { ...state, claims: [...foreign, ...marked, ...unknown] },
    answer: { kind: 'leaving', asking: { ledger, number: state.next }, alone, shared, others: containedBy(foreign) },
  };
}

function holds({ claims: all }: Claims, incident: string): (key: string) => boolean {
  const standing = all
    .filter((one) => one.incident === incident)
    .map(({ action, targets, leaving }) => ({ action, targets: targets.filter((id) => !leaving.includes(id)) }));
  const keys = keysOf(standing);
  return (key) => keys.has(key);
}

/**
 * Drops an incident's targets where the other still holds them and isn't giving them back; refuses the rest. When two hand
 * over to each other, only the first may: its claim is gone when the second asks.
 */
export function takeHandOver(state: Claims, { incident, to, held }: Request<'hand-over'>): Taken<'handed-over'> {
  const [mine, theirs] = [holds(state, incident), holds(state, to)];
  const isKept = (key: string): boolean => mine(key) && theirs(key);
  return {
    claims: remove(state, { incident, held: keep(held, isKept) }),
    answer: { kind: 'handed-over', refused: keep(held, (key) => !isKept(key)) },
  };
}

/**
 * Takes targets out of an incident's claims. On the word of others only claims that came before their asking go: by now it
 * may have claimed anew.
 */
export function takeDrop(state: Claims, { incident, held, upTo }: Request<'drop'>, ledger: string): Claims {
  if (upTo === undefined) return remove(state, { incident, held });
  const gone = keysOf(held);
  const isOld = ({ order }: Claim): boolean => upTo.ledger === ledger && order < upTo.number;
  return prune(state, (one, key) => one.incident !== incident || !gone.has(key) || !isOld(one));
}

/** Takes targets out of an incident's claims; claims that hold nothing any more go. */
function remove(state: Claims, { incident, held }: { incident: string; held: readonly Held[] }): Claims {
  const gone = keysOf(held);
  return prune(state, (one, key) => one.incident !== incident || !gone.has(key));
}

function prune(state: Claims, stays: (claim: Claim, key: string) => boolean): Claims {
  const left = state.claims.map((one): Claim => {
    const passes = (target: string): boolean => stays(one, keyOf(one.action, target));
    return { ...one, targets: one.targets.filter(passes), leaving: one.leaving.filter(passes) };
  });
  return { ...state, claims: left.filter((one) => one.targets.length > 0) };
}

/** Takes an incident out, whole. */
export function removeIncident(state: Claims, incident: string): Claims {
  return { ...state, claims: [...others(state, incident)] };
}

/** What is found when a ledger is made whole or checked. */
export interface Found {
  /** By incidents that are open or still have waves at work, in their own words. */
  readonly told: readonly Holdings[];
  /** By marks in AWS. */
  readonly marked: readonly Marked[];
}

/**
 * A ledger from nothing: what incidents say, then marks in AWS that none of them answers for. What was only asked for counts
 * too, since an answer of the ledger before may be on its way; but not where the incident waits for this one's answer.
 */
export function rebuild({ told, marked }: Found, waiting: readonly Request<'claim'>[] = []): Claims {
  let next = 1;
  const isWaiting = (incident: string, key: string): boolean =>
    waiting.some((one) => one.incident === incident && keysOf([one]).has(key));
  const spoken = told.flatMap(({ incident, waves }) =>
    waves.flatMap(({ asked, targets, ...one }): Claim[] => {
      const left = targets.filter(
        (target) => !asked.includes(target) || !isWaiting(incident, keyOf(one.action, target)),
      );
      return left.length === 0 ? [] : [{ ...one, targets: left, incident, order: next++ }];
    }),
  );
  const answered = keysOf(spoken);
  const orphans = marked.flatMap(({ incident, ...one }) =>
    keep([one], (key) => !answered.has(key)).map((left): Claim => ({
      ...left,
      incident,
      stage: 'found-in-aws',
      wave: 0,
      attempt: 0,
      order: next++,
      leaving: [],
    })),
  );
  return { next, claims: [...spoken, ...orphans] };
}

/**
 * Compares claims with what was found, and drops what is nobody's: of incidents that answer what they don't know
 * themselves, of others what AWS doesn't show. Claims numbered `before` or later are newer than the finding and stay.
 */
export function reconcile(state: Claims, { told, marked }: Found, before: number): Claims {
  const words = new Map(told.map(({ incident, waves }) => [incident, keysOf(waves)]));
  const inAws = keysOf(marked);
  return prune(state, (one, key) => one.order >= before || (words.get(one.incident) ?? inAws).has(key));
}
