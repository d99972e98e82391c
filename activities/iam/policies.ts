import { canonical } from '../../model/canonical.ts';

const version = '2012-10-17';

/** Sessions taken up to this long after the policy is written are denied too: it takes that long to be felt (IAM console: *Revoke active sessions*). */
export const sessionMarginMs = 30_000;

/** Name of the inline policy that denies a user everything during an incident. */
export function denyPolicyName(incident: string): string {
  return `firedoor-${incident}-deny`;
}

/** Name of the inline policy that denies a role's older sessions during an incident. */
export function olderSessionsPolicyName(incident: string): string {
  return `firedoor-${incident}-older-sessions`;
}

/** Name of the inline policy that denies one host its sessions of a role during an incident. One policy a host: none is ever merged. */
export function sessionPolicyName(incident: string, instance: string): string {
  return `firedoor-${incident}-${instance}`;
}

/** Denies everything, in as few characters as it takes: a user's inline policies share 2,048 (IAM quotas). */
export const denyAllDocument = JSON.stringify({
  Version: version,
  Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
});

/** Denies sessions taken before an instant everything (IAM user guide: *Revoking IAM role temporary security credentials*). */
export function olderSessionsDocument(before: Date): string {
  return JSON.stringify({
    Version: version,
    Statement: [
      {
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: { DateLessThan: { 'aws:TokenIssueTime': before.toISOString() } },
      },
    ],
  });
}

/**
 * Denies one host its sessions of a role, those it has and those it may yet take: EC2 names all of them
 * `<role id>:<instance id>` (IAM user guide, *Policy variables*, the value of `aws:userid` by principal).
 */
export function sessionDocument(roleId: string, instance: string): string {
  const Condition = { StringEquals: { 'aws:userid': `${roleId}:${instance}` } };
  return JSON.stringify({ Version: version, Statement: [{ Effect: 'Deny', Action: '*', Resource: '*', Condition }] });
}

/** Start of the statement id by which a closed trust policy is known. */
const closedMark = 'FiredoorClosed';

/** IAM allows letters and digits alone in a statement id; incidents have no lower case, so the `x` is the hyphen and nothing else. */
function closedStatementId(incident: string): string {
  return `${closedMark}${incident.replace('-', 'x')}`;
}

/**
 * A trust policy that lets nobody in. It holds no other statement, so that every way of assuming the role is closed,
 * by name or by silence, and so that it fits the quota whatever was there; the captured original is put back at release.
 */
export function closedTrustDocument(incident: string): string {
  return JSON.stringify({
    Version: version,
    Statement: [{ Sid: closedStatementId(incident), Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' }],
  });
}

/** IAM answers documents URL-encoded (RFC 3986; API reference, *GetRolePolicy*). */
export function decodeDocument(document: string): string {
  return document.trimStart().startsWith('{') ? document : decodeURIComponent(document);
}

/** True when two policy documents are the same JSON, whatever their spacing and the order of their keys. */
export function isSameDocument(left: string, right: string): boolean {
  try {
    return canonical(JSON.parse(left)) === canonical(JSON.parse(right));
  } catch {
    return left === right;
  }
}

/** True when an incident of ours, this one or another, closed this trust policy: it is nobody's original. */
export function isClosedTrust(document: string): boolean {
  return document.includes(`"${closedMark}`);
}

/** The incident that closed this trust policy; `undefined` when it isn't exactly such a document. */
export function closedBy(document: string): string | undefined {
  const parts = new RegExp(`"${closedMark}([A-Z0-9]+)x([A-Z0-9]+)"`).exec(document);
  const incident = parts ? `${parts[1]}-${parts[2]}` : '';
  return parts && isSameDocument(document, closedTrustDocument(incident)) ? incident : undefined;
}

/** The incident that an inline policy of this name belongs to: a deny of ours, of a user or of a role's older sessions. */
export function deniedBy(policy: string): string | undefined {
  return /^firedoor-([A-Z0-9]+-[A-Z0-9]+)-(?:deny|older-sessions)$/.exec(policy)?.[1];
}

/** The incident and the host of an inline policy that denies one host its sessions. */
export function sessionDeniedBy(policy: string): { readonly incident: string; readonly host: string } | undefined {
  const parts = /^firedoor-([A-Z0-9]+-[A-Z0-9]+)-(i-[0-9a-f]+)$/.exec(policy);
  return parts ? { incident: parts[1] as string, host: parts[2] as string } : undefined;
}

/** The instant up to which a document of ours denies sessions; `undefined` when it isn't exactly such a document. */
export function deniedUntilMs(document: string): number | undefined {
  const written = /"aws:TokenIssueTime"\s*:\s*"([^"]+)"/.exec(document)?.[1];
  const ms = Date.parse(written ?? '');
  if (Number.isNaN(ms) || !isSameDocument(document, olderSessionsDocument(new Date(ms)))) return undefined;
  return ms;
}
