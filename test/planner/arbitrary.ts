import fc from 'fast-check';
import type { Need, ServingMode } from '../../model/modes.ts';
import { servingModes } from '../../model/modes.ts';
import type { PlannerInputs } from '../../planner/plan.ts';
import { estate, service, system } from '../helpers/estate-builder.ts';
import { instance, liveOf } from '../helpers/live-builder.ts';
import { playbook } from '../helpers/playbook-builder.ts';

const systemNames = ['ash', 'birch', 'cedar', 'elm', 'fir', 'oak'] as const;
const principals = ['aws.iam.role:retail/one', 'aws.iam.user:retail/two', 'aws.iam.user:retail/three'] as const;
const aSystem = fc.constantFrom(...systemNames);

const someHours = fc.integer({ min: 1, max: 6 }).map((hours) => `PT${hours}H`);

/** Needs up to two levels deep over the six systems; `atLeast` may ask for more than there is. */
const { aNeed } = fc.letrec<{ aNeed: Need }>((tie) => ({
  aNeed: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    aSystem,
    fc.record({ on: aSystem, after: someHours }),
    fc.record({ all: fc.array(tie('aNeed'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ atLeast: fc.integer({ min: 1, max: 3 }), of: fc.array(tie('aNeed'), { minLength: 1, maxLength: 3 }) }),
  ),
}));

const someNeed = fc.option(aNeed, { nil: undefined, freq: 2 });
const aSystemPart = fc.record({
  needs: someNeed,
  capacity: fc.option(
    fc.integer({ min: 1, max: 3 }).map((hosts) => ({ hosts })),
    { nil: undefined },
  ),
  uses: fc.uniqueArray(fc.constantFrom(...principals), { maxLength: 1 }),
  reaches: fc.uniqueArray(aSystem, { maxLength: 2 }),
  zone: fc.constantFrom('front', 'back'),
});

const aFloor = fc.record(
  {
    tier: fc.constantFrom('lifeline', 'other'),
    share: fc.constantFrom(0.25, 0.5, 0.95, 1),
    mode: fc.constantFrom<ServingMode>(...servingModes),
  },
  { requiredKeys: ['share', 'mode'] },
);
const someLimit = fc.option(someHours, { nil: undefined });
const aSite = fc.record({
  weight: fc.constantFrom(0.1, 1, 1, 3),
  tier: fc.option(fc.constantFrom('lifeline', 'other'), { nil: undefined }),
  needs: fc.option(fc.record({ normal: fc.array(aSystem, { maxLength: 2 }) }), { nil: undefined, freq: 2 }),
});
const aService = fc.record({
  protected: fc.boolean(),
  floor: fc.array(aFloor, { maxLength: 2 }),
  modes: fc.record(
    {
      normal: fc.record({ needs: aNeed }),
      degraded: fc.record({ needs: someNeed, for: someLimit }),
      manual: fc.record({ needs: someNeed, for: someLimit }),
    },
    { requiredKeys: ['normal'] },
  ),
  sites: fc.array(aSite, { minLength: 1, maxLength: 6 }),
});

type Present<Value> = { [Key in keyof Value]: Exclude<Value[Key], undefined> };

/** Drops keys that are undefined: schemas tell an absent key from one without a value. */
function present<Value extends object>(value: Value): Present<Value> {
  return JSON.parse(JSON.stringify(value)) as Present<Value>;
}

/** Estates of six systems and up to two services, cycles and dead ends included. */
export const anEstate = fc
  .record({
    systems: fc.tuple(...systemNames.map(() => aSystemPart)),
    services: fc.array(aService, { minLength: 1, maxLength: 2 }),
    opens: fc.tuple(...principals.map(() => fc.uniqueArray(aSystem, { maxLength: 2 }))),
  })
  .map(({ systems, services, opens }) =>
    estate({
      principals: principals.map((id, index) => ({ id, opens: opens[index] ?? [] })),
      systems: systems.map((part, index) => system(systemNames[index] ?? '', present(part))),
      services: services.map((part, index) => {
        const { protected: isProtected, floor, modes } = part;
        return service(`service-${index}`, present({ protected: isProtected, floor, modes }));
      }),
      sites: Object.fromEntries(
        services.map(({ sites }, index) => [
          `service-${index}`,
          sites.map((parts, site) => ({ site: `site-${site}`, ...present(parts) })),
        ]),
      ),
    }),
  );

const someSystems = fc.uniqueArray(aSystem, { minLength: 1, maxLength: 3 });
const someWaves = fc.option(
  fc.record(
    { canary: fc.integer({ min: 1, max: 2 }), size: fc.constantFrom<(number | string)[]>(1, 2, '25%', '100%') },
    { requiredKeys: [] },
  ),
  { nil: undefined },
);

/** Playbooks of one cut over a random selector, perhaps with credentials before it, and one tier. */
export const aPlaybook = fc
  .record({
    on: fc.oneof(
      someSystems.map((systems) => ({ systems })),
      someSystems.map((reachableFrom) => ({ reachableFrom })),
      fc.constant({ zone: 'front' }),
    ),
    waves: someWaves,
    principals: fc.option(someSystems, { nil: undefined }),
    tier: fc.option(someSystems, { nil: undefined }),
    releaseBy: fc.integer({ min: 2, max: 8 }).map((hours) => `PT${hours}H`),
  })
  .map(({ on, waves, principals: users, tier, releaseBy }) =>
    playbook({
      parameters: { compromised: { type: 'systems' } },
      stages: [
        ...(users ? [{ name: 'credentials', action: 'aws.iam.contain' as const, on: { principalsOf: users } }] : []),
        { name: 'cut', action: 'aws.ec2.isolate', on, ...(waves && { waves }) },
      ],
      releaseBy,
      restore: { tiers: tier ? [{ name: 'first', systems: tier, releaseBy: 'PT2H', waves: { size: 2 } }] : [] },
    }),
  );

/** Roles of a system's hosts, one after another: often none, listed in the estate or not, and not the same for all. */
const someRole = fc.array(fc.constantFrom(undefined, 'aws.iam.role:retail/one', 'aws.iam.role:retail/unlisted'), {
  maxLength: 3,
});

/** Planner inputs that are valid by their schemas; most of them plan, some are refused. */
export const someInputs: fc.Arbitrary<PlannerInputs> = fc
  .record({
    estate: anEstate,
    playbook: aPlaybook,
    hosts: fc.tuple(...systemNames.map(() => fc.integer({ min: 1, max: 3 }))),
    roles: fc.tuple(...systemNames.map(() => someRole)),
    stopped: fc.boolean(),
    except: fc.uniqueArray(aSystem, { maxLength: 1 }),
    compromised: someSystems,
  })
  .map(({ estate: own, playbook: book, hosts, roles, stopped, except, compromised }) => ({
    estate: own,
    playbook: book,
    parameters: { compromised },
    except,
    narrow: [],
    allowedSigners: '',
    live: liveOf(own, {
      roles: Object.fromEntries(systemNames.map((name, index) => [name, roles[index] ?? []])),
      hosts: Object.fromEntries(systemNames.map((name, index) => [name, hosts[index] ?? 1])),
      more: stopped ? [instance('i-asleep', 'oak', { state: 'stopped' }), instance('i-nobody', 'nobody')] : [],
    }),
  }));
