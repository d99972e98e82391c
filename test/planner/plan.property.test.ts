import fc from 'fast-check';
import { expect, test } from 'vitest';
import { actions } from '../../model/actions/index.ts';
import type { Contained } from '../../model/continuity.ts';
import type { Estate } from '../../model/estate.ts';
import type { Need } from '../../model/modes.ts';
import { modes } from '../../model/modes.ts';
import type { Plan } from '../../model/plan.ts';
import { plan as planSchema } from '../../model/plan.ts';
import { canonical } from '../../model/canonical.ts';
import { notRunning } from '../../planner/claims.ts';
import { containedTogether } from '../../planner/contained.ts';
import type { PlannerInputs } from '../../planner/plan.ts';
import { compilePlan } from '../../planner/plan.ts';
import { someInputs } from './arbitrary.ts';
import type { SlowHour } from './brute-force.ts';
import { floorsHoldIn, hourMs, slowCourse, weightsIn } from './brute-force.ts';
import { sha256 } from './retail.ts';
import { flagsOf, playbookOf } from '../helpers/repairs.ts';

interface PlannedWave {
  readonly stage: string;
  readonly ids: readonly string[];
  readonly added: Contained;
}

function wavesOf({ header, chunks }: Plan): readonly PlannedWave[] {
  return header.stages.flatMap(({ name, action, waves }) =>
    waves.map(({ chunk }) => {
      const content = chunks[chunk];
      if (content?.kind !== 'contain') throw new Error(`no chunk ${chunk}`);
      const ids = content.targets.map(({ id }) => id);
      const set = new Set(actions[action].effect === 'none' ? [] : ids);
      return { stage: name, ids, added: { hosts: set, principals: set } };
    }),
  );
}

/** The same request with the flags of a repair or of advice added. */
function withFlags(inputs: PlannerInputs, flags: string): PlannerInputs {
  const given = (flag: string): readonly string[] => new RegExp(`--${flag} (\\S+)`).exec(flags)?.[1]?.split(',') ?? [];
  const except = [...inputs.except, ...given('except')];
  return { ...inputs, except, narrow: [...inputs.narrow, ...given('narrow')] };
}

/** The longest `releaseBy` of the playbooks made up here. */
const longestReleaseHours = 8;

/** When each target is due back, in hours. */
function dueIn({ header, chunks }: Plan): ReadonlyMap<string, number> {
  const entries = header.tiers.flatMap(({ releaseByMs, waves }) =>
    waves.flatMap(({ chunk }) => {
      const content = chunks[chunk];
      return content?.kind === 'release' ? content.targets.map((id) => [id, releaseByMs / hourMs] as const) : [];
    }),
  );
  return new Map(entries);
}

test('the property below sees plans and refusals alike', () => {
  const kinds = fc.sample(someInputs, { numRuns: 200, seed: 7 }).map((inputs) => compilePlan(inputs, sha256).kind);
  expect(kinds.filter((kind) => kind === 'plan').length).toBeGreaterThan(30);
  expect(kinds.filter((kind) => kind === 'refused').length).toBeGreaterThan(30);
});

test('waves are a partition of the targets, and release gives back each exactly once', () => {
  fc.assert(
    fc.property(someInputs, (inputs) => {
      const answer = compilePlan(inputs, sha256);
      fc.pre(answer.kind === 'plan');
      const { plan } = answer;
      expect(planSchema.safeParse(plan).error).toBeUndefined();
      const touched = wavesOf(plan).flatMap(({ stage, ids }) => ids.map((id) => `${stage} ${id}`));
      expect(new Set(touched).size).toBe(touched.length);
      const released = Object.values(plan.chunks).flatMap((chunk) => (chunk.kind === 'release' ? chunk.targets : []));
      expect(released.toSorted()).toEqual(
        wavesOf(plan)
          .flatMap(({ ids }) => ids)
          .toSorted(),
      );
      for (const [digest, chunk] of Object.entries(plan.chunks)) expect(digest).toBe(sha256(canonical(chunk)));
      expect(plan.digest).toBe(sha256(canonical(plan.header)));
      expect(plan.header.slice).toBe(sha256(canonical(plan.slice)));
    }),
    { numRuns: 150 },
  );
});

