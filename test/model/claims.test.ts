import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Claims, Taken } from '../../model/claims.ts';
import {
  claims as claimsSchema,
  containedBy,
  noClaims,
  rebuild,
  reconcile,
  removeIncident,
  takeClaim,
  takeDrop,
  takeHandOver,
  takeLeave,
} from '../../model/claims.ts';
import type { Asking, Held } from '../../model/ledger.ts';

const isolate = (...targets: string[]): Held => ({ action: 'aws.ec2.isolate', targets });

interface Ask {
  readonly incident: string;
  readonly targets: readonly string[];
  readonly wave?: number;
  readonly attempt?: number;
  readonly again?: Asking;
  readonly action?: Held['action'];
}

/** Asks for a wave; the ledger's name is `one` throughout. */
function ask(state: Claims, { targets, again, ...given }: Ask): Taken<'claimed'> {
  const wave = { stage: 'cut-off', wave: 1, attempt: 1, action: 'aws.ec2.isolate', ...given } as const;
  return takeClaim(
    state,
    { kind: 'claim', ...wave, targets: [...targets], done: [], ...(again ? { again } : {}) },
    'one',
  );
}

function leave(state: Claims, incident: string, ...held: Held[]): Taken<'leaving'> {
  return takeLeave(state, { kind: 'leave', incident, held, done: [] }, 'one');
}

/** Several askings, one after another; gives the state and every answer. */
function all(...asks: readonly Ask[]): { state: Claims; answers: readonly Taken<'claimed'>['answer'][] } {
  let state = noClaims;
  const answers = asks.map((one) => {
    const taken = ask(state, one);
    state = taken.claims;
    return taken.answer;
  });
  return { state, answers };
}

describe('a claim', () => {
  it('is told of what all others hold, and never of its own', () => {
    const { answers } = all(
      { incident: 'INC-1', targets: ['i-1', 'i-2'] },
      { incident: 'INC-2', targets: ['i-3'] },
      { incident: 'INC-1', targets: ['i-4'], wave: 2 },
    );
    expect(answers.map(({ others, by }) => [others.hosts, by])).toEqual([
      [[], []],
      [['i-1', 'i-2'], ['INC-1']],
      [['i-3'], ['INC-2']],
    ]);
  });

  it('counts by the effect of its action: hosts that go down, principals, and nothing for evidence', () => {
    const user = 'aws.iam.user:retail/sync';
    expect(
      containedBy([
        isolate('i-2', 'i-1'),
        { action: 'aws.ec2.stop', targets: ['i-1'] },
        { action: 'aws.ec2.snapshot', targets: ['i-9'] },
        { action: 'aws.iam.contain', targets: [user] },
      ]),
    ).toEqual({ hosts: ['i-1', 'i-2'], principals: [user] });
  });

  it('shares nothing where each incident leaves marks of its own, and counts it all the same', () => {
    const action = 'aws.iam.denySession';
    const { answers } = all(
      { incident: 'INC-1', targets: ['i-1'], action },
      { incident: 'INC-2', targets: ['i-1'], action },
    );
    expect(answers.at(-1)).toMatchObject({ shared: [], others: { hosts: ['i-1'], principals: [] } });
  });

  it('shares a target only with the same action, and only with those who came earlier', () => {
    const { state, answers } = all(
      { incident: 'INC-1', targets: ['i-1'] },
      { incident: 'INC-2', targets: ['i-1'], action: 'aws.ec2.stop' },
      { incident: 'INC-3', targets: ['i-1', 'i-2'] },
    );
    expect(answers.map(({ shared }) => shared.map((one) => one.incident))).toEqual([[], [], ['INC-1']]);
    const { answer } = ask(state, { incident: 'INC-1', targets: ['i-1'], attempt: 2 });
    expect(answer.shared).toEqual([]);
    expect(answer.by).toEqual(['INC-2', 'INC-3']);
  });

  it('repeated while it waits, keeps its place: of two that wait only the later one is told of the other', () => {
    const first = ask(noClaims, { incident: 'INC-1', targets: ['i-1'] });
    const second = ask(first.claims, { incident: 'INC-2', targets: ['i-2'] });
    const repeat = ask(second.claims, { incident: 'INC-1', targets: ['i-1'], again: first.answer.asking });
    expect(repeat.answer.others.hosts).toEqual([]);
    expect(ask(repeat.claims, { incident: 'INC-2', targets: ['i-2'], again: second.answer.asking }).answer.by).toEqual([
      'INC-1',
    ]);
  });

  it('does not honour the number of another ledger', () => {
    const { state } = all({ incident: 'INC-1', targets: ['i-1'] }, { incident: 'INC-2', targets: ['i-2'] });
    const { answer } = ask(state, { incident: 'INC-1', targets: ['i-1'], again: { ledger: 'earlier', number: 1 } });
    expect(answer.by).toEqual(['INC-2']);
  });

  it('comes after whoever came while the target was being given back', () => {
    const first = ask(noClaims, { incident: 'INC-1', targets: ['i-1'] });
    const leaving = leave(first.claims, 'INC-1', isolate('i-1'));
    const second = ask(leaving.claims, { incident: 'INC-2', targets: ['i-1'] });
    expect(second.answer.shared).toMatchObject([{ incident: 'INC-1', leaving: true, targets: ['i-1'] }]);
    const back = ask(second.claims, { incident: 'INC-1', targets: ['i-1'], attempt: 2 });
    expect(back.answer.shared).toMatchObject([{ incident: 'INC-2', leaving: false }]);
  });
});

