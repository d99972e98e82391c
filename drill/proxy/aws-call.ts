import type { WireRequest } from './forward.ts';

/** How a service speaks: EC2 has its own XML errors, IAM and STS share another, Secrets Manager answers in JSON. */
export type Protocol = 'ec2' | 'query' | 'json';

/** One AWS call, read from its HTTP request. */
export interface AwsCall {
  /** The access key it is signed with, if it is signed. */
  readonly accessKeyId: string | undefined;
  readonly region: string;
  /** `ec2`, `iam`, `sts`, `secretsmanager`, … as signatures name it. */
  readonly service: string;
  /** The API, such as `StopInstances`; empty if the request names none. */
  readonly action: string;
  readonly protocol: Protocol;
  /** Does it ask to change something? A dry run does not. */
  readonly isMutating: boolean;
  /** The parameters by their names on the wire, such as `InstanceId.1`. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** What a parameter's value becomes when it is a secret. */
const NOT_KEPT = '(not kept)';

const SECRET_NAMES = new Set(
  ['SecretString', 'SecretBinary', 'SecretAccessKey', 'SessionToken', 'RotationToken', 'PrivateKey', 'UserData']
    .concat(['Password', 'OldPassword', 'NewPassword', 'AuthenticationCode1', 'AuthenticationCode2', 'TokenCode'])
    .map((name) => name.toLowerCase()),
);

const READING = /^(Describe|List|Get|BatchGet|Simulate)/;
const READING_NAMES = new Set(['AssumeRole', 'AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity', 'GetCallerIdentity']);
/** Named as if they read, and yet they make credentials. */
const CREATING_NAMES = new Set(['GetSessionToken', 'GetFederationToken']);

/** Reads an AWS call from a request: the signer from `Authorization`, the API from the form body or `X-Amz-Target`. */
export function parseCall(wire: WireRequest): AwsCall {
  const [accessKeyId, , region = '', service = ''] = credentialScope(wire);
  const target = wire.headers['x-amz-target'];
  const parameters = typeof target === 'string' ? jsonParameters(wire.body) : formParameters(wire);
  const action = typeof target === 'string' ? (target.split('.').at(-1) ?? '') : (parameters['Action'] ?? '');
  const { Action: _action, Version: _version, ...rest } = parameters;
  return {
    accessKeyId: accessKeyId === '' ? undefined : accessKeyId,
    region,
    service,
    action,
    protocol: typeof target === 'string' ? 'json' : service === 'ec2' ? 'ec2' : 'query',
    isMutating: isMutatingAction(action) && rest['DryRun'] !== 'true',
    parameters: rest,
  };
}

/** Is this an API that changes something, judged by its name? */
function isMutatingAction(action: string): boolean {
  if (CREATING_NAMES.has(action)) return true;
  return !READING.test(action) && !READING_NAMES.has(action);
}

/** The parameters as they may be kept: secret values are replaced. */
export function withoutSecrets(parameters: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, isSecret(name) ? NOT_KEPT : value]),
  );
}

/** Parameters nest with dots (`LaunchTemplateData.UserData`, `UserData.Value`), so any part may name the secret. */
function isSecret(name: string): boolean {
  return name.split('.').some((part) => SECRET_NAMES.has(part.toLowerCase()));
}

function credentialScope(wire: WireRequest): readonly string[] {
  const match = /Credential=([^\s,]+)/.exec(wire.headers.authorization ?? '');
  return match?.[1]?.split('/') ?? [];
}

function formParameters(wire: WireRequest): Record<string, string> {
  const query = new URL(wire.path, 'http://proxy').searchParams;
  return Object.fromEntries([...query, ...new URLSearchParams(wire.body.toString('utf8'))]);
}

function jsonParameters(body: Buffer): Record<string, string> {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    if (typeof parsed !== 'object' || parsed === null) return {};
    return Object.fromEntries(
      Object.entries(parsed).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
    );
  } catch {
    return {};
  }
}