test('no wave of an accepted plan takes a protected service below a floor, by brute force', () => {
  fc.assert(
    fc.property(someInputs, (inputs) => {
      const answer = compilePlan(inputs, sha256);
      fc.pre(answer.kind === 'plan');
      let contained = notRunning(inputs.live);
      // What did not run when planned is not back when its containment ends, and makes no look-ahead longer.
      const due = new Map([...dueIn(answer.plan)].filter(([id]) => !notRunning(inputs.live).hosts.has(id)));
      const { estate } = inputs;
      for (const { added } of wavesOf(answer.plan)) {
        const world = { ...inputs, failing: [], due, downSince: new Map(), lastBetter: {} };
        const after = containedTogether(contained, added);
        const ids = [...after.hosts, ...after.principals];
        const lastHour = Math.max(0, ...ids.map((id) => due.get(id) ?? 0));
        const hoursBefore = slowCourse({ ...world, contained }, lastHour);
        const hoursAfter = slowCourse({ ...world, contained: after }, lastHour);
        for (const { name: service } of estate.services.filter((each) => each.protected)) {
          const weights = (hours: readonly SlowHour[]): string =>
            canonical(hours.map((hour) => weightsIn(hour, estate, { service })));
          const isUnmoved = weights(hoursBefore) === weights(hoursAfter);
          expect(isUnmoved || hoursAfter.every((hour) => floorsHoldIn(hour, service, estate))).toBe(true);
        }
        contained = after;
      }
    }),
    { numRuns: 150 },
  );
});

