import type { SignedDecision } from '../../model/decision.ts';
import type { PlanFile } from '../../model/plan.ts';
import { mainTaskQueue } from '../../model/task-queues.ts';
import type { IncidentInput } from '../../workflows/messages.ts';
import { incidentWorkflowId } from '../../workflows/messages.ts';
import type { Server } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { CliFailure } from '../failure.ts';
import { reaching } from './reach.ts';
import { incidentWorkflowType, searchAttributeNames } from './search-attributes.ts';

/** What an incident is started with. */
export interface Launch {
  readonly incident: string;
  readonly file: PlanFile;
  readonly start: SignedDecision;
  /** As signed; shown in the Temporal UI. */
  readonly reason: string;
}

/**
 * Starts the workflow of an incident. A rejected start frees its id; a running incident and a closed one keep it, so that
 * one id is one history.
 *
 * @throws CliFailure where the id is taken
 */
export async function launchIncident(server: Server, launch: Launch): Promise<void> {
  const { incident } = launch;
  await refuseTaken(server, incident);
  const { defineSearchAttributeKey } = await import('@temporalio/common');
  const { incident: id, phase, playbook } = searchAttributeNames;
  const keyword = (name: string, value: string) => ({ key: defineSearchAttributeKey(name, 'KEYWORD'), value });
  const { header } = launch.file.plan;
  await reaching(server, { incident, withinMs: 10_000 }, async () => {
    await server.client.workflow
      .start(incidentWorkflowType, {
        workflowId: incidentWorkflowId(incident),
        taskQueue: mainTaskQueue,
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'FAIL',
        args: [inputOf(launch)],
        staticSummary: `${incident}: ${header.playbook.name} on ${header.estate.name}`,
        staticDetails: `${launch.reason}\n\nPlan ${launch.file.plan.digest}`,
        typedSearchAttributes: [
          keyword(id, incident),
          keyword(phase, 'planning'),
          keyword(playbook, header.playbook.name),
        ],
      })
      .catch((error: unknown) => {
        throw isNamed(error, 'WorkflowExecutionAlreadyStartedError')
          ? taken(incident, 'is running already', error)
          : error;
      });
  });
}

function inputOf({ incident, file, start }: Launch): IncidentInput {
  const { plan, playbook } = file;
  const { parameters, except, narrow, waivers } = plan.header;
  // Asked for as they were signed, so that planning again gives the same digest or says why not.
  const request = { playbook, parameters, except, narrow, ...(waivers && { breakGlass: waivers }) };
  return { incident, request, plan: plan.digest, start, shown: plan.header };
}

async function refuseTaken(server: Server, incident: string): Promise<void> {
  const handle = server.client.workflow.getHandle(incidentWorkflowId(incident));
  const found = await handle.describe().catch((error: unknown) => {
    if (isNamed(error, 'WorkflowNotFoundError')) return undefined;
    throw error;
  });
  if (!found) return;
  if (found.status.name === 'RUNNING') throw taken(incident, 'is running already');
  const { defineSearchAttributeKey } = await import('@temporalio/common');
  const phase = found.typedSearchAttributes.get(defineSearchAttributeKey(searchAttributeNames.phase, 'KEYWORD'));
  // A rejected start never got past planning: nothing was done under that id.
  if (phase !== 'planning') throw taken(incident, 'was carried out before');
}

function taken(incident: string, how: string, cause?: unknown): CliFailure {
  return new CliFailure(
    `${incident} ${how}; nothing was started. See it with firedoor status ${incident}, or start under another id.`,
    { exitCode: exitCodes.error, cause },
  );
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