describe('a drop', () => {
  const held = [isolate('i-1')];
  const known = ask(noClaims, { incident: 'INC-1', targets: ['i-1'] });
  const asked = ask(known.claims, { incident: 'INC-2', targets: ['i-2'] });
  const drop = (state: Claims, ledger: string): readonly string[] => {
    const upTo = { ...asked.answer.asking, ledger };
    const left = takeDrop(state, { kind: 'drop', incident: 'INC-1', held, upTo }, 'one');
    return left.claims.map((one) => one.incident);
  };

  it('on the word of another takes what was there when that one asked', () => {
    expect(drop(asked.claims, 'one')).toEqual(['INC-2']);
    expect(drop(asked.claims, 'earlier')).toEqual(['INC-1', 'INC-2']);
  });

  it('leaves what was claimed anew since', () => {
    const request = { kind: 'claim', incident: 'INC-1', stage: 'cut-off', wave: 1, attempt: 2 } as const;
    const anew = takeClaim(asked.claims, { ...request, ...isolate('i-1'), done: held }, 'one').claims;
    expect(drop(anew, 'one')).toEqual(['INC-2', 'INC-1']);
  });
});

describe('leaving', () => {
  const both = () =>
    all({ incident: 'INC-1', targets: ['i-1', 'i-2'] }, { incident: 'INC-2', targets: ['i-2', 'i-3'] }).state;

  it('gives what nobody else holds, marks it until it is dropped, and names who holds the rest', () => {
    const { claims, answer } = leave(both(), 'INC-1', isolate('i-1', 'i-2'));
    expect(answer.alone).toEqual([isolate('i-1')]);
    expect(answer.shared).toMatchObject([{ incident: 'INC-2', targets: ['i-2'] }]);
    expect(answer.others.hosts).toEqual(['i-2', 'i-3']);
    expect(ask(claims, { incident: 'INC-3', targets: ['i-1'] }).answer.shared).toMatchObject([
      { incident: 'INC-1', leaving: true },
    ]);
    const dropped = takeDrop(claims, { kind: 'drop', incident: 'INC-1', held: [isolate('i-1')] }, 'one');
    expect(ask(dropped, { incident: 'INC-3', targets: ['i-1'] }).answer.shared).toEqual([]);
  });

  it('marks what a ledger made anew does not know', () => {
    const { claims, answer } = leave(noClaims, 'INC-1', isolate('i-1'));
    expect(answer.alone).toEqual([isolate('i-1')]);
    const repeat = ask(claims, { incident: 'INC-2', targets: ['i-1'], again: { ledger: 'one', number: 1 } });
    expect(repeat.answer).toMatchObject({ by: ['INC-1'], shared: [{ leaving: true }] });
  });

  it('to each other, two that leave at once: one hands over, the other is refused and gives back', () => {
    const state = all({ incident: 'INC-1', targets: ['i-1'] }, { incident: 'INC-2', targets: ['i-1'] }).state;
    const held = [isolate('i-1')];
    const first = takeHandOver(state, { kind: 'hand-over', incident: 'INC-1', to: 'INC-2', held });
    expect(first.answer.refused).toEqual([]);
    const second = takeHandOver(first.claims, { kind: 'hand-over', incident: 'INC-2', to: 'INC-1', held });
    expect(second.answer.refused).toEqual(held);
    expect(leave(second.claims, 'INC-2', ...held).answer.alone).toEqual(held);
  });

  it('does not hand over to an incident that gives the target back', () => {
    const state = leave(all({ incident: 'INC-2', targets: ['i-1'] }).state, 'INC-2', isolate('i-1')).claims;
    const late = ask(state, { incident: 'INC-1', targets: ['i-1'] }).claims;
    const held = [isolate('i-1')];
    expect(takeHandOver(late, { kind: 'hand-over', incident: 'INC-1', to: 'INC-2', held }).answer.refused).toEqual(
      held,
    );
  });

  it('an incident that ends gives back all its claims', () => {
    expect(removeIncident(both(), 'INC-2').claims.map((one) => one.incident)).toEqual(['INC-1']);
  });
});

