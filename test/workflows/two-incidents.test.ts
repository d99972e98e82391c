import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../activities/proof/seal.ts';
import { canonical } from '../../model/canonical.ts';
import type { IncidentStatus } from '../../model/incident.ts';
import type { LedgerRequest } from '../../model/ledger.ts';
import { ledgerWorkflowId } from '../../model/ledger.ts';
import type { Plan } from '../../model/plan.ts';
import { claimsQuery } from '../../workflows/messages.ts';
import type { Bench, RunningIncident, Stage } from '../helpers/incident-harness.ts';
import { fakeWorld, openBench } from '../helpers/incident-harness.ts';
import { plainPlaybook, planOf } from './plans.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(async () => await bench?.stop());

const ada = 'ada@example.org';
const desktops = [1, 2, 3].map((host) => `i-desktops-${host}`);
const of = (journal: readonly string[], step: string): readonly string[] =>
  journal.filter((line) => line.startsWith(step)).map((line) => line.split(' ').at(-1) ?? '');
const nameOf = (incident: RunningIncident): string => incident.handle.workflowId.replace('firedoor/', '');

/** A plan of one wave over one gateway host: the tills need two of three, so that one such plan is safe and two are not. */
function gatewayPlan(host: 1 | 2): Plan {
  const plan = planOf(bench.people, plainPlaybook(), ['desktops']);
  const rename = (chunk: Plan['chunks'][string]): Plan['chunks'][string] =>
    chunk.kind === 'contain'
      ? {
          ...chunk,
          targets: chunk.targets.slice(0, 1).map((target) => ({ ...target, id: `i-gateway-${host}` }) as typeof target),
        }
      : { ...chunk, targets: [`i-gateway-${host}`] };
  const chunks = Object.fromEntries(Object.entries(plan.chunks).map(([digest, chunk]) => [digest, rename(chunk)]));
  const header = { ...plan.header, parameters: { compromised: [`gateway-${host}`] } };
  return { ...plan, header, digest: sha256(canonical(header)), chunks };
}

const desktopPlan = (): Plan => planOf(bench.people, plainPlaybook(), ['desktops']);

/** The ledger of this run, ended from outside. */
async function endLedger({ ledger }: Stage): Promise<void> {
  await bench.client.workflow.getHandle(ledgerWorkflowId(ledger.name)).terminate('by somebody');
}

async function claimants({ ledger }: Stage): Promise<readonly string[]> {
  const known = await bench.client.workflow.getHandle(ledgerWorkflowId(ledger.name)).query(claimsQuery);
  return [...new Set((known?.claims ?? []).map((claim) => claim.incident))].toSorted();
}

async function release(incident: RunningIncident): Promise<void> {
  expect(await incident.say({ verb: 'release', by: ada })).toMatchObject({ verdict: 'accepted' });
}

const isSettled = ({ phase }: IncidentStatus): boolean => phase === 'contained' || phase === 'holding';

