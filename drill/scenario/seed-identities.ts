import {
  AddRoleToInstanceProfileCommand,
  CreateAccessKeyCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  CreateUserCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { present } from './aws-clients.ts';
import type { Credentials, DrillClients } from './aws-clients.ts';
import type { Layout, RoleLayout, UserLayout } from './layout.ts';

/** Makes the users and roles of a layout. Gives each user's access key, by user name. */
export async function seedIdentities(
  clients: DrillClients,
  layout: Layout,
): Promise<Readonly<Record<string, Credentials>>> {
  await Promise.all(layout.roles.map(async (role) => await seedRole(clients, role, layout.accountId)));
  const keys = layout.users.map(async (user) => [user.name, await seedUser(clients, user)] as const);
  return Object.fromEntries(await Promise.all(keys));
}

async function seedRole({ iam }: DrillClients, role: RoleLayout, accountId: string): Promise<void> {
  const principal =
    role.trusts === 'hosts' ? { Service: 'ec2.amazonaws.com' } : { AWS: `arn:aws:iam::${accountId}:root` };
  const trust = { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' };
  await iam.send(new CreateRoleCommand({ RoleName: role.name, AssumeRolePolicyDocument: policy(trust) }));
  await iam.send(
    new PutRolePolicyCommand({ RoleName: role.name, PolicyName: 'work', PolicyDocument: allowing(role.allows) }),
  );
  if (role.trusts !== 'hosts') return;
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: role.name }));
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: role.name, RoleName: role.name }));
}

async function seedUser({ iam, secrets }: DrillClients, user: UserLayout): Promise<Credentials> {
  await iam.send(new CreateUserCommand({ UserName: user.name }));
  await iam.send(
    new PutUserPolicyCommand({ UserName: user.name, PolicyName: 'work', PolicyDocument: allowing(user.allows) }),
  );
  const { AccessKey: made } = await iam.send(new CreateAccessKeyCommand({ UserName: user.name }));
  const key = {
    accessKeyId: present(made?.AccessKeyId, 'access key'),
    secretAccessKey: present(made?.SecretAccessKey, 'secret access key'),
  };
  if (user.secret !== undefined) {
    const value = { AccessKeyId: key.accessKeyId, SecretAccessKey: key.secretAccessKey };
    await secrets.send(new CreateSecretCommand({ Name: user.secret, SecretString: JSON.stringify(value) }));
  }
  return key;
}

function allowing(actions: readonly string[]): string {
  return policy({ Effect: 'Allow', Action: actions, Resource: '*' });
}

function policy(statement: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}
