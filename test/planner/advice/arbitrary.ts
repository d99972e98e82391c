import fc from 'fast-check';
import type { Need, ServingMode } from '../../../model/modes.ts';
import { servingModes } from '../../../model/modes.ts';
import type { AdviceInputs } from '../../../planner/advice/advise.ts';
import { estate, service, system } from '../../helpers/estate-builder.ts';
import { instance, liveOf } from '../../helpers/live-builder.ts';

const trees = [
  'alder',
  'ash',
  'beech',
  'birch',
  'cedar',
  'elm',
  'fir',
  'hazel',
  'larch',
  'maple',
  'oak',
  'pine',
] as const;
const principals = ['aws.iam.role:retail/one', 'aws.iam.user:retail/two', 'aws.iam.user:retail/three'] as const;

type Present<Value> = { [Key in keyof Value]: Exclude<Value[Key], undefined> };

/** Drops keys that are undefined: schemas tell an absent key from one without a value. */
function present<Value extends object>(value: Value): Present<Value> {
  return JSON.parse(JSON.stringify(value)) as Present<Value>;
}

const aTree = fc.constantFrom(...trees);
const someTrees = (most: number, least = 1): fc.Arbitrary<string[]> =>
  fc.uniqueArray(aTree, { minLength: least, maxLength: most });
const someHours = fc.integer({ min: 1, max: 3 }).map((hours) => `PT${hours}H`);

const { aNeed } = fc.letrec<{ aNeed: Need }>((tie) => ({
  aNeed: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    aTree,
    aTree,
    fc.record({ on: aTree, after: someHours }),
    fc.record({ all: fc.array(tie('aNeed'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ atLeast: fc.integer({ min: 1, max: 2 }), of: fc.array(tie('aNeed'), { minLength: 2, maxLength: 3 }) }),
  ),
}));

const aSystem = fc.record({
  needs: fc.option(aNeed, { nil: undefined, freq: 1 }),
  capacity: fc.option(fc.constant({ hosts: 1 }), { nil: undefined }),
  uses: fc.uniqueArray(fc.constantFrom(...principals), { maxLength: 1 }),
  reaches: fc.uniqueArray(aTree, { maxLength: 3 }),
  keepSafe: fc.integer({ min: 1, max: 6 }).map((draw) => draw === 1),
});

const open = JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: { AWS: '*' } }] });
const aRole = fc.constantFrom(principals[0], principals[0], 'aws.iam.role:retail/unlisted');

/** How strict an estate is: how many of its services are protected, and what their floors ask. */
interface Strictness {
  readonly protectedOf8: number;
  readonly floors: readonly ServingMode[];
  readonly mostNever: number;
}

const aSite = fc.record({
  weight: fc.constantFrom(1, 1, 3),
  tier: fc.option(fc.constantFrom('lifeline'), { nil: undefined }),
  needs: fc.option(fc.record({ normal: fc.array(aTree, { maxLength: 1 }) }), { nil: undefined, freq: 1 }),
});
const someLimit = fc.option(someHours, { nil: undefined });

const aService = ({ protectedOf8, floors }: Strictness) =>
  fc.record({
    protected: fc.integer({ min: 1, max: 8 }).map((draw) => draw <= protectedOf8),
    value: fc.constantFrom(0, 0.5, 1, 1, 3, 10),
    floor: fc.array(
      fc.record(
        { tier: fc.constant('lifeline'), share: fc.constantFrom(0.5, 1), mode: fc.constantFrom(...floors) },
        { requiredKeys: ['share', 'mode'] },
      ),
      { maxLength: 1 },
    ),
    modes: fc.record(
      {
        normal: fc.record({ needs: aNeed }),
        degraded: fc.record({ needs: fc.option(aNeed, { nil: undefined }), for: someLimit }),
        manual: fc.record({ needs: fc.option(aNeed, { nil: undefined }), for: someLimit }),
      },
      { requiredKeys: ['normal'] },
    ),
    sites: fc.array(aSite, { minLength: 1, maxLength: 3 }),
  });

