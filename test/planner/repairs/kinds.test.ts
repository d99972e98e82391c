import { describe, expect, test } from 'vitest';
import type { Playbook } from '../../../model/playbook.ts';
import type { Repair } from '../../../model/refusal.ts';
import { refusal as refusalSchema } from '../../../model/refusal.ts';
import type { PlannerInputs } from '../../../planner/plan.ts';
import { compilePlan } from '../../../planner/plan.ts';
import { estate, service, system } from '../../helpers/estate-builder.ts';
import { liveOf } from '../../helpers/live-builder.ts';
import { playbook } from '../../helpers/playbook-builder.ts';
import { flagsOf, playbookOf } from '../../helpers/repairs.ts';
import { attack, sha256 } from '../retail.ts';

type StageInput = Parameters<typeof playbook>[0]['stages'][number];
type EstateParts = NonNullable<Parameters<typeof estate>[0]>;

/** A cut of some systems of an estate, and what else the playbook says. */
function inputsFor(
  parts: EstateParts,
  stages: readonly StageInput[],
  more: { readonly restore?: Playbook['restore']; readonly stopped?: readonly string[] } = {},
): PlannerInputs {
  const own = estate(parts);
  const live = liveOf(own);
  return attack({
    estate: own,
    playbook: playbook({ parameters: {}, stages: [...stages], ...(more.restore && { restore: more.restore }) }),
    parameters: {},
    live: {
      ...live,
      instances: live.instances.map((each) =>
        more.stopped?.includes(each.tags['system'] ?? '') ? { ...each, state: 'stopped' as const } : each,
      ),
    },
  });
}

/** The repairs of a refused plan. Each is taken here, and must give a plan. */
function repairsOf(inputs: PlannerInputs): readonly Repair[] {
  const answer = compilePlan(inputs, sha256);
  if (answer.kind === 'plan') throw new Error('not refused');
  for (const each of answer.refusals) {
    refusalSchema.parse(each);
    expect(each.repairs).toEqual(answer.refusals[0]?.repairs);
  }
  const repairs = answer.refusals[0]?.repairs ?? [];
  for (const repair of repairs) {
    const except = flagsOf(repair).startsWith('--except ') ? flagsOf(repair).slice('--except '.length).split(',') : [];
    const repaired = {
      ...inputs,
      except: [...inputs.except, ...except],
      playbook: playbookOf(repair) ?? inputs.playbook,
    };
    expect(compilePlan(repaired, sha256).kind).toBe('plan');
  }
  return repairs;
}

const cut = (...systems: string[]): StageInput => ({ name: 'cut', action: 'aws.ec2.isolate', on: { systems } });
const lines = ({ changes = [] }: Repair): readonly string[] =>
  changes.flatMap(({ at, was, becomes }) => [
    at.path.join('.'),
    ...was.map((each) => `- ${each}`),
    ...becomes.map((each) => `+ ${each}`),
  ]);

describe('a fallback first', () => {
  const tills = service('tills', {
    modes: { normal: { needs: { atLeast: 1, of: ['gateway', 'spare', 'spare-two'] } } },
  });
  const parts = { systems: ['gateway', 'spare', 'spare-two', 'other'].map((name) => system(name)), services: [tills] };

  test('that stands stopped is started by a stage before all others', () => {
    const inputs = inputsFor(parts, [cut('gateway', 'other')], { stopped: ['spare', 'spare-two'] });
    const [leave, fallback, ...others] = repairsOf(inputs);
    expect([leave?.kind, others]).toEqual(['leave-out', []]);
    expect(fallback).toMatchObject({
      kind: 'fallback-first',
      words: 'start spare first',
      result: 'tills stays normal',
    });
    expect(fallback && lines(fallback)).toEqual([
      'stages',
      '+ - name: fallback, action: aws.ec2.start, on: { systems: [spare] }',
    ]);
  });

  test('is started with the people whom the estate demands for it', () => {
    const inputs = inputsFor({ ...parts, leastQuorum: { none: { platform: 1 } } }, [{ ...cut('gateway') }], {
      stopped: ['spare', 'spare-two'],
    });
    const fallback = repairsOf(inputs).find(({ kind }) => kind === 'fallback-first');
    expect(fallback && playbookOf(fallback)?.stages[0]?.approve?.quorum).toEqual({ platform: 1 });
  });

  test('that a later stage starts is started first', () => {
    const start: StageInput = { name: 'start-spare', action: 'aws.ec2.start', on: { systems: ['spare'] } };
    const inputs = inputsFor(parts, [cut('gateway', 'other'), start], { stopped: ['spare', 'spare-two'] });
    const moved = repairsOf(inputs).find(({ kind }) => kind === 'reorder');
    expect(moved?.words).toBe('do start-spare first');
    expect(moved && playbookOf(moved)?.stages.map(({ name }) => name)).toEqual(['start-spare', 'cut']);
  });

  test('is no way out where it must never be touched, or is cut itself', () => {
    const never = inputsFor({ ...parts, neverTouch: ['system:spare', 'system:spare-two'] }, [cut('gateway', 'other')], {
      stopped: ['spare', 'spare-two'],
    });
    expect(repairsOf(never).map(({ kind }) => kind)).toEqual(['leave-out']);
    const all = inputsFor(parts, [cut('gateway', 'spare', 'spare-two')], { stopped: ['spare', 'spare-two'] });
    expect(repairsOf(all).map(({ kind }) => kind)).not.toContain('fallback-first');
  });
});

