import type { Server } from '../context.ts';
import { CliFailure } from '../failure.ts';
import { reaching } from './reach.ts';
import { incidentWorkflowType, searchAttributeNames } from './search-attributes.ts';

/** One incident as Temporal lists it: from search attributes, without asking a worker. */
export interface ListedIncident {
  readonly incident: string;
  readonly playbook: string;
  /** Its phase, `rejected` for a start that came to nothing, or how it ended otherwise: `terminated`, `failed`. */
  readonly phase: string;
  readonly startedAt: string;
  readonly isRunning: boolean;
  readonly awaitingRoles: readonly string[];
  /** Where waivers stand, in an incident that has any: `asked`, `broken`, `review`, `reviewed`. */
  readonly glass?: string;
}

const mostIncidents = 500;

/** Incidents of the namespace, newest first. Lists lag behind by a second or so; `status` does not. */
export async function listIncidents(server: Server, onlyRunning: boolean): Promise<readonly ListedIncident[]> {
  // Of an incident that continued as new, only its current run.
  const running = onlyRunning ? ' AND ExecutionStatus = "Running"' : ' AND ExecutionStatus != "ContinuedAsNew"';
  const query = `WorkflowType = "${incidentWorkflowType}"${running}`;
  const found: ListedIncident[] = [];
  await reaching(server, { incident: 'the list', withinMs: 15_000 }, async () => {
    for await (const info of server.client.workflow.list({ query })) {
      found.push(listed(info));
      if (found.length >= mostIncidents) break;
    }
  }).catch((error: unknown) => {
    if (error instanceof CliFailure) throw error;
    throw new CliFailure(`The incidents of ${server.namespace} can't be listed: ${String(error)}`, { cause: error });
  });
  return found.toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
}

/** The part of what Temporal lists that is read here. */
interface Listed {
  readonly workflowId: string;
  readonly startTime: Date;
  readonly status: { readonly name: string };
  readonly searchAttributes: Readonly<Record<string, unknown>>;
}

function listed(info: Listed): ListedIncident {
  const words = (name: string): readonly string[] => {
    const value = info.searchAttributes[name];
    return Array.isArray(value) ? value.map(String) : [];
  };
  const phase = words(searchAttributeNames.phase)[0] ?? 'unknown';
  const isRunning = info.status.name === 'RUNNING';
  const [glass] = words(searchAttributeNames.glass);
  return {
    incident: info.workflowId.replace(/^firedoor\//, ''),
    playbook: words(searchAttributeNames.playbook)[0] ?? 'unknown',
    phase: isRunning ? phase : endedPhase(info.status.name, phase),
    startedAt: info.startTime.toISOString(),
    isRunning,
    awaitingRoles: isRunning ? words(searchAttributeNames.awaitingRole) : [],
    ...(glass === undefined ? {} : { glass }),
  };
}

function endedPhase(status: string, phase: string): string {
  if (status !== 'COMPLETED') return status.toLowerCase().replaceAll('_', ' ');
  return phase === 'planning' ? 'rejected' : phase;
}
