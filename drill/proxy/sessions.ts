import type { AwsCall } from './aws-call.ts';
import type { WireReply } from './forward.ts';

/** Temporary credentials that STS gave through the proxy. */
export interface Session {
  /** The role that was assumed, or the user who asked for the session. */
  readonly principalArn: string;
  /** Who the session is, as `GetCallerIdentity` names it. */
  readonly sessionArn: string;
  /** `aws:userid`: role id and session name, or the user's id. */
  readonly userId: string | undefined;
  /** When it was issued and when it ends, in milliseconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Taken by the operator, of a role that does not exist. */
  readonly ofOperator: boolean;
}

const FROM_ROLES = new Set(['AssumeRole', 'AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity']);
const FROM_USERS = new Set(['GetSessionToken', 'GetFederationToken']);

/** Does this call, if it works, give temporary credentials? */
export function givesSession(call: AwsCall): boolean {
  return call.service === 'sts' && (FROM_ROLES.has(call.action) || FROM_USERS.has(call.action));
}

/** Who asked STS, when, and whether it is the operator asking for a role that does not exist. */
export interface SessionRequest {
  readonly callerArn: string;
  readonly now: number;
  readonly ofOperator: boolean;
}

/** Reads the new access key and its session from STS' reply. Undefined if the reply has none. */
export function readSession(
  call: AwsCall,
  reply: WireReply,
  { callerArn, now, ofOperator }: SessionRequest,
): { readonly accessKeyId: string; readonly session: Session } | undefined {
  if (reply.status !== 200) return undefined;
  const body = reply.body.toString('utf8');
  const accessKeyId = element(body, 'AccessKeyId');
  if (accessKeyId === undefined) return undefined;
  const principalArn = FROM_ROLES.has(call.action) ? call.parameters['RoleArn'] : callerArn;
  const session = {
    principalArn: principalArn ?? callerArn,
    sessionArn: element(body, 'Arn') ?? callerArn,
    userId: element(body, 'AssumedRoleId'),
    issuedAt: now,
    expiresAt: Date.parse(element(body, 'Expiration') ?? '') || Infinity,
    ofOperator,
  };
  return { accessKeyId, session };
}

function element(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}