describe('making a ledger whole', () => {
  const wave = { stage: 'cut-off', wave: 1, attempt: 1, ...isolate('i-1'), asked: [], leaving: [] };

  it('takes what open incidents say, and marks in AWS that none of them answers for', () => {
    const made = rebuild({
      told: [{ incident: 'INC-1', estate: 'retail', waves: [wave] }],
      marked: [{ incident: 'INC-9', ...isolate('i-1', 'i-2') }],
    });
    expect(made.claims.map(({ incident, targets }) => [incident, ...targets])).toEqual([
      ['INC-1', 'i-1'],
      ['INC-9', 'i-2'],
    ]);
    expect(claimsSchema.parse(made)).toEqual(made);
    expect(ask(made, { incident: 'INC-2', targets: ['i-3'] }).answer.others.hosts).toEqual(['i-1', 'i-2']);
  });

  it('counts what an incident only asked for, unless it waits for this very ledger', () => {
    const asking = { ...wave, asked: ['i-1'] };
    const found = { told: [{ incident: 'INC-1', estate: 'retail', waves: [asking] }], marked: [] };
    const { leaving: _leaving, asked: _asked, ...asked } = asking;
    const request = { kind: 'claim' as const, incident: 'INC-1', ...asked, done: [] };
    expect(rebuild(found).claims).toHaveLength(1);
    expect(rebuild(found, [request]).claims).toEqual([]);
    const inFlight = { ...found, told: [{ ...found.told[0], waves: [wave] } as (typeof found.told)[0]] };
    expect(rebuild(inFlight, [request]).claims).toHaveLength(1);
  });

  it('a check drops what its incident does not know, and of dead ones what AWS does not show', () => {
    const { state } = all(
      { incident: 'INC-1', targets: ['i-1', 'i-forged'] },
      { incident: 'INC-8', targets: ['i-contained', 'i-never-reached'] },
    );
    const found = {
      told: [{ incident: 'INC-1', estate: 'retail', waves: [wave] }],
      marked: [{ incident: 'INC-8', ...isolate('i-contained') }],
    };
    const checked = reconcile(state, found, state.next);
    expect(checked.claims.map((one) => one.targets)).toEqual([['i-1'], ['i-contained']]);
  });

  it('a check leaves claims alone that came while it looked', () => {
    const early = all({ incident: 'INC-1', targets: ['i-1'] }).state;
    const later = ask(early, { incident: 'INC-2', targets: ['i-2'] }).claims;
    expect(reconcile(later, { told: [], marked: [] }, early.next).claims.map((one) => one.incident)).toEqual(['INC-2']);
  });
});

describe('whatever the timing', () => {
  const asks = fc.array(
    fc.record({
      incident: fc.constantFrom('INC-1', 'INC-2', 'INC-3'),
      wave: fc.integer({ min: 1, max: 2 }),
      attempt: fc.integer({ min: 1, max: 2 }),
      repeats: fc.boolean(),
      targets: fc.uniqueArray(fc.constantFrom('i-1', 'i-2', 'i-3', 'i-4'), { minLength: 1 }),
    }),
    { maxLength: 12 },
  );

  it('of every two incidents that hold something, one was told of the other after its last asking', () => {
    fc.assert(
      fc.property(asks, (given) => {
        let state = noClaims;
        const last = new Map<string, Taken<'claimed'>['answer']>();
        for (const { repeats, ...one } of given) {
          const key = one.incident;
          const before = last.get(key);
          const taken = ask(state, { ...one, ...(repeats && before ? { again: before.asking } : {}) });
          state = taken.claims;
          last.set(key, taken.answer);
        }
        const told = (incident: string, of: string): boolean => {
          const hosts = state.claims.filter((claim) => claim.incident === of).flatMap((claim) => claim.targets);
          return hosts.every((host) => last.get(incident)?.others.hosts.includes(host) ?? false);
        };
        const incidents = [...last.keys()];
        for (const one of incidents) {
          for (const other of incidents) if (one < other) expect(told(one, other) || told(other, one)).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
