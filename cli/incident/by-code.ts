import { z } from 'zod';
import { readGateCode } from '../../model/gate-code.ts';
import type { IncidentStatus } from '../../model/incident.ts';
import { incidentId } from '../../model/names.ts';
import type { Server } from '../context.ts';
import { usageFailure } from '../failure.ts';
import { escapeControls } from '../render/escape.ts';
import { openGates } from '../render/incident-next.ts';
import { listWords } from '../render/words.ts';
import { listIncidents } from './incidents.ts';
import { readStatus } from './reach.ts';

/** Where to decide: an incident, or a gate by its short code. */
export type Place = { readonly incident: string } | { readonly code: string };

/** `INC-42`, or `K7M2QX` as people say it. The two can't be taken for each other: only one has a hyphen. */
export const incidentOrCode = z.string().transform((text, context): Place => {
  const code = readGateCode(text);
  if (code !== undefined) return { code };
  if (incidentId.safeParse(text).success) return { incident: text };
  const message = 'expected an incident such as INC-42, or the code of a gate that waits, such as K7M2QX';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

/** A gate that waits. */
export interface WaitingGate {
  readonly incident: string;
  readonly gate: string;
}

/**
 * The gate that a code leads to, among those that wait now. The code says nothing about who may decide there.
 *
 * @throws CliFailure usage, where none has it, or several
 */
export async function gateByCode(server: Server, code: string): Promise<WaitingGate> {
  const running = await listIncidents(server, true);
  const asked = await Promise.allSettled(running.map(async (one) => await readStatus(server, one.incident)));
  const found = asked
    .flatMap((answer) => (answer.status === 'fulfilled' ? gatesWith(answer.value, code) : []))
    .toSorted((one, other) => (one.incident < other.incident ? -1 : 1));
  const [first, ...others] = found;
  if (first && others.length === 0) return first;
  if (first) {
    const places = found.map(({ incident, gate }) => `gate ${gate} of ${incident}`);
    throw usageFailure(escapeControls(`${code} is ${listWords(places)}. Say which: INCIDENT --gate GATE.`));
  }
  const silent = running.filter((_, index) => asked[index]?.status === 'rejected').map((one) => one.incident);
  const unasked = silent.length === 0 ? '' : ` ${listWords(silent)} did not answer.`;
  throw usageFailure(
    escapeControls(`No gate that waits has the code ${code}.${unasked} Those that wait: firedoor approvals`),
  );
}

function gatesWith(status: IncidentStatus, code: string): readonly WaitingGate[] {
  return openGates(status)
    .filter((gate) => gate.code === code)
    .map((gate) => ({ incident: status.incident, gate: gate.id }));
}