test('a plan is refused for a floor only where brute force finds one broken', () => {
  fc.assert(
    fc.property(someInputs, (inputs) => {
      const answer = compilePlan(inputs, sha256);
      fc.pre(answer.kind === 'refused' && answer.refusals.some(({ code }) => code === 'FD-201'));
      const all = new Set(inputs.live.instances.map(({ id }) => id));
      const everything = { hosts: all, principals: new Set(inputs.estate.principals.map(({ id }) => id)) };
      const world = { ...inputs, failing: [], due: new Map(), downSince: new Map(), lastBetter: {} };
      const hours = slowCourse({ ...world, contained: everything }, longestReleaseHours);
      const isBroken = inputs.estate.services.some(
        ({ name, protected: isProtected }) =>
          isProtected && hours.some((hour) => !floorsHoldIn(hour, name, inputs.estate)),
      );
      expect(isBroken).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test('every repair, taken, gives a plan', () => {
  fc.assert(
    fc.property(someInputs, (inputs) => {
      const answer = compilePlan(inputs, sha256);
      fc.pre(answer.kind === 'refused');
      for (const repair of answer.refusals.flatMap(({ repairs }) => repairs)) {
        const repaired = { ...withFlags(inputs, flagsOf(repair)), playbook: playbookOf(repair) ?? inputs.playbook };
        expect(compilePlan(repaired, sha256).kind).toBe('plan');
      }
    }),
    { numRuns: 150 },
  );
});

/** Estates where a role is listed for several systems and their hosts run with it, so that it is worth narrowing. */
const sharing = someInputs.map((inputs): PlannerInputs => {
  const shared = 'aws.iam.role:retail/one';
  const uses = (index: number): string[] => (index % 2 === 0 ? [shared] : []);
  const estate = { ...inputs.estate, systems: inputs.estate.systems.map((each, at) => ({ ...each, uses: uses(at) })) };
  const on = { principalsOf: inputs.parameters['compromised'] as string[] };
  const credentials = { name: 'credentials', action: 'aws.iam.contain' as const, on };
  const stages = [credentials, ...inputs.playbook.stages.filter(({ name }) => name === 'cut')];
  return { ...inputs, estate, playbook: { ...inputs.playbook, stages } };
});

/** How every site stands once everything of a plan is contained. */
function fareUnder(plan: Plan, { estate, live }: PlannerInputs): SlowHour['modeOf'] {
  const contained = wavesOf(plan)
    .map(({ added }) => added)
    .reduce(containedTogether, notRunning(live));
  const world = { estate, live, contained, failing: [], due: new Map(), downSince: new Map(), lastBetter: {} };
  return slowCourse(world, 0)[0]?.modeOf ?? new Map();
}

/** Hosts that fall with the credentials of a plan, in one stage or in two. */
function losing({ header }: Plan): number {
  const stages = header.stages.filter(({ name }) => name.startsWith('credentials'));
  return stages.reduce((sum, { affected }) => sum + affected.hosts, 0);
}

test('what is narrower plans clean, spares the hosts it says, and leaves no site worse off', () => {
  let seen = 0;
  fc.assert(
    fc.property(sharing, (inputs) => {
      const answer = compilePlan(inputs, sha256);
      fc.pre(answer.kind === 'plan' && answer.plan.narrower.length > 0);
      const before = fareUnder(answer.plan, inputs);
      for (const { flags, spared } of answer.plan.narrower) {
        const narrower = compilePlan(withFlags(inputs, flags), sha256);
        if (narrower.kind !== 'plan') throw new Error(`${flags} gives no plan`);
        seen += 1;
        expect(losing(answer.plan) - losing(narrower.plan)).toBe(spared);
        for (const [service, sites] of fareUnder(narrower.plan, inputs)) {
          for (const [site, mode] of sites) {
            const was = before.get(service)?.get(site) ?? 'down';
            expect(modes.indexOf(mode)).toBeLessThanOrEqual(modes.indexOf(was));
          }
        }
      }
    }),
    { numRuns: 100 },
  );
  expect(seen).toBeGreaterThan(50);
});

/** Turns every list of a document that is a set; needs, roles, uses and reaches too. */
function turnNeed(need: Need): Need {
  if (typeof need === 'string' || 'on' in need) return need;
  return 'all' in need
    ? { all: need.all.map(turnNeed).toReversed() }
    : { atLeast: need.atLeast, of: need.of.map(turnNeed).toReversed() };
}

function turnEstate(estate: Estate): Estate {
  return {
    ...estate,
    people: estate.people.toReversed(),
    principals: estate.principals.map((each) => ({ ...each, opens: each.opens.toReversed() })).toReversed(),
    systems: estate.systems
      .map((each) => ({
        ...each,
        uses: each.uses.toReversed(),
        reaches: each.reaches.toReversed(),
        ...(each.needs !== undefined && { needs: turnNeed(each.needs) }),
      }))
      .toReversed(),
    services: estate.services.map((each) => ({ ...each, floor: each.floor.toReversed() })).toReversed(),
    sites: Object.fromEntries(Object.entries(estate.sites).map(([name, sites]) => [name, sites.toReversed()])),
  };
}

function turnInputs(inputs: PlannerInputs): PlannerInputs {
  const { live } = inputs;
  const turnTags = (tags: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries({ zebra: '1', ...tags }).toReversed());
  return {
    ...inputs,
    estate: turnEstate(inputs.estate),
    live: {
      principals: live.principals.toReversed(),
      instances: live.instances.map((each) => ({ ...each, tags: turnTags(each.tags) })).toReversed(),
    },
  };
}

test('the order of lists changes nothing: same plan byte for byte, same refusals and repairs', () => {
  fc.assert(
    fc.property(someInputs, (given) => {
      const inputs = {
        ...given,
        live: {
          ...given.live,
          instances: given.live.instances.map((each) => ({ ...each, tags: { ...each.tags, zebra: '1' } })),
        },
      };
      const [one, other] = [compilePlan(inputs, sha256), compilePlan(turnInputs(inputs), sha256)];
      if (one.kind === 'plan') expect(canonical(other)).toBe(canonical(one));
      else {
        const withoutPaths = (answer: typeof other): unknown =>
          JSON.parse(JSON.stringify(answer, (key, value: unknown) => (key === 'at' ? undefined : value)));
        expect(withoutPaths(other)).toEqual(withoutPaths(one));
      }
    }),
    { numRuns: 150 },
  );
});
