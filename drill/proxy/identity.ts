import type { IamView } from './iam-view.ts';
import type { Principal } from './iam-state.ts';
import type { Session } from './sessions.ts';

/** The access key of the emulator's operator. It is nobody in IAM, and the proxy lets it do anything. */
export const ROOT_ACCESS_KEY_ID = 'AKIAFIREDOORROOT0000';

/** moto's account for keys it does not know, so that of the operator. */
const OPERATOR_ARN = 'arn:aws:iam::123456789012:root';

/** Whom an access key belongs to. */
export type Caller =
  /** The operator: bypasses every check. */
  | { readonly kind: 'operator'; readonly arn: string }
  /** A user's own key, or a session. */
  | {
      readonly kind: 'principal';
      /** Who it is, as `GetCallerIdentity` names it. */
      readonly arn: string;
      readonly principal: Principal;
      readonly session: Session | undefined;
    }
  | { readonly kind: 'invalid'; readonly arn: string | undefined; readonly why: 'unknown' | 'inactive' | 'expired' };

/** Where callers are looked up. */
export interface CallerSources {
  readonly iam: IamView;
  readonly sessions: ReadonlyMap<string, Session>;
  readonly operatorKeys: ReadonlySet<string>;
  readonly now: () => number;
}

/**
 * Says whose key it is. A session outlives the key it was asked for with, as on AWS, but not its role or user. A
 * session of a role that does not exist is the operator's (only the operator can get one): it is how an empty account
 * is filled.
 */
export async function findCaller(accessKeyId: string, sources: CallerSources): Promise<Caller> {
  if (sources.operatorKeys.has(accessKeyId)) return { kind: 'operator', arn: OPERATOR_ARN };
  const session = sources.sessions.get(accessKeyId);
  if (session !== undefined) return await callerOfSession(session, sources);
  const key = await sources.iam.key(accessKeyId);
  if (key === undefined) return { kind: 'invalid', arn: undefined, why: 'unknown' };
  const { owner, status } = key;
  if (status !== 'Active') return { kind: 'invalid', arn: owner.arn, why: 'inactive' };
  return { kind: 'principal', arn: owner.arn, principal: owner, session: undefined };
}

async function callerOfSession(session: Session, { iam, now }: CallerSources): Promise<Caller> {
  const arn = session.sessionArn;
  if (session.expiresAt <= now()) return { kind: 'invalid', arn, why: 'expired' };
  if (session.ofOperator) return { kind: 'operator', arn };
  const principal = await iam.principal(session.principalArn);
  if (principal === undefined) return { kind: 'invalid', arn, why: 'unknown' };
  return { kind: 'principal', arn, principal, session };
}

/** The account in an ARN. */
export function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}
