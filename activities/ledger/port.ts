import type { Client } from '@temporalio/client';
import { WithStartWorkflowOperation, WorkflowNotFoundError } from '@temporalio/client';
import type { z } from 'zod';
import type { CapturesAnswer, Held, Holdings, LedgerAnswer, LedgerRequest } from '../../model/ledger.ts';
import { capturesAnswer, holdings, ledgerAnswer, ledgerWorkflowId } from '../../model/ledger.ts';
import { incidentId } from '../../model/names.ts';
import { mainTaskQueue } from '../../model/task-queues.ts';

/** What Temporal says of an incident's latest run. `dead`: ended from outside, or gone without a trace. */
export type Fate = 'open' | 'over' | 'dead';

/** How a request is put to the ledger. */
export interface Asking {
  /** The same for every try: the ledger answers a request once. */
  readonly id: string;
  /** True: wait while the ledger is made whole. */
  readonly patient: boolean;
}

/** What activities ask of the estate's ledger and of other incidents; only Temporal can tell. */
export interface LedgerPort {
  /** Asks the ledger, which is started if there is none. */
  readonly ask: (request: LedgerRequest, asking: Asking) => Promise<LedgerAnswer>;
  /** Incidents that are open, as far as lists know. */
  readonly openIncidents: () => Promise<readonly string[]>;
  /** Incidents with a wave at work, whether they are open or not. */
  readonly incidentsAtWork: () => Promise<readonly string[]>;
  readonly fateOf: (incident: string) => Promise<Fate>;
  readonly holdings: (incident: string) => Promise<Holdings>;
  readonly captures: (incident: string, held: Held) => Promise<CapturesAnswer>;
}

/** A call to Temporal that hangs is tried again: answers take milliseconds, patient ones some seconds. */
const quickMs = 4_000;
const patientMs = 25_000;

function workflowIdOf(incident: string): string {
  return `firedoor/${incident}`;
}

/** The incident in a workflow id: `firedoor/INC-42`, or below it. */
function incidentIn(workflowId: string): readonly string[] {
  const [first, incident] = workflowId.split('/');
  return first === 'firedoor' && incidentId.safeParse(incident).success ? [incident as string] : [];
}

const overStates = ['COMPLETED', 'CONTINUED_AS_NEW'];

/**
 * The ledger and the incidents of one estate, over a client of the workers' namespace. What comes back was sent by
 * somebody with access to the namespace: it is parsed, and believed no further than docs/decisions/0030 says.
 */
export function temporalLedger(client: Client, estate: string): LedgerPort {
  const quick = async <T>(call: () => Promise<T>): Promise<T> => await client.withDeadline(Date.now() + quickMs, call);
  const list = async (query: string): Promise<readonly string[]> => {
    const found = new Set<string>();
    for await (const one of client.workflow.list({ query })) for (const id of incidentIn(one.workflowId)) found.add(id);
    return [...found].toSorted();
  };
  const query = async <Schema extends z.ZodType>(
    incident: string,
    { name, args, schema }: { name: string; args: readonly unknown[]; schema: Schema },
  ): Promise<z.infer<Schema>> => {
    const handle = client.workflow.getHandle(workflowIdOf(incident));
    return schema.parse(await quick(async () => await handle.query(name, ...args)));
  };
  return {
    ask: async (request, { id, patient }) => {
      const start = new WithStartWorkflowOperation('ledger', {
        workflowId: ledgerWorkflowId(estate),
        taskQueue: mainTaskQueue,
        args: [{ estate }],
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: `what incidents hold in ${estate}`,
      });
      const deadline = Date.now() + (patient ? patientMs : quickMs);
      const answer = await client.withDeadline(deadline, async () => {
        const args: [unknown] = [{ request, patient }];
        return await client.workflow.executeUpdateWithStart('ask', {
          args,
          updateId: id,
          startWorkflowOperation: start,
        });
      });
      return ledgerAnswer.parse(answer);
    },
    openIncidents: async () => await list(`WorkflowType = 'incident' AND ExecutionStatus = 'Running'`),
    incidentsAtWork: async () => await list(`WorkflowType IN ('wave', 'giveBack') AND ExecutionStatus = 'Running'`),
    fateOf: async (incident) => {
      try {
        const found = await quick(async () => await client.workflow.getHandle(workflowIdOf(incident)).describe());
        if (found.status.name === 'RUNNING') return 'open';
        return overStates.includes(found.status.name) ? 'over' : 'dead';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return 'dead';
        throw error;
      }
    },
    holdings: async (incident) => await query(incident, { name: 'holdings', args: [], schema: holdings }),
    captures: async (incident, held) =>
      await query(incident, { name: 'captures', args: [held], schema: capturesAnswer }),
  };
}
