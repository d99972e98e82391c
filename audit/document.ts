import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonical } from '../model/canonical.ts';
import { signedDecision } from '../model/decision.ts';
import { digest, incidentId, instant } from '../model/names.ts';

/** The schema an export names. */
export const auditExportSchema = 'firedoor/audit-export/v1';

const part = { sha256: digest };

/** One run of one workflow: its history as Temporal's own tools write it, and the sha256 of that in RFC 8785 form. */
const exportedRun = z.strictObject({
  ...part,
  workflowId: z.string(),
  runId: z.string(),
  workflowType: z.string(),
  events: z.number().int().min(0),
  history: z.looseObject({ events: z.array(z.looseObject({ eventId: z.string().optional() })) }),
});
export type ExportedRun = z.infer<typeof exportedRun>;

/** A decision as history holds it: the bytes signed and the signature, with the run and the event that brought it. */
const exportedDecision = z.strictObject({
  runId: z.string(),
  eventId: z.string(),
  at: z.string(),
  via: z.enum(['start', 'update', 'signal']),
  signed: signedDecision,
});
export type ExportedDecision = z.infer<typeof exportedDecision>;

/**
 * What `firedoor audit export` writes: every run of an incident, and beside it plan, status and decisions in plain form.
 * Each part carries its sha256; the sums guard against accidents, and only the signatures inside against people.
 */
export const auditExport = z.strictObject({
  schema: z.literal(auditExportSchema),
  incident: incidentId,
  namespace: z.string(),
  exportedAt: instant,
  /** `null` where no worker answered: then the histories hold it alone. */
  plan: z.strictObject({ ...part, content: z.unknown() }).nullable(),
  status: z.strictObject({ ...part, content: z.unknown() }).nullable(),
  decisions: z.strictObject({ ...part, content: z.array(exportedDecision) }),
  runs: z.array(exportedRun),
});
export type AuditExport = z.infer<typeof auditExport>;

/** sha256 of a part: of its RFC 8785 form, so that how a file is indented does not matter. */
export function partDigest(content: unknown): string {
  return `sha256:${createHash('sha256').update(canonical(content), 'utf8').digest('hex')}`;
}

/** An export that was read, or what is wrong with it. */
export type ReadExport =
  { readonly ok: true; readonly document: AuditExport } | { readonly ok: false; readonly problems: readonly string[] };

/** Reads an export and compares every part with its sum. */
export function readExport(text: string): ReadExport {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, problems: ['it is not JSON'] };
  }
  const parsed = auditExport.safeParse(value);
  if (!parsed.success) {
    return { ok: false, problems: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) };
  }
  const problems = changedParts(parsed.data);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, document: parsed.data };
}

function changedParts({ plan, status, decisions, runs }: AuditExport): readonly string[] {
  const parts = [
    ...(plan ? [{ name: 'plan', sum: plan.sha256, content: plan.content }] : []),
    ...(status ? [{ name: 'status', sum: status.sha256, content: status.content }] : []),
    { name: 'decisions', sum: decisions.sha256, content: decisions.content },
    ...runs.map(({ workflowId, sha256, history }) => ({
      name: `history of ${workflowId}`,
      sum: sha256,
      content: history,
    })),
  ];
  return parts
    .filter(({ sum, content }) => partDigest(content) !== sum)
    .map(({ name }) => `${name}: its content has another sha256 than the export says`);
}
