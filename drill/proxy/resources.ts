import type { AwsCall } from './aws-call.ts';

/** EC2 ids say what they are by their prefix. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html */
const EC2_TYPES: Readonly<Record<string, string>> = {
  i: 'instance',
  eni: 'network-interface',
  sg: 'security-group',
  vol: 'volume',
  snap: 'snapshot',
  subnet: 'subnet',
  vpc: 'vpc',
  acl: 'network-acl',
  rtb: 'route-table',
  ami: 'image',
};
/** These belong to no account in their ARN, as others may use them. */
const WITHOUT_ACCOUNT = new Set(['snapshot', 'image']);

const IAM_TYPES: Readonly<Record<string, string>> = {
  UserName: 'user',
  RoleName: 'role',
  GroupName: 'group',
  InstanceProfileName: 'instance-profile',
};

/**
 * The ARNs of what a call acts on, as far as its parameters name them; none means `*`. IAM names are taken to have no
 * path, and a secret named without the random end of its ARN gets `-??????`, as policies write it.
 */
export function resourcesOf(call: AwsCall, account: string): readonly string[] {
  const entries = Object.entries(call.parameters);
  switch (call.service) {
    case 'ec2':
      return unique(entries.flatMap(([, value]) => ec2Arn(value, call.region, account)));
    case 'iam':
      return unique(
        entries.flatMap(([name, value]) => {
          if (name.endsWith('Arn')) return [value];
          const type = IAM_TYPES[name];
          return type === undefined ? [] : [`arn:aws:iam::${account}:${type}/${value}`];
        }),
      );
    case 'sts':
      return entries.flatMap(([name, value]) => (name === 'RoleArn' ? [value] : []));
    case 'secretsmanager':
      return entries.flatMap(([name, value]) => (name === 'SecretId' ? [secretArn(value, call.region, account)] : []));
    default:
      return [];
  }
}

function ec2Arn(value: string, region: string, account: string): readonly string[] {
  const type = EC2_TYPES[/^([a-z]+)-[0-9a-f]{8,17}$/.exec(value)?.[1] ?? ''];
  if (type === undefined) return [];
  return [`arn:aws:ec2:${region}:${WITHOUT_ACCOUNT.has(type) ? '' : account}:${type}/${value}`];
}

function secretArn(id: string, region: string, account: string): string {
  return id.startsWith('arn:') ? id : `arn:aws:secretsmanager:${region}:${account}:secret:${id}-??????`;
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
