import fc from 'fast-check';
import { expect, test } from 'vitest';
import { actions } from '../../model/actions/index.ts';
import { canonical } from '../../model/canonical.ts';
import type { Contained } from '../../model/continuity.ts';
import type { Estate } from '../../model/estate.ts';
import type { Plan } from '../../model/plan.ts';
import type { WaiverRequest } from '../../model/waiver.ts';
import { notRunning } from '../../planner/claims.ts';
import { containedTogether } from '../../planner/contained.ts';
import type { PlannerInputs } from '../../planner/plan.ts';
import { compilePlan } from '../../planner/plan.ts';
import { liveOf } from '../helpers/live-builder.ts';
import { playbook } from '../helpers/playbook-builder.ts';
import { anEstate } from './arbitrary.ts';
import { floorsHoldIn, hourMs, slowCourse, weightsIn } from './brute-force.ts';
import { sha256 } from './retail.ts';

const systemNames = ['ash', 'birch', 'cedar', 'elm', 'fir', 'oak'];
const someRequests = fc.array(
  fc.record(
    {
      service: fc.constantFrom('service-0', 'service-1'),
      floor: fc.constantFrom(0.1, 0.2).map((share) => [{ mode: 'manual' as const, share }]),
      untilMs: fc.integer({ min: 1, max: 9 }).map((hours) => hours * hourMs),
    },
    { requiredKeys: ['service'] },
  ),
  { maxLength: 2 },
);

/** Protected services only, each with a floor, and two people who may break glass. */
function guarded(estate: Estate): Estate {
  const guards = ['gil', 'hal'].map((name) => ({ id: `${name}@example.org`, roles: ['break-glass'] }));
  const least = [{ share: 0.5, mode: 'normal' as const }];
  return {
    ...estate,
    people: [...estate.people, ...guards],
    services: estate.services.map((service) => ({
      ...service,
      protected: true,
      floor: service.floor.length > 0 ? service.floor : least,
    })),
  };
}

/** A cut of some systems in an estate of protected services, with waivers asked for, or not. */
const waiving: fc.Arbitrary<PlannerInputs> = fc
  .record({
    estate: anEstate.map(guarded),
    systems: fc.uniqueArray(fc.constantFrom(...systemNames), { minLength: 1, maxLength: 3 }),
    hosts: fc.integer({ min: 1, max: 2 }),
    size: fc.constantFrom<(number | string)[]>(1, 2, '50%', '100%'),
    releaseBy: fc.integer({ min: 1, max: 6 }).map((hours) => `PT${hours}H`),
    requests: someRequests,
  })
  .map(({ estate, systems, hosts, size, releaseBy, requests }) => ({
    estate,
    playbook: playbook({
      parameters: {},
      releaseBy,
      stages: [{ name: 'cut', action: 'aws.ec2.isolate', on: { systems }, waves: { size } }],
    }),
    parameters: {},
    except: [],
    narrow: [],
    allowedSigners: '',
    live: liveOf(estate, { hosts: Object.fromEntries(systemNames.map((name) => [name, hosts])) }),
    breakGlass: [...new Map(requests.map((one) => [one.service, one])).values()].filter(({ service }) =>
      estate.services.some(({ name }) => name === service),
    ),
  }));

/** Those inputs, with the break-glass repair taken where there is one: then nearly every refused floor is a waiver. */
function planWithGlass(inputs: PlannerInputs): Plan | undefined {
  const answer = compilePlan(inputs, sha256);
  if (answer.kind === 'plan') return answer.plan;
  const glass = answer.refusals.flatMap(({ repairs }) => repairs.filter(({ kind }) => kind === 'break-glass'))[0];
  if (glass?.kind !== 'break-glass') return undefined;
  const services = glass.flags.split('--break-glass').map((each) => each.trim());
  const taken: readonly WaiverRequest[] = [
    ...(inputs.breakGlass ?? []).filter(({ service }) => !services.includes(service)),
    ...services.filter((service) => service !== '').map((service) => ({ service })),
  ];
  const book = glass.playbooks?.[0] ?? inputs.playbook;
  const again = compilePlan({ ...inputs, playbook: book, breakGlass: taken }, sha256);
  // A repair that is offered plans clean.
  expect(again.kind).toBe('plan');
  return again.kind === 'plan' ? again.plan : undefined;
}

interface Step {
  readonly contained: Contained;
  readonly after: Contained;
}

function stepsOf({ header, chunks }: Plan, inputs: PlannerInputs): readonly Step[] {
  let contained = notRunning(inputs.live);
  return header.stages.flatMap(({ action, waves }) =>
    waves.map(({ chunk }) => {
      const content = chunks[chunk];
      const ids = content?.kind === 'contain' ? content.targets.map(({ id }) => id) : [];
      const set = new Set(actions[action].effect === 'none' ? [] : ids);
      const before = contained;
      contained = containedTogether(contained, { hosts: set, principals: set });
      return { contained: before, after: contained };
    }),
  );
}

