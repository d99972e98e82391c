import { ListAccessKeysCommand, paginateGetAccountAuthorizationDetails } from '@aws-sdk/client-iam';
import type { AttachedPolicy, PolicyDetail } from '@aws-sdk/client-iam';
import type { DrillClients } from './aws-clients.ts';

/** Policies of a user or role: documents by name for inline ones, ARNs for attached ones. */
interface Policies {
  readonly inline: Readonly<Record<string, string>>;
  readonly attached: readonly string[];
}

/** An IAM user; key status by key id. */
export interface UserState extends Policies {
  readonly keys: Readonly<Record<string, string>>;
}

/** An IAM role and who may assume it. */
export interface RoleState extends Policies {
  readonly trust: string;
}

/** Users and roles by name, as one read shows them. Documents are JSON text with sorted keys. */
export interface IdentityState {
  readonly users: Readonly<Record<string, UserState>>;
  readonly roles: Readonly<Record<string, RoleState>>;
}

/** Reads users with their keys, and roles. */
export async function readIdentities({ iam }: DrillClients): Promise<IdentityState> {
  const users: Record<string, UserState> = {};
  const roles: Record<string, RoleState> = {};
  for await (const page of paginateGetAccountAuthorizationDetails({ client: iam }, { Filter: ['User', 'Role'] })) {
    for (const { UserName = '', UserPolicyList, AttachedManagedPolicies } of page.UserDetailList ?? []) {
      users[UserName] = { ...policies(UserPolicyList, AttachedManagedPolicies), keys: await readKeys(iam, UserName) };
    }
    for (const role of page.RoleDetailList ?? []) {
      const { RoleName = '', RolePolicyList, AttachedManagedPolicies, AssumeRolePolicyDocument = '' } = role;
      roles[RoleName] = {
        ...policies(RolePolicyList, AttachedManagedPolicies),
        trust: document(AssumeRolePolicyDocument),
      };
    }
  }
  return { users, roles };
}

/** True when no policy denies the user everything and at least one of its keys is active. */
export function userWorks(user: UserState | undefined): boolean {
  return user !== undefined && activeKeys(user).length > 0 && !isDeniedAll(user);
}

/** True when hosts may assume the role, and no policy denies it everything but to single hosts. */
export function roleWorks(role: RoleState | undefined): boolean {
  if (role === undefined || isDeniedAll(role)) return false;
  const trust = statements(role.trust);
  return trust.some(({ Effect }) => Effect === 'Allow') && trust.every(({ Effect }) => Effect !== 'Deny');
}

/** Instances whose own sessions of a role are denied everything, and no other's. */
export function deniedHosts(role: RoleState | undefined): readonly string[] {
  return Object.values(role?.inline ?? {})
    .flatMap(statements)
    .filter(deniesAll)
    .flatMap((statement) => sessionsIn(statement).map((session) => session.split(':').at(-1) ?? ''));
}

/** Ids of the user's active keys. */
export function activeKeys(user: UserState): readonly string[] {
  return Object.keys(user.keys).filter((id) => user.keys[id] === 'Active');
}

async function readKeys(iam: DrillClients['iam'], user: string): Promise<Readonly<Record<string, string>>> {
  const reply = await iam.send(new ListAccessKeysCommand({ UserName: user }));
  return Object.fromEntries(
    (reply.AccessKeyMetadata ?? []).map(({ AccessKeyId = '', Status = '' }) => [AccessKeyId, Status]),
  );
}

function policies(inline: readonly PolicyDetail[] = [], attached: readonly AttachedPolicy[] = []): Policies {
  return {
    inline: Object.fromEntries(
      inline.map(({ PolicyName = '', PolicyDocument = '' }) => [PolicyName, document(PolicyDocument)]),
    ),
    attached: attached.map(({ PolicyArn = '' }) => PolicyArn).toSorted(),
  };
}

/** IAM gives policy documents percent-encoded; a trust policy that was written so comes back as it was. */
function document(text: string): string {
  const plain = text.startsWith('%') ? decodeURIComponent(text) : text;
  return JSON.stringify(sorted(JSON.parse(plain)));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  );
}

interface Statement {
  readonly Effect?: string;
  readonly Action?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

function deniesAll({ Effect, Action = [] }: Statement): boolean {
  return Effect === 'Deny' && [Action].flat().includes('*');
}

/** The sessions a statement is limited to, as `<role id>:<session>`; none if it speaks of all. */
function sessionsIn({ Condition }: Statement): readonly string[] {
  return [Condition?.['StringEquals']?.['aws:userid'] ?? []].flat();
}

function isDeniedAll({ inline, attached }: Policies): boolean {
  const denies = (statement: Statement) => deniesAll(statement) && sessionsIn(statement).length === 0;
  return Object.values(inline).flatMap(statements).some(denies) || attached.some((arn) => arn.endsWith('/AWSDenyAll'));
}

function statements(text: string): readonly Statement[] {
  const { Statement: found = [] } = JSON.parse(text) as { Statement?: Statement | Statement[] };
  return [found].flat();
}
