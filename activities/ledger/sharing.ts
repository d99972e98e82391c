import type { Asking, Held, Shared } from '../../model/ledger.ts';
import type { Capture } from '../../model/step.ts';
import type { SharingDeps, Standing } from './sharers.ts';
import { standingOf, tell } from './sharers.ts';

/** Targets that another incident is at work on; `isHolding` when it waits for people there. */
export interface Wait {
  readonly incident: string;
  readonly targets: readonly string[];
  readonly isHolding: boolean;
}

/** What a claim has to know of those who claimed the same targets before. */
export interface Visit {
  /** Their captures, each with the MAC of our workers. */
  readonly adoptable: readonly Capture[];
  readonly waits: readonly Wait[];
  /** Incidents ended from outside; what they contained stays contained. */
  readonly dead: readonly string[];
}

/** Claims of others on the same targets, and the asking that told of them. */
export interface VisitInput {
  readonly asking: Asking;
  readonly shared: readonly Shared[];
}

export interface PartingInput extends VisitInput {
  readonly incident: string;
  /** Dead incidents that people were told of and that no longer keep anything. */
  readonly despite: readonly string[];
}

/** What becomes of targets that others hold too, when one incident leaves them. */
export interface Parting {
  /** Kept contained by another incident, which holds a capture of its own and gives them back. */
  readonly kept: readonly (Held & { readonly incident: string })[];
  readonly waits: readonly Wait[];
  readonly dead: readonly (Held & { readonly incident: string })[];
}

/** How an incident deals with others that hold the same targets. Makes no call to AWS. */
export interface SharingActivities {
  readonly visitSharers: (input: VisitInput) => Promise<Visit>;
  readonly partFromSharers: (input: PartingInput) => Promise<Parting>;
}

/** Takes claims out of the ledger that were there when it was asked. */
async function drop(deps: SharingDeps, { incident, action, targets }: Shared, upTo: Asking): Promise<void> {
  if (targets.length > 0) await tell(deps, { kind: 'drop', incident, held: [{ action, targets }], upTo });
}

/** Tells the ledger what an incident's own answer, or its end, says of claims in its name. */
async function correct(deps: SharingDeps, shared: Shared, { standing, asking }: Found): Promise<void> {
  const { fate, strange } = standing;
  if (fate === 'over') await drop(deps, shared, asking);
  if (fate === 'open') await drop(deps, { ...shared, targets: [...strange] }, asking);
}

interface Found {
  readonly standing: Standing;
  readonly asking: Asking;
}

function waitsOf(incident: string, standing: Standing, busy: readonly string[]): readonly Wait[] {
  const { unproven, isHolding, fate } = standing;
  return [
    ...(busy.length > 0 ? [{ incident, targets: busy, isHolding }] : []),
    ...(unproven.length > 0 && fate === 'open' ? [{ incident, targets: unproven, isHolding: true }] : []),
  ];
}

async function visit(deps: SharingDeps, { shared, asking }: VisitInput): Promise<Visit> {
  const adoptable: Capture[] = [];
  const waits: Wait[] = [];
  const dead = new Set<string>();
  for (const one of shared) {
    const standing = await standingOf(deps, one);
    const { fate, strange } = standing;
    await correct(deps, one, { standing, asking });
    if (fate === 'dead') dead.add(one.incident);
    const isLeaving = one.leaving && fate === 'open';
    const busy = isLeaving ? one.targets.filter((target) => !strange.includes(target)) : standing.unsettled;
    waits.push(...waitsOf(one.incident, standing, busy));
    adoptable.push(...standing.captures.filter((capture) => !busy.includes(capture.target)));
  }
  return { adoptable, waits, dead: [...dead] };
}

/** Leaves targets to an incident that holds captures of them; gives those that the ledger let go. */
async function handOver(deps: SharingDeps, incident: string, to: Shared): Promise<readonly string[]> {
  const { action, targets } = to;
  if (targets.length === 0) return [];
  const held = [{ action, targets }];
  const answer = await tell(deps, { kind: 'hand-over', incident, to: to.incident, held });
  if (answer.kind !== 'handed-over') return [];
  const refused = answer.refused.flatMap((left) => left.targets);
  return targets.filter((target) => !refused.includes(target));
}

async function partFrom(deps: SharingDeps, input: PartingInput, one: Shared): Promise<Parting> {
  const { incident, action, targets } = one;
  const standing = await standingOf(deps, one);
  await correct(deps, one, { standing, asking: input.asking });
  if (standing.fate === 'over') return { kept: [], waits: [], dead: [] };
  if (standing.fate === 'dead') {
    if (!input.despite.includes(incident)) return { kept: [], waits: [], dead: [{ incident, action, targets }] };
    await drop(deps, one, input.asking);
    return { kept: [], waits: [], dead: [] };
  }
  const captured = targets.filter((target) => standing.captures.some((capture) => capture.target === target));
  const over = [...(await handOver(deps, input.incident, { ...one, targets: captured }))];
  const busy = standing.unsettled.filter((target) => !over.includes(target));
  return {
    kept: over.length > 0 ? [{ incident, action, targets: over }] : [],
    waits: waitsOf(incident, standing, busy),
    dead: [],
  };
}

async function part(deps: SharingDeps, input: PartingInput): Promise<Parting> {
  let parting: Parting = { kept: [], waits: [], dead: [] };
  for (const one of input.shared) {
    const kept = parting.kept.filter(({ action }) => action === one.action).flatMap(({ targets }) => targets);
    const targets = one.targets.filter((target) => !kept.includes(target));
    if (targets.length === 0) continue;
    const found = await partFrom(deps, input, { ...one, targets });
    parting = {
      kept: [...parting.kept, ...found.kept],
      waits: [...parting.waits, ...found.waits],
      dead: [...parting.dead, ...found.dead],
    };
  }
  return parting;
}

/** Sharing over a worker's deps: the ledger says who, the incidents themselves say what, and our MAC says whether to believe it. */
export function sharingActivities(deps: SharingDeps): SharingActivities {
  return {
    visitSharers: async (input) => await visit(deps, input),
    partFromSharers: async (input) => await part(deps, input),
  };
}