describe('two incidents, each safe alone and unsafe together', () => {
  test.each([0, 250])(
    'started %i ms apart never overlap: one contains, the other holds and can go when it has gone',
    async (apartMs) => {
      const world = fakeWorld({ applyMs: 300 });
      await bench.run({ plan: gatewayPlan(1), world }, async (one, stage) => {
        await new Promise((resolve) => setTimeout(resolve, apartMs));
        const other = await stage.join({ plan: gatewayPlan(2) });
        const statuses = await Promise.all([one.until(isSettled), other.until(isSettled)]);
        expect(statuses.map(({ phase }) => phase).toSorted()).toEqual(['contained', 'holding']);
        expect(of(world.journal, 'apply')).toHaveLength(1);
        const [first, second] = statuses[0].phase === 'contained' ? [one, other] : [other, one];
        expect((await second.status()).hold).toMatchObject({
          cause: 'guard',
          detail: `FD-210 cut-off, wave 1 would take tills below its floor, with what ${nameOf(first)} has contained or in flight`,
        });
        expect(await claimants(stage)).toEqual([nameOf(first)]);
        await release(first);
        await first.result();
        await second.say({ verb: 'resume', by: ada });
        await second.phase('contained');
        expect(of(world.journal, 'apply')).toHaveLength(2);
        await release(second);
        await second.result();
        expect(await claimants(stage)).toEqual([]);
      });
    },
  );

  test('nor do they when the ledger is ended in between: it is made whole from the incident itself', async () => {
    const world = fakeWorld();
    await bench.run({ plan: gatewayPlan(1), world }, async (one, stage) => {
      await one.phase('contained');
      // Marks in AWS are lost as well, so that its own word is all there is.
      world.marks.remove({ action: 'aws.ec2.isolate', target: 'i-gateway-1' });
      await endLedger(stage);
      const other = await stage.join({ plan: gatewayPlan(2) });
      expect((await other.until(isSettled)).hold).toMatchObject({ cause: 'guard' });
      expect(await claimants(stage)).toEqual([nameOf(one)]);
    });
  });

  test('nor when the first was ended from outside, with the ledger: what bears its marks still counts', async () => {
    const world = fakeWorld();
    await bench.run({ plan: gatewayPlan(1), world }, async (one, stage) => {
      await one.phase('contained');
      await one.handle.terminate('by somebody');
      await endLedger(stage);
      const other = await stage.join({ plan: gatewayPlan(2) });
      const held = await other.until(isSettled);
      expect(held.hold?.detail).toContain(`with what ${nameOf(one)} has contained`);
      expect(held.timeline).toContainEqual(
        expect.objectContaining({
          what: 'dead',
          detail: `${nameOf(one)} was ended from outside; what it contained still counts`,
        }),
      );
    });
  });

  test('a claim of an incident that is gone, and of which AWS shows nothing, holds nobody', async () => {
    const world = fakeWorld();
    await bench.run({ plan: gatewayPlan(1), world }, async (one, stage) => {
      await one.phase('contained');
      await one.handle.terminate('by somebody');
      world.marks.remove({ action: 'aws.ec2.isolate', target: 'i-gateway-1' });
      const other = await stage.join({ plan: gatewayPlan(2) });
      expect((await other.until(isSettled)).phase).toBe('contained');
      expect(await claimants(stage)).toEqual([nameOf(other)]);
    });
  });

  test('a forged claim in the name of an open incident holds nobody: it does not know it itself', async () => {
    const world = fakeWorld();
    await bench.run({ plan: desktopPlan(), world }, async (one, stage) => {
      await one.phase('contained');
      const wave = { stage: 'cut-off', wave: 9, attempt: 1, action: 'aws.ec2.isolate' } as const;
      const forged: LedgerRequest = {
        kind: 'claim',
        incident: nameOf(one),
        ...wave,
        targets: ['i-gateway-1'],
        done: [],
      };
      expect(await stage.ledger.port.ask(forged, { id: 'forged', patient: true })).toMatchObject({ kind: 'claimed' });
      const other = await stage.join({ plan: gatewayPlan(2) });
      const contained = await other.until(isSettled);
      expect(contained.phase).toBe('contained');
      expect(contained.timeline.map(({ what }) => what)).toContain('ledger');
    });
  });

  test('where AWS can’t be read while the ledger is made whole nothing acts, and resuming tries again', async () => {
    const world = fakeWorld();
    world.marks.isReadable = false;
    await bench.run({ plan: desktopPlan(), world }, async (one) => {
      const held = await one.until(({ phase }) => phase === 'holding');
      expect(held.hold).toMatchObject({ cause: 'ledger', detail: expect.stringContaining('FD-504') });
      expect(world.journal).toEqual([]);
      world.marks.isReadable = true;
      await one.say({ verb: 'resume', by: ada });
      await one.phase('contained');
    });
  });
});

