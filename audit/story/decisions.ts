import { createHash } from 'node:crypto';
import type { Decision } from '../../model/decision.ts';
import { readDecision } from '../../model/decision.ts';
import type { ExportedDecision } from '../document.ts';
import type { Answer, Happening, Place } from './happening.ts';

/** A decision somebody sent, and what became of it. */
export interface Ruling extends Pick<Place, 'at' | 'runId' | 'eventId'> {
  readonly via: ExportedDecision['via'];
  /** What was signed; absent where the bytes are not a decision. */
  readonly decision?: Decision;
  /** sha256 of the bytes signed. */
  readonly document: string;
  /** Of the key in the signature. Proven to have signed only where the verdict is `accepted`. */
  readonly fingerprint?: string;
  /** Absent where the export doesn't say: no worker answered, or it was not judged yet. */
  readonly verdict?: Answer['verdict'];
  readonly why?: string;
}

/**
 * Joins what was sent with what was answered: updates by the event they were accepted at; the start and signals, which have
 * no answer in history, by what they say, among the records of the status.
 */
export function rulingsOf(
  sent: readonly ExportedDecision[],
  happenings: readonly Happening[],
  records: readonly Answer[],
): readonly Ruling[] {
  const left = [...records];
  return sent.map((each) => {
    const read = readDecision(each.signed.document);
    const decision = read.ok ? read.decision : undefined;
    const answered = happenings.find(
      (one) => one.kind === 'answered' && one.runId === each.runId && one.accepted === each.eventId,
    );
    const known = answered?.kind === 'answered' ? answered.answer : undefined;
    const index = left.findIndex((record) => (known ? record.at === known.at : says(record, decision)));
    const record = index < 0 ? known : left.splice(index, 1)[0];
    const accepted = each.via === 'start' && wasAccepted(happenings) ? 'accepted' : undefined;
    const fingerprint = record?.key ?? fingerprintIn(each.signed.signature);
    const verdict = record?.verdict ?? accepted;
    const why = record?.detail ?? record?.reason;
    return {
      at: record?.at ?? each.at,
      runId: each.runId,
      eventId: each.eventId,
      via: each.via,
      document: `sha256:${createHash('sha256').update(each.signed.document, 'utf8').digest('hex')}`,
      ...(decision && { decision }),
      ...(fingerprint !== undefined && { fingerprint }),
      ...(verdict && { verdict }),
      ...(why !== undefined && { why }),
    };
  });
}

function says(record: Answer, decision: Decision | undefined): boolean {
  return (
    decision !== undefined &&
    record.verb === decision.verb &&
    record.by === decision.by &&
    record.gate === decision.gate &&
    record.words === decision.reason
  );
}

/** A start that was not accepted never comes to a wave. */
function wasAccepted(happenings: readonly Happening[]): boolean {
  return happenings.some(({ kind }) => kind === 'wave');
}

/** `SHA256:…` of the public key that an armoured SSHSIG names (OpenSSH PROTOCOL.sshsig); undefined where it is none. */
export function fingerprintIn(armoured: string): string | undefined {
  const base64 = /-----BEGIN SSH SIGNATURE-----([\s\S]*?)-----END SSH SIGNATURE-----/.exec(armoured)?.[1];
  const bytes = Buffer.from(base64 ?? '', 'base64');
  if (bytes.length < 14 || bytes.toString('latin1', 0, 6) !== 'SSHSIG') return undefined;
  const length = bytes.readUInt32BE(10);
  const key = bytes.subarray(14, 14 + length);
  if (key.length !== length) return undefined;
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}
