import type { Client } from '@temporalio/client';
import type { AskActivities } from '../../activities/ledger/ask.ts';
import { askActivities } from '../../activities/ledger/ask.ts';
import type { GatherActivities } from '../../activities/ledger/gather.ts';
import { gatherActivities } from '../../activities/ledger/gather.ts';
import type { LedgerPort } from '../../activities/ledger/port.ts';
import { temporalLedger } from '../../activities/ledger/port.ts';
import type { SharingActivities } from '../../activities/ledger/sharing.ts';
import { sharingActivities } from '../../activities/ledger/sharing.ts';
import { adopt } from '../../activities/proof/adopt.ts';
import { sealCapture, sha256 } from '../../activities/proof/seal.ts';
import { NAMESPACE } from '../../drill/stack/temporal-server.ts';
import { canonical } from '../../model/canonical.ts';
import type { Marked } from '../../model/ledger.ts';
import type { Capture, StepInput, TargetOutcome } from '../../model/step.ts';
import { originOf } from '../../model/step.ts';

/** What the workers of workflow tests seal with. */
export const keeper = { workerKey: new Uint8Array(32).fill(7), namespace: NAMESPACE };

/** What bears a mark of ours in the fake AWS, and whose. */
export class FakeMarks {
  isReadable = true;
  readonly #by = new Map<string, { readonly action: Marked['action']; readonly target: string; incident: string }>();

  put({ action, target }: Pick<Capture, 'action' | 'target'>, incident: string): void {
    this.#by.set(`${action} ${target}`, { action, target, incident });
  }

  remove({ action, target }: Pick<Capture, 'action' | 'target'>): void {
    this.#by.delete(`${action} ${target}`);
  }

  of(action: string, target: string): string | undefined {
    return this.#by.get(`${action} ${target}`)?.incident;
  }

  /** The answer of `readMarks`. */
  get marked(): readonly Marked[] {
    return [...this.#by.values()].map(({ action, target, incident }) => ({ action, incident, targets: [target] }));
  }
}

/** Captures a target as a worker does: its own, or the first one's where the target bears that one's mark. */
export function fakeCapture(marks: FakeMarks, input: StepInput, target: string): Capture | TargetOutcome {
  const { incident } = input.warrant;
  const origin = marks.of(input.chunk.action, target);
  if (origin !== undefined && origin !== incident) {
    return adopt(keeper, input, { target, origin }) ?? { target, status: 'changed', detail: `left to ${origin}` };
  }
  return sealCapture(keeper.workerKey, keeper.namespace, {
    incident,
    plan: sha256(canonical(input.warrant.header)),
    stage: input.chunk.stage,
    action: input.chunk.action,
    target,
    account: input.account,
    at: new Date().toISOString(),
    state: { before: target },
  });
}

/** Leaves or takes away the mark of a capture, as apply and undo do. */
export function mark(marks: FakeMarks, step: 'apply' | 'undo', capture: Capture | undefined): void {
  if (!capture) return;
  if (step === 'apply') marks.put(capture, originOf(capture));
  else if (marks.of(capture.action, capture.target) === originOf(capture)) marks.remove(capture);
}

/** The ledger of one test run: a real workflow of its own, over the real server; other runs' incidents are none of its. */
export interface TestLedger {
  /** Names its workflow: `firedoor/estate/<name>`. */
  readonly name: string;
  readonly port: LedgerPort;
  readonly activities: AskActivities & SharingActivities & GatherActivities;
}

let ledgers = 0;

/**
 * @param estate name of the estate in the plans of the run
 * @param incidents ids of the run's incidents, as they are started
 */
export function openLedger(client: Client, estate: string, incidents: ReadonlySet<string>): TestLedger {
  ledgers += 1;
  const name = `${estate}-${ledgers}`;
  const real = temporalLedger(client, name);
  const ours = (listed: readonly string[]): readonly string[] => listed.filter((incident) => incidents.has(incident));
  const port: LedgerPort = {
    ...real,
    openIncidents: async () => ours(await real.openIncidents()),
    incidentsAtWork: async () => ours(await real.incidentsAtWork()),
  };
  const deps = { ledger: port, ...keeper, estate: { name: estate, accounts: [{ name: 'retail' }] } };
  return {
    name,
    port,
    activities: { ...askActivities(deps), ...sharingActivities(deps), ...gatherActivities(deps) },
  };
}
