import { ActivityCancellationType, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { DecisionActivities } from '../activities/decisions.ts';
import type { EvidenceActivities } from '../activities/ec2/evidence.ts';
import type { AskActivities } from '../activities/ledger/ask.ts';
import type { GatherActivities } from '../activities/ledger/gather.ts';
import type { MarksActivities } from '../activities/ledger/marks.ts';
import type { SharingActivities } from '../activities/ledger/sharing.ts';
import type { FactsActivities } from '../activities/live/facts.ts';
import type { NotifyActivities } from '../activities/notify/notify.ts';
import type { PlanningActivities } from '../activities/planning.ts';
import type { ProbeActivities } from '../activities/probes/round.ts';
import type { QuestionActivities } from '../activities/questions.ts';
import type { ActionName } from '../model/actions/names.ts';
import { permanentFailures } from '../model/failure-type.ts';
import type { ActionActivities } from '../model/step.ts';
import { accountTaskQueue } from '../model/task-queues.ts';
import type { Verifier } from '../model/verification.ts';

/** The one home of timeouts and retries, by risk. */

const retry = { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '20s' } as const;
const permanent = [...permanentFailures];

/** Planning reads a whole account: 10,000 instances are 10 pages and some seconds; ten times that is a hang. So do questions. */
export const planning = proxyActivities<PlanningActivities & QuestionActivities>({
  summary: 'plan from the facts of now',
  startToCloseTimeout: '2m',
  scheduleToCloseTimeout: '5m',
  retry: { ...retry, nonRetryableErrorTypes: permanent, maximumAttempts: 5 },
});

/** A signature check takes milliseconds; a worker that dies in it is replaced by the next workflow task. */
const verification = proxyLocalActivities<DecisionActivities>({
  summary: 'check a signature',
  startToCloseTimeout: '10s',
  retry: { initialInterval: '100ms', maximumAttempts: 5 },
});

/** What decisions are verified with in the sandbox. */
export const verifier: Verifier = {
  verifySignature: async (check) => await verification.verifySignature(check),
  instantMs: (instant) => Date.parse(instant),
};

/** One round over all sites: a site takes its own timeout at most, so a round that lasts a minute is a dead prober. */
export const probing = proxyActivities<ProbeActivities>({
  summary: 'probe every site once',
  startToCloseTimeout: '1m',
  heartbeatTimeout: '10s',
  retry: { ...retry, maximumAttempts: 3 },
});

/**
 * Notifications, beside the procedure. Ten tellings wait 5 s each at most, so an attempt has a minute, and 15 s without a
 * heartbeat is a dead worker. Tried for a quarter of an hour, since a receiver's restart takes minutes, and most gates are
 * decided or expired by then.
 */
export const notifying = proxyActivities<NotifyActivities>({
  summary: 'tell people',
  startToCloseTimeout: '1m',
  heartbeatTimeout: '15s',
  scheduleToCloseTimeout: '15m',
  retry: { ...retry, initialInterval: '1s', maximumInterval: '1m', nonRetryableErrorTypes: permanent },
});

/** Reads before a guard's look: fresh or not at all, so few attempts; the incident holds when they fail. */
export function factsOf(account: string): FactsActivities {
  return proxyActivities<FactsActivities>({
    taskQueue: accountTaskQueue(account),
    summary: `read what runs in ${account}`,
    startToCloseTimeout: '30s',
    scheduleToCloseTimeout: '2m',
    retry: { ...retry, maximumAttempts: 5 },
  });
}

/**
 * The estate's ledger, asked in passing: it answers within milliseconds, and says so when it can't yet. Local, since each
 * wave asks (docs/decisions/0030); short, since nothing else of the incident goes on meanwhile.
 */
export const asking = proxyLocalActivities<AskActivities>({
  summary: 'ask the ledger of the estate',
  startToCloseTimeout: '5s',
  retry: { initialInterval: '100ms', maximumAttempts: 2 },
});

/** The ledger while it is made whole, which takes some seconds; and other incidents, asked by query. After two minutes people decide. */
export const patientAsking = proxyActivities<AskActivities & SharingActivities>({
  summary: 'ask what other incidents hold',
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '2m',
  retry: { ...retry, nonRetryableErrorTypes: permanent },
});

/** For the ledger: every open incident is asked, a few at a time; one that doesn't answer within a minute holds all others. */
export const gathering = proxyActivities<GatherActivities>({
  summary: 'ask every open incident what it holds',
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '1m',
  retry,
});

/** For the ledger: some pages of groups and hosts, and two reads a principal. */
export function marksOf(account: string): MarksActivities {
  return proxyActivities<MarksActivities>({
    taskQueue: accountTaskQueue(account),
    summary: `read our marks in ${account}`,
    startToCloseTimeout: '1m',
    scheduleToCloseTimeout: '90s',
    retry: { ...retry, nonRetryableErrorTypes: permanent },
  });
}

/** Snapshots take up to hours; the activity looks and heartbeats until they are complete, and a day is a fault. */
export function evidenceOf(account: string): EvidenceActivities {
  return proxyActivities<EvidenceActivities>({
    taskQueue: accountTaskQueue(account),
    summary: `wait until the evidence in ${account} is complete`,
    startToCloseTimeout: '24h',
    heartbeatTimeout: '30s',
    retry: { ...retry, nonRetryableErrorTypes: permanent },
  });
}

/** The four activities of an action, by their type names in history. */
type NamedActivities = Readonly<Record<string, (input: never) => Promise<unknown>>>;

/**
 * An action's activities on the queue of one account.
 *
 * - heartbeat 10 s: a dead worker's batch moves to another within that; a hold reaches a running batch well within 5 s,
 *   since workers send heartbeats at least each second.
 * - 30 minutes from schedule to close: the slowest bucket lets 1,000 hosts through in 3 m; past ten times that people decide.
 * - cancellation is waited for, since only the activity knows what it had done.
 */
export function actionOn(action: ActionName, account: string, summary: string): ActionActivities {
  const named = proxyActivities<NamedActivities>({
    taskQueue: accountTaskQueue(account),
    summary,
    startToCloseTimeout: '30m',
    scheduleToCloseTimeout: '30m',
    heartbeatTimeout: '10s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { ...retry, nonRetryableErrorTypes: permanent },
  }) as unknown as Readonly<Record<string, ActionActivities[keyof ActionActivities]>>;
  return {
    capture: named[`${action}.capture`] as ActionActivities['capture'],
    apply: named[`${action}.apply`] as ActionActivities['apply'],
    verify: named[`${action}.verify`] as ActionActivities['verify'],
    undo: named[`${action}.undo`] as ActionActivities['undo'],
  };
}
