import type { AwsCall } from './aws-call.ts';
import { accountOf } from './identity.ts';
import type { Caller } from './identity.ts';
import type { IamView } from './iam-view.ts';
import { evaluate } from './policy.ts';
import type { AccessRequest, Decision } from './policy.ts';
import { resourcesOf } from './resources.ts';

/** A caller whose identity policies count. */
export type PrincipalCaller = Extract<Caller, { kind: 'principal' }>;

/** What a call that no policy speaks of gets. The drill's default is `allow`: it shows denies, not least privilege. */
export type DefaultDecision = 'allow' | 'deny';

/** Where the answer comes from. */
export interface AuthoriseOptions {
  readonly iam: IamView;
  readonly defaultDecision: DefaultDecision;
  readonly now: () => number;
}

/** Why a call is refused, in AWS's words; undefined if it is allowed. */
export type Denial = string | undefined;

/** One thing a caller may want to do. */
export interface Question {
  /** `service:Api`. */
  readonly action: string;
  /** ARNs; empty if it acts on nothing that can be named. */
  readonly resources: readonly string[];
  readonly region?: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** The question an AWS call asks. */
export function questionOf(call: AwsCall, caller: PrincipalCaller): Question {
  const { region, parameters } = call;
  return {
    action: `${call.service}:${call.action}`,
    resources: resourcesOf(call, accountOf(caller.arn)),
    region,
    parameters,
  };
}

/** May the caller do this? Asks its identity policies and, to assume a role, that role's trust as well. */
export async function authorise(
  question: Question,
  caller: PrincipalCaller,
  options: AuthoriseOptions,
): Promise<Denial> {
  // AWS answers GetCallerIdentity even under an explicit deny.
  if (question.action === 'sts:GetCallerIdentity') return undefined;
  const { action, resources } = question;
  const request = { action, resources, context: contextOf(question, caller, options.now()) };
  const decision = evaluate(caller.principal.policies, request);
  const refused = decision === 'deny' || (decision === 'none' && options.defaultDecision === 'deny');
  if (refused) return denial(caller, request, { where: 'an identity-based policy', decision });
  return action === 'sts:AssumeRole' ? await denialByTrust(caller, request, options.iam) : undefined;
}

async function denialByTrust(caller: PrincipalCaller, request: AccessRequest, iam: IamView): Promise<Denial> {
  const role = await iam.principal(request.resources[0] ?? '');
  const decision = evaluate([role?.trust ?? []], { ...request, resources: [], principal: namesOf(caller) });
  return decision === 'allow'
    ? undefined
    : denial(caller, request, { where: 'the trust policy of the role', decision });
}

interface Source {
  readonly where: string;
  readonly decision: Decision;
}

function denial(caller: PrincipalCaller, request: AccessRequest, { where, decision }: Source): string {
  const why = decision === 'deny' ? `with an explicit deny in ${where}` : `because ${where} does not allow it`;
  const resource = request.resources[0] ?? '*';
  return `User: ${caller.arn} is not authorized to perform: ${request.action} on resource: ${resource} ${why}`;
}

/** Everything a `Principal` element may call the caller. */
function namesOf({ arn, principal }: PrincipalCaller): readonly string[] {
  const account = accountOf(principal.arn);
  return [arn, principal.arn, principal.id, account, `arn:aws:iam::${account}:root`];
}

function contextOf(question: Question, caller: PrincipalCaller, now: number): Readonly<Record<string, string>> {
  const { principal, session } = caller;
  const { ExternalId, RoleSessionName } = question.parameters ?? {};
  return {
    'aws:CurrentTime': new Date(now).toISOString(),
    'aws:PrincipalArn': principal.arn,
    'aws:PrincipalAccount': accountOf(principal.arn),
    'aws:PrincipalType': principal.kind === 'user' ? 'User' : 'AssumedRole',
    'aws:userid': session?.userId ?? principal.id,
    ...(question.region !== undefined && { 'aws:RequestedRegion': question.region }),
    ...(principal.kind === 'user' && { 'aws:username': principal.arn.split('/').at(-1) ?? '' }),
    // Long-term keys carry no issue time, so a deny of older sessions does not touch them.
    ...(session && { 'aws:TokenIssueTime': new Date(session.issuedAt).toISOString() }),
    ...(ExternalId !== undefined && { 'sts:ExternalId': ExternalId }),
    ...(RoleSessionName !== undefined && { 'sts:RoleSessionName': RoleSessionName }),
  };
}
