import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Radius } from '../../model/radius.ts';
import { radiusOf } from '../../planner/radius.ts';
import { notRunning } from '../../planner/claims.ts';
import { containedTogether } from '../../planner/contained.ts';
import { estate, service, sitesOf, system } from '../helpers/estate-builder.ts';
import { liveOf } from '../helpers/live-builder.ts';
import { someInputs } from './arbitrary.ts';
import { slowSystemsUp, slowWeights } from './brute-force.ts';
import { attack } from './retail.ts';

function radius(from: readonly string[], inputs = attack()): Radius {
  const answer = radiusOf({ ...inputs, from });
  if (answer.kind === 'refused') throw new Error(JSON.stringify(answer.refusals));
  return answer.radius;
}

describe('where the attacker gets', () => {
  test('is told with its last step, the number of steps, and what of it must be kept safe', () => {
    expect(radius(['directory']).reached.map(({ id, from, steps, keepSafe }) => [id, from, steps, keepSafe])).toEqual([
      ['directory', undefined, 0, undefined],
      ['call-centre-vdi', 'directory', 1, undefined],
      ['till-gateway', 'directory', 1, 'needed'],
      ['till-gateway-spare', 'directory', 1, 'needed'],
      ['aws.iam.user:retail/directory-sync', 'directory', 1, undefined],
      ['aws.iam.role:retail/vdi-fleet', 'call-centre-vdi', 2, undefined],
      ['member-data', 'aws.iam.role:retail/vdi-fleet', 3, undefined],
    ]);
  });

  test('steps count one by one along the way, whatever the estate', () => {
    fc.assert(
      fc.property(someInputs, (inputs) => {
        const { reached } = radius(['ash', 'oak'], inputs);
        const steps = new Map(reached.map((thing) => [thing.id, thing.steps]));
        for (const { from, steps: own } of reached)
          expect(own).toBe(from === undefined ? 0 : (steps.get(from) ?? -9) + 1);
        expect(reached.map((thing) => thing.steps)).toEqual(
          reached.map((thing) => thing.steps).toSorted((a, b) => a - b),
        );
      }),
      { numRuns: 100 },
    );
  });
});

describe('what containment breaks', () => {
  test('of what is compromised alone, and of everything reached', () => {
    const { alone, whole } = radius(['directory']);
    expect(alone.falls).toEqual([{ name: 'call-centre-vdi', because: { kind: 'needs', id: 'directory' } }]);
    expect(alone.services.map(({ name, after, without }) => [name, after, without])).toEqual([
      ['call-centre', { mode: 'down', share: 0 }, ['call-centre-vdi']],
    ]);
    expect(whole.falls).toEqual([]);
    expect(whole.services.map(({ name, after, breaksMs }) => [name, after.mode, breaksMs])).toEqual([
      ['call-centre', 'down', undefined],
      ['store-tills', 'down', 0],
    ]);
    expect([alone.loss, whole.loss]).toEqual([1, 2]);
  });

  test('as time goes by: when limits run out, in words, and when a floor falls with them', () => {
    const shelves = { on: 'stock', after: 'P2D', then: 'shelves empty' };
    const own = estate({
      systems: [system('stock'), system('tills')],
      services: [
        service('stores', {
          floor: [{ share: 1, mode: 'degraded' }],
          modes: {
            normal: { needs: { all: ['tills', 'stock'] } },
            degraded: { needs: { all: ['tills', shelves] } },
            manual: {},
          },
        }),
      ],
    });
    const [stores] = radius(['stock'], attack({ estate: own, live: liveOf(own) })).alone.services;
    expect(stores).toMatchObject({
      after: { mode: 'degraded', share: 1 },
      later: [{ atMs: 48 * 3_600_000, mode: 'manual', share: 1, because: 'shelves empty' }],
      breaksMs: 48 * 3_600_000,
      without: ['stock'],
    });
  });

  test('a system falls by a principal it loses, and by hosts it shares', () => {
    const link = 'aws.iam.user:retail/link';
    const both = ['one', 'two'].map((name) => ({ 'aws.ec2': { account: 'retail', tag: { system: name } } }));
    const own = estate({
      principals: [{ id: link }],
      systems: [system('one', { uses: [link] }), system('two', { controls: both }), system('three', { uses: [link] })],
      services: [service('tills', { modes: { normal: { needs: 'two' } } })],
      sites: { tills: sitesOf(2) },
    });
    const { alone } = radius(['one'], attack({ estate: own, live: liveOf(own) }));
    expect(alone.falls).toEqual([
      { name: 'three', because: { kind: 'uses', id: link } },
      { name: 'two', because: { kind: 'hosts', id: 'one' } },
    ]);
  });

  test('is what brute force finds, down to the last system and service', () => {
    fc.assert(
      fc.property(someInputs, (inputs) => {
        const { alone } = radius(['ash', 'oak'], inputs);
        const baseline = notRunning(inputs.live);
        const hosts = inputs.live.instances.filter(({ tags }) => ['ash', 'oak'].includes(tags['system'] ?? ''));
        const wave = { hosts: new Set(hosts.map(({ id }) => id)), principals: new Set(alone.principals) };
        const world = { ...inputs, failing: [], contained: containedTogether(baseline, wave) };
        const [before, after] = [slowSystemsUp({ ...world, contained: baseline }), slowSystemsUp(world)];
        const fell = [...before].filter((name) => !after.has(name) && !alone.systems.includes(name));
        expect(alone.falls.map(({ name }) => name)).toEqual(fell.toSorted());
        for (const { name } of inputs.estate.services) {
          const weights = slowWeights(name, world);
          const found = alone.services.find((each) => each.name === name);
          const isMoved =
            JSON.stringify(weights) !== JSON.stringify(slowWeights(name, { ...world, contained: baseline }));
          if (isMoved) expect(found).toBeDefined();
          if (found && weights.down === 0) expect(found.after.mode).not.toBe('down');
        }
      }),
      { numRuns: 80 },
    );
  });
});

test('names that the estate does not have are refused', () => {
  expect(radiusOf({ ...attack(), from: ['directroy'] })).toMatchObject({
    kind: 'refused',
    refusals: [{ code: 'FD-102' }],
  });
});