describe('what runs out is given back sooner', () => {
  const shelves = { on: 'stock', after: 'P2D', then: 'shelves empty' };
  const parts = {
    systems: ['stock', 'tills', 'other'].map((name) => system(name)),
    services: [service('stores', { modes: { normal: { needs: { all: ['tills', shelves] } } } })],
  };

  test('by an earlier releaseBy of the tier that holds it', () => {
    const restore = { tiers: [{ name: 'goods', systems: ['stock'], gate: [] }] };
    const sooner = repairsOf(inputsFor(parts, [cut('stock', 'other')], { restore })).find(
      ({ kind }) => kind === 'sooner',
    );
    expect(sooner?.words).toBe('give tier goods back within PT47H');
    expect(sooner && lines(sooner)).toEqual([
      'restore.tiers',
      '- - name: goods, systems: [stock]',
      '+ - name: goods, systems: [stock], releaseBy: PT47H',
    ]);
  });

  test('by a tier of its own where no tier holds it', () => {
    const sooner = repairsOf(inputsFor(parts, [cut('stock', 'other')])).find(({ kind }) => kind === 'sooner');
    expect(sooner && playbookOf(sooner)?.restore.tiers).toEqual([
      { name: 'sooner', systems: ['stock'], releaseBy: 'PT47H', gate: [] },
    ]);
  });

  test('is no way out of a floor that falls at once', () => {
    expect(repairsOf(inputsFor(parts, [cut('tills', 'other')])).map(({ kind }) => kind)).toEqual(['leave-out']);
  });
});

describe('tiers before what they need', () => {
  const chain = { systems: [system('base'), system('middle', { needs: 'base' }), system('app', { needs: 'middle' })] };
  const tier = (name: string, ...systems: string[]) => ({ name, systems, gate: [] });

  test('are put in order', () => {
    const restore = { tiers: [tier('apps', 'app'), tier('middles', 'middle'), tier('bases', 'base')] };
    const [repair, ...others] = repairsOf(inputsFor(chain, [cut('app', 'middle', 'base')], { restore }));
    expect([repair?.kind, repair?.words, others]).toEqual(['reorder', 'give back in tiers bases, middles, apps', []]);
  });

  test('are split where they need each other in part', () => {
    const restore = { tiers: [tier('ends', 'app', 'base'), tier('middles', 'middle')] };
    const [repair] = repairsOf(inputsFor(chain, [cut('app', 'middle', 'base')], { restore }));
    expect(repair?.kind).toBe('split');
    expect(repair && playbookOf(repair)?.restore.tiers.map(({ name, systems }) => [name, systems])).toEqual([
      ['ends', ['base']],
      ['middles', ['middle']],
      ['ends-2', ['app']],
    ]);
  });

  test('get a tier before them of what no tier holds', () => {
    const restore = { tiers: [tier('apps', 'app')] };
    const [repair] = repairsOf(inputsFor(chain, [cut('app', 'middle', 'base')], { restore }));
    expect(repair && playbookOf(repair)?.restore.tiers.map(({ name, systems }) => [name, systems])).toEqual([
      ['needed', ['base', 'middle']],
      ['apps', ['app']],
    ]);
  });

  test('are joined where their systems need each other', () => {
    const ring = { systems: [system('one', { needs: 'two' }), system('two', { needs: 'one' })] };
    const restore = { tiers: [tier('first', 'one'), tier('second', 'two')] };
    const [repair] = repairsOf(inputsFor(ring, [cut('one', 'two')], { restore }));
    expect(repair && playbookOf(repair)?.restore.tiers.map(({ name, systems }) => [name, systems])).toEqual([
      ['first', ['one', 'two']],
    ]);
  });
});

describe('a playbook that is at fault itself', () => {
  const parts = { systems: [system('a'), system('b')], principals: [{ id: 'aws.iam.user:retail/nobody' }] };
  const credentials: StageInput = { name: 'credentials', action: 'aws.iam.contain', on: { principalsOf: ['a'] } };

  test('goes without a stage that has nothing to act on', () => {
    const [repair, ...others] = repairsOf(inputsFor(parts, [credentials, cut('a')]));
    expect(others).toEqual([]);
    expect(repair).toMatchObject({
      kind: 'leave-out-stage',
      words: 'leave out stage credentials',
      result: 'no protected service gets worse',
    });
    expect(repair && lines(repair)).toEqual(['stages.0', '- - name: credentials']);
  });

  test('has no repair where no other stage is left', () => {
    expect(repairsOf(inputsFor(parts, [credentials]))).toEqual([]);
  });

  test('asks as many people as the estate demands', () => {
    const own = { ...parts, leastQuorum: { down: { 'ir-lead': 1, platform: 1 } } };
    const weak: StageInput = { ...cut('a'), approve: { quorum: { platform: 1 }, within: 'PT10M' } };
    const [repair] = repairsOf(inputsFor(own, [weak]));
    expect(repair && lines(repair)).toEqual([
      'stages.0.approve',
      '- approve: { quorum: { platform: 1 }, within: PT10M, otherwise: deny }',
      '+ approve: { within: PT10M, otherwise: deny, quorum: { ir-lead: 1, platform: 1 } }',
    ]);
    const [bare] = repairsOf(inputsFor(own, [cut('a')]));
    expect(bare && playbookOf(bare)?.stages[0]?.approve?.quorum).toEqual({ 'ir-lead': 1, platform: 1 });
  });

  test('is mended on the way where something is left out too', () => {
    const services = [service('tills', { modes: { normal: { needs: 'a' } } })];
    const [repair, ...others] = repairsOf(inputsFor({ ...parts, services }, [credentials, cut('a', 'b')]));
    expect(others).toEqual([]);
    expect(repair).toMatchObject({
      kind: 'leave-out',
      words: 'leave out a; leave out stage credentials',
      flags: '--except a',
    });
  });
});