describe('two incidents on the same targets', () => {
  /** Contains with one incident, then with another that shares all of it. */
  const shared = async (
    play: (one: RunningIncident, other: RunningIncident, stage: Stage) => Promise<void>,
    world = fakeWorld(),
  ) =>
    await bench.run({ plan: desktopPlan(), world }, async (one, stage) => {
      await one.phase('contained');
      const other = await stage.join({ plan: desktopPlan() });
      await other.phase('contained');
      expect(of(world.journal, 'apply')).toEqual(desktops);
      expect(of(world.journal, 'share')).toEqual(desktops);
      await play(one, other, stage);
    });

  test.each(['first', 'second'])(
    'the %s in may leave first: it drops its hold, and the last one out gives back',
    async (which) => {
      const world = fakeWorld();
      await shared(async (one, other) => {
        const [early, late] = which === 'first' ? [one, other] : [other, one];
        await release(early);
        const left = await early.result();
        expect(left).toMatchObject({ phase: 'closed' });
        expect(left.exceptions.map(({ target, status, detail }) => [target, status, detail])).toEqual(
          desktops.map((target) => [
            target,
            'shared',
            `kept contained: ${nameOf(late)} holds it too, and gives it back`,
          ]),
        );
        expect(of(world.journal, 'undo')).toEqual([]);
        expect(world.marks.marked).toHaveLength(3);
        await release(late);
        expect(await late.result()).toMatchObject({ phase: 'closed', exceptions: [] });
        expect(of(world.journal, 'undo').toSorted()).toEqual(desktops);
        expect(world.marks.marked).toEqual([]);
      }, world);
    },
  );

  test('both leave at once: exactly one gives each target back', async () => {
    const world = fakeWorld();
    await shared(async (one, other, stage) => {
      await Promise.all([release(one), release(other)]);
      await Promise.all([one.result(), other.result()]);
      expect(of(world.journal, 'undo').toSorted()).toEqual(desktops);
      expect(world.marks.marked).toEqual([]);
      expect(await claimants(stage)).toEqual([]);
    }, world);
  });

  test('the second waits while the first is at work on a target, and then shares it', async () => {
    const world = fakeWorld({ applyMs: 700 });
    await bench.run({ plan: desktopPlan(), world }, async (one, stage) => {
      await one.until(() => of(world.journal, 'apply').length > 0);
      const other = await stage.join({ plan: desktopPlan() });
      await Promise.all([one.phase('contained'), other.phase('contained')]);
      expect(of(world.journal, 'apply')).toEqual(desktops);
      expect(of(world.journal, 'share')).toEqual(desktops);
      const { timeline } = await other.status();
      expect(timeline.find(({ what }) => what === 'waits')?.detail).toContain(
        `${nameOf(one)} is at work on i-desktops-1`,
      );
    });
  });

  test('the second holds where the first does in the middle of a target', async () => {
    let refuses = true;
    const world = fakeWorld({ outcome: (step) => (refuses && step === 'apply' ? 'refused' : 'done') });
    await bench.run({ plan: desktopPlan(), world }, async (one, stage) => {
      await one.phase('holding');
      const other = await stage.join({ plan: desktopPlan() });
      const held = await other.phase('holding');
      expect(held.hold).toMatchObject({
        cause: 'overlap',
        detail: expect.stringContaining(`${nameOf(one)} is at work on`),
      });
      refuses = false;
      await one.say({ verb: 'resume', by: ada });
      await one.phase('contained');
      await other.say({ verb: 'resume', by: ada });
      await other.phase('contained');
    });
  });

  test('one that comes while the other gives back waits, and captures anew', async () => {
    const world = fakeWorld({ undoMs: 700 });
    await bench.run({ plan: desktopPlan(), world }, async (one, stage) => {
      await one.phase('contained');
      await release(one);
      await one.until(() => of(world.journal, 'undo').length > 0);
      const other = await stage.join({ plan: desktopPlan() });
      await one.result();
      await other.phase('contained');
      expect(of(world.journal, 'apply')).toEqual([...desktops, ...desktops]);
      expect(of(world.journal, 'share')).toEqual([]);
    });
  });

  test('of one that was ended from outside people are told before its share is given back', async () => {
    const world = fakeWorld();
    await shared(async (one, other) => {
      await one.handle.terminate('by somebody');
      await release(other);
      const held = await other.phase('holding');
      expect(held.hold).toMatchObject({
        cause: 'overlap',
        detail: `FD-211 ${nameOf(one)}, ended from outside, holds ${desktops.join(', ')} too: resume gives back for both, skip leaves it`,
      });
      expect(of(world.journal, 'undo')).toEqual([]);
      await other.say({ verb: 'resume', by: ada });
      expect(await other.result()).toMatchObject({ phase: 'closed', exceptions: [] });
      expect(of(world.journal, 'undo').toSorted()).toEqual(desktops);
    }, world);
  });

  test('a new incident takes over what one that was ended from outside had contained', async () => {
    const world = fakeWorld();
    await bench.run({ plan: desktopPlan(), world }, async (one, stage) => {
      await one.phase('contained');
      await one.handle.terminate('by somebody');
      const other = await stage.join({ plan: desktopPlan() });
      await other.phase('contained');
      expect(of(world.journal, 'share')).toEqual(desktops);
      await release(other);
      await other.phase('holding');
      await other.say({ verb: 'resume', by: ada });
      await other.result();
      expect(world.marks.marked).toEqual([]);
    });
  });

  test('sharing goes on over continue-as-new, and over the end of the ledger', async () => {
    const world = fakeWorld();
    await bench.run({ plan: desktopPlan(), world, continueAfterEvents: 30 }, async (one, stage) => {
      await one.phase('contained');
      const other = await stage.join({ plan: desktopPlan(), continueAfterEvents: 30 });
      await other.phase('contained');
      await one.turn();
      await other.turn();
      await endLedger(stage);
      await release(one);
      expect((await one.result()).exceptions.map(({ status }) => status)).toEqual(['shared', 'shared', 'shared']);
      await release(other);
      expect(await other.result()).toMatchObject({ exceptions: [] });
      expect(of(world.journal, 'undo').toSorted()).toEqual(desktops);
    });
  });
});
