import { parsePolicy } from './policy.ts';
import type { PolicyDocument } from './policy.ts';

/** A user or a role, with every identity policy that counts for it: inline, attached, and for users those of their groups. */
export interface Principal {
  readonly kind: 'user' | 'role';
  readonly arn: string;
  /** Its unique id (`AIDA…`, `AROA…`), the first part of `aws:userid`. */
  readonly id: string;
  readonly policies: readonly PolicyDocument[];
  /** Who may assume it. Empty for users. */
  readonly trust: PolicyDocument;
}

/** An access key with its user. */
export interface AccessKey {
  readonly status: string;
  readonly owner: Principal;
}

/** IAM of all accounts at one moment. */
export interface IamState {
  readonly keys: ReadonlyMap<string, AccessKey>;
  /** Users and roles by ARN. */
  readonly principals: ReadonlyMap<string, Principal>;
}

interface RawPolicies {
  readonly inline: readonly string[];
  readonly attached: readonly string[];
}

interface RawUser extends RawPolicies {
  readonly arn: string;
  readonly id: string;
  readonly keys: readonly { readonly id: string; readonly status: string }[];
}

interface RawRole extends RawPolicies {
  readonly arn: string;
  readonly id: string;
  readonly trust: string;
}

/** What `/firedoor/iam` of moto_launcher.py gives. */
interface RawState {
  readonly users: readonly RawUser[];
  readonly roles: readonly RawRole[];
  readonly managed: Readonly<Record<string, string>>;
}

/** Gives IAM as it is now. */
export type ReadIam = () => Promise<IamState>;

/** Makes a reader of moto's IAM: one consistent answer for all accounts, in one request, whoever changed what. */
export function createIamReader(motoUrl: string): ReadIam {
  const parsed = new Map<string, PolicyDocument>();
  return async () => {
    const response = await fetch(new URL('/firedoor/iam', motoUrl));
    if (!response.ok) {
      throw new Error(
        `moto at ${motoUrl} does not show its IAM state (HTTP ${response.status}). Start it by startMoto.`,
      );
    }
    return toState((await response.json()) as RawState, (text) => parseOnce(parsed, text));
  };
}

function toState(raw: RawState, parse: (text: string) => PolicyDocument): IamState {
  const policies = ({ inline, attached }: RawPolicies) =>
    [...inline, ...attached.map((arn) => raw.managed[arn] ?? '{}')].map(parse);
  const users = raw.users.map((user) => ({
    keys: user.keys,
    owner: { kind: 'user' as const, arn: user.arn, id: user.id, policies: policies(user), trust: [] },
  }));
  const roles = raw.roles.map((role) => ({
    kind: 'role' as const,
    arn: role.arn,
    id: role.id,
    policies: policies(role),
    trust: parse(role.trust),
  }));
  return {
    keys: new Map(users.flatMap(({ keys, owner }) => keys.map(({ id, status }) => [id, { status, owner }]))),
    principals: new Map([...users.map(({ owner }) => owner), ...roles].map((principal) => [principal.arn, principal])),
  };
}

/** Documents seldom change and are many: each text is parsed once. */
function parseOnce(parsed: Map<string, PolicyDocument>, text: string): PolicyDocument {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const policy = parsePolicy(text);
  parsed.set(text, policy);
  return policy;
}