/** Advice asked of estates of twelve systems, three principals and up to six services; cycles, stopped and shared hosts included. */
function adviceInputs(strictness: Strictness): fc.Arbitrary<AdviceInputs> {
  return fc
    .record({
      systems: fc.tuple(...trees.map(() => aSystem)),
      services: fc.array(aService(strictness), { minLength: 1, maxLength: 6 }),
      opens: fc.tuple(...principals.map(() => someTrees(2, 0))),
      hosts: fc.tuple(...trees.map(() => fc.integer({ min: 1, max: 2 }))),
      stopped: fc.option(aTree, { nil: undefined, freq: 1 }),
      shared: fc.array(fc.tuple(aTree, aTree), { maxLength: 3 }),
      /** Who runs with which role, all hosts or the first alone; the first of the compromised often does. */
      running: fc.array(fc.tuple(aTree, aRole, fc.boolean()), { maxLength: 2 }),
      compromisedRole: fc.option(fc.tuple(aRole, fc.boolean()), { nil: undefined }),
      never: fc.uniqueArray(
        fc.oneof(
          aTree.map((name) => `system:${name}`),
          fc.constantFrom(...principals),
        ),
        { maxLength: strictness.mostNever },
      ),
      /** Somebody else than instances is let into the role. */
      isOpen: fc.integer({ min: 1, max: 4 }).map((draw) => draw === 1),
      absent: fc.option(fc.constantFrom(...principals), { nil: undefined, freq: 1 }),
      compromised: someTrees(2),
      suspected: someTrees(1, 0),
      releaseBy: fc.integer({ min: 1, max: 4 }).map((hours) => `PT${hours}H`),
    })
    .map((parts) => {
      const own = estate({
        principals: principals.map((id, index) => ({ id, opens: parts.opens[index] ?? [] })),
        systems: parts.systems.map((part, index) => {
          const name = trees[index] ?? '';
          const both = parts.shared.filter(([one, other]) => other === name && one !== name).map(([one]) => one);
          const controls = [name, ...both].map((tag) => ({ 'aws.ec2': { account: 'retail', tag: { system: tag } } }));
          return system(name, present({ ...part, controls }));
        }),
        services: parts.services.map(({ protected: isProtected, value, floor, modes }, index) =>
          service(`service-${index}`, present({ protected: isProtected, value, floor, modes })),
        ),
        sites: Object.fromEntries(
          parts.services.map(({ sites }, index) => [
            `service-${index}`,
            sites.map((site, position) => ({ site: `site-${position}`, ...present(site) })),
          ]),
        ),
        neverTouch: parts.never,
      });
      const [first = ''] = parts.compromised;
      const running = [
        ...parts.running,
        ...(parts.compromisedRole ? [[first, ...parts.compromisedRole] as const] : []),
      ];
      const live = liveOf(own, {
        hosts: Object.fromEntries(trees.map((name, index) => [name, parts.hosts[index] ?? 1])),
        roles: Object.fromEntries(running.map(([name, role, all]) => [name, all ? [role, role] : [role]])),
        more: parts.stopped === undefined ? [] : [instance('i-asleep', parts.stopped, { state: 'stopped' })],
      });
      return {
        estate: own,
        live: {
          ...live,
          principals: live.principals
            .filter(({ id }) => id !== parts.absent)
            .map((each) => (parts.isOpen && each.trustPolicy !== undefined ? { ...each, trustPolicy: open } : each)),
        },
        compromised: parts.compromised,
        suspected: parts.suspected,
        releaseBy: parts.releaseBy,
        allowedSigners: '',
      };
    });
}

/** Most of these have several cuts to choose from. */
export const someAdviceInputs = adviceInputs({ protectedOf8: 2, floors: servingModes, mostNever: 1 });

/** In some of these nothing can be cut without breaking a floor. */
export const strictAdviceInputs = adviceInputs({ protectedOf8: 7, floors: ['normal'], mostNever: 4 });