function dueIn({ header, chunks }: Plan): ReadonlyMap<string, number> {
  return new Map(
    header.tiers.flatMap(({ releaseByMs, waves }) =>
      waves.flatMap(({ chunk }) => {
        const content = chunks[chunk];
        return content?.kind === 'release' ? content.targets.map((id) => [id, releaseByMs / hourMs] as const) : [];
      }),
    ),
  );
}

/** An estate with a service's floors replaced. */
function withFloor(estate: Estate, service: string, floor: Estate['services'][number]['floor']): Estate {
  return {
    ...estate,
    services: estate.services.map((each) => (each.name === service ? { ...each, floor } : each)),
  };
}

test('the property below sees plans with waivers, of every kind', () => {
  const plans = fc.sample(waiving, { numRuns: 250, seed: 11 }).flatMap((inputs) => planWithGlass(inputs) ?? []);
  const waivers = plans.flatMap(({ header }) => header.waivers ?? []);
  expect(waivers.length).toBeGreaterThan(40);
  expect(waivers.some(({ floor }) => floor.every(({ share }) => share > 0))).toBe(true);
  expect(new Set(waivers.map(({ untilMs }) => untilMs)).size).toBeGreaterThan(3);
});

test('with waivers no wave takes a protected service below its waived floor until it ends, nor below its own after', () => {
  fc.assert(
    fc.property(waiving, (inputs) => {
      const plan = planWithGlass(inputs);
      fc.pre(plan?.header.waivers !== undefined);
      const { estate } = inputs;
      const due = dueIn(plan);
      for (const { contained, after } of stepsOf(plan, inputs)) {
        const world = { ...inputs, failing: [], due, downSince: new Map(), lastBetter: {} };
        const ids = [...after.hosts, ...after.principals];
        const dueHour = Math.max(0, ...ids.map((id) => due.get(id) ?? 0));
        for (const { name: service } of estate.services.filter((each) => each.protected)) {
          const waiver = plan.header.waivers.find((each) => each.service === service);
          const endHour = (waiver?.untilMs ?? 0) / hourMs;
          const lastHour = Math.max(dueHour, endHour);
          const before = slowCourse({ ...world, contained }, lastHour);
          const hours = slowCourse({ ...world, contained: after }, lastHour);
          const weights = (all: typeof hours, hour: number): string =>
            canonical(all[hour] ? weightsIn(all[hour], estate, { service }) : {});
          const isTouched = hours.some((_, hour) => weights(before, hour) !== weights(hours, hour));
          for (const [hour, now] of hours.entries()) {
            const isWaived = waiver !== undefined && hour < endHour;
            const floor = estate.services.find(({ name }) => name === service)?.floor ?? [];
            const inForce = withFloor(estate, service, isWaived ? [...waiver.floor] : floor);
            // Once its waiver has ended, or all is due back, only what the wave itself still takes counts.
            const counts =
              waiver === undefined ? isTouched && hour <= dueHour : weights(before, hour) !== weights(hours, hour);
            expect(!counts || floorsHoldIn(now, service, inForce)).toBe(true);
          }
        }
      }
    }),
    { numRuns: 120 },
  );
});

test('a waiver without numbers is the least: with any of it taken back the plan is refused', () => {
  fc.assert(
    fc.property(waiving, fc.nat({ max: 9 }), (inputs, choice) => {
      const plan = planWithGlass({ ...inputs, breakGlass: [] });
      fc.pre(plan?.header.waivers !== undefined);
      const { waivers } = plan.header;
      const index = choice % waivers.length;
      const waiver = waivers[index];
      if (!waiver) return;
      const own = inputs.estate.services.find(({ name }) => name === waiver.service)?.floor ?? [];
      const tighter = waiver.floor.flatMap((floor, at) => {
        const real = own.find(({ tier, share }) => tier === floor.tier && share > floor.share + 1e-6);
        if (!real) return [];
        const raised = { ...floor, share: Math.min(real.share, floor.share + 0.01) };
        return [{ ...waiver, floor: waiver.floor.map((each, position) => (position === at ? raised : each)) }];
      });
      for (const less of [...tighter, { ...waiver, untilMs: waiver.untilMs - 1 }]) {
        const breakGlass = waivers.map((each, position) => (position === index ? less : each));
        const answer = compilePlan({ ...inputs, breakGlass }, sha256);
        expect(answer.kind).toBe('refused');
      }
    }),
    { numRuns: 80 },
  );
});

test('the order in which waivers are asked for changes nothing', () => {
  fc.assert(
    fc.property(waiving, (inputs) => {
      const turned = (inputs.breakGlass ?? []).toReversed();
      const [one, other] = [compilePlan(inputs, sha256), compilePlan({ ...inputs, breakGlass: turned }, sha256)];
      expect(canonical(other)).toBe(canonical(one));
    }),
    { numRuns: 60 },
  );
});
