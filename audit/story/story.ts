import type { PayloadCodec } from '@temporalio/common';
import { z } from 'zod';
import type { Plan } from '../../model/plan.ts';
import { plan as planSchema } from '../../model/plan.ts';
import type { AuditExport } from '../document.ts';
import type { Ruling } from './decisions.ts';
import { rulingsOf } from './decisions.ts';
import type { Happening } from './happening.ts';
import { answer } from './happening.ts';
import { PayloadReader } from './payloads.ts';
import { readRun } from './read.ts';

const line = z.object({ at: z.string(), what: z.string(), detail: z.string() });
const status = z.object({
  estate: z.string(),
  playbook: z.string(),
  plan: z.string(),
  startedBy: z.string(),
  startedAt: z.string(),
  phase: z.string(),
  hold: z.object({ since: z.string(), cause: z.string(), detail: z.string() }).optional(),
  exceptions: z.array(
    z.object({
      at: z.string(),
      stage: z.string(),
      target: z.string(),
      status: z.string(),
      detail: z.string().optional(),
    }),
  ),
  clocks: z
    .array(z.object({ kind: z.string(), name: z.string(), endsAt: z.string(), because: z.string() }))
    .default([]),
  gates: z.array(z.object({ id: z.string(), state: z.string() })),
  tiers: z.array(z.object({ name: z.string(), state: z.string(), targets: z.number(), released: z.number() })),
  decisions: z.array(answer),
  timeline: z.array(line),
});
/** The parts of an incident's status that are read again, as its worker answered at the export. */
export type StoryStatus = z.infer<typeof status>;

/** An export, decoded: what timeline, OCSF events and the report are made from. */
export interface Story {
  readonly incident: string;
  readonly namespace: string;
  readonly exportedAt: string;
  /** Absent where neither a worker nor the histories have it in a form of this version. */
  readonly plan?: Plan;
  /** Absent where no worker answered at the export. */
  readonly status?: StoryStatus;
  readonly rulings: readonly Ruling[];
  /** Oldest first. */
  readonly happenings: readonly Happening[];
  readonly runs: readonly {
    readonly workflowId: string;
    readonly runId: string;
    readonly events: number;
    readonly sha256: string;
  }[];
  /** Payloads that could not be read, for want of a key or by damage. */
  readonly unread: number;
}

/** Reads an export into its story. Nothing is judged here: `audit replay` does that, and signatures. */
export async function storyOf(document: AuditExport, codec: PayloadCodec): Promise<Story> {
  const payloads = new PayloadReader(codec);
  const happenings: Happening[] = [];
  for (const run of document.runs) happenings.push(...(await readRun(run, payloads)));
  happenings.sort(inOrder);
  const known = status.safeParse(document.status?.content);
  const plan = planIn(document, happenings);
  const { incident, namespace, exportedAt } = document;
  return {
    incident,
    namespace,
    exportedAt,
    ...(plan && { plan }),
    ...(known.success && { status: known.data }),
    rulings: rulingsOf(document.decisions.content, happenings, known.data?.decisions ?? []),
    happenings,
    runs: document.runs.map(({ workflowId, runId, events, sha256 }) => ({ workflowId, runId, events, sha256 })),
    unread: payloads.unread,
  };
}

function inOrder(one: Happening, other: Happening): number {
  if (one.at !== other.at) return one.at < other.at ? -1 : 1;
  return one.runId === other.runId ? Number(one.eventId) - Number(other.eventId) : 0;
}

function planIn(document: AuditExport, happenings: readonly Happening[]): Plan | undefined {
  const planned = happenings.flatMap((each) => (each.kind === 'planned' ? [each.plan] : []));
  return [document.plan?.content, ...planned]
    .map((content) => planSchema.safeParse(content))
    .find((parsed) => parsed.success)?.data;
}
