import type { IAMClient } from '@aws-sdk/client-iam';
import {
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserPolicyCommand,
  paginateListAccessKeys,
  paginateListRolePolicies,
  paginateListUserPolicies,
} from '@aws-sdk/client-iam';
import { z } from 'zod';
import { classify } from '../aws/errors.ts';
import { decodeDocument } from './policies.ts';

/** An access key by id, never with its secret. */
export const accessKey = z.strictObject({ id: z.string(), status: z.enum(['Active', 'Inactive']) });
export type AccessKey = z.infer<typeof accessKey>;

/** A user as captured: keys and names of inline policies, both sorted. */
export const userState = z.strictObject({ keys: z.array(accessKey), inlinePolicies: z.array(z.string()) });
export type UserState = z.infer<typeof userState>;

/** A role as captured: its trust policy to the letter, and the names of inline policies, sorted. */
export const roleState = z.strictObject({ trustPolicy: z.string(), inlinePolicies: z.array(z.string()) });
export type RoleState = z.infer<typeof roleState>;

/** A user's access keys, sorted by id. Throws the SDK's `NoSuchEntity` for a user that isn't there. */
export async function readKeys(client: IAMClient, userName: string): Promise<readonly AccessKey[]> {
  const keys: AccessKey[] = [];
  for await (const page of paginateListAccessKeys({ client }, { UserName: userName })) {
    for (const { AccessKeyId: id, Status: status } of page.AccessKeyMetadata ?? []) {
      if (id !== undefined) keys.push({ id, status: status === 'Active' ? 'Active' : 'Inactive' });
    }
  }
  return keys.toSorted((left, right) => (left.id < right.id ? -1 : 1));
}

/** A user as it is now. Throws the SDK's `NoSuchEntity` for a user that isn't there. */
export async function readUser(client: IAMClient, userName: string): Promise<UserState> {
  const keys = await readKeys(client, userName);
  const inlinePolicies: string[] = [];
  for await (const page of paginateListUserPolicies({ client }, { UserName: userName })) {
    inlinePolicies.push(...(page.PolicyNames ?? []));
  }
  return { keys: [...keys], inlinePolicies: inlinePolicies.toSorted() };
}

/** A role as it is now. Throws the SDK's `NoSuchEntity` for a role that isn't there. */
export async function readRole(client: IAMClient, roleName: string): Promise<RoleState> {
  const { Role: role } = await client.send(new GetRoleCommand({ RoleName: roleName }));
  const inlinePolicies: string[] = [];
  for await (const page of paginateListRolePolicies({ client }, { RoleName: roleName })) {
    inlinePolicies.push(...(page.PolicyNames ?? []));
  }
  return {
    trustPolicy: decodeDocument(role?.AssumeRolePolicyDocument ?? ''),
    inlinePolicies: inlinePolicies.toSorted(),
  };
}

/** The text of a user's inline policy that a list has just shown. */
export async function readUserPolicy(client: IAMClient, userName: string, policyName: string): Promise<string> {
  const answer = await client.send(new GetUserPolicyCommand({ UserName: userName, PolicyName: policyName }));
  return decodeDocument(answer.PolicyDocument ?? '');
}

/** A role's unique id, which its sessions are named by. Throws the SDK's `NoSuchEntity` for a role that isn't there. */
export async function readRoleId(client: IAMClient, roleName: string): Promise<string | undefined> {
  return (await client.send(new GetRoleCommand({ RoleName: roleName }))).Role?.RoleId;
}

/** The text of a role's inline policy; undefined where the policy, or the role itself, isn't there. */
export async function findRolePolicy(
  client: IAMClient,
  roleName: string,
  policyName: string,
): Promise<string | undefined> {
  try {
    return await readRolePolicy(client, roleName, policyName);
  } catch (error) {
    if (classify(error) === 'gone') return undefined;
    throw error;
  }
}

/** The text of a role's inline policy that a list has just shown. */
export async function readRolePolicy(client: IAMClient, roleName: string, policyName: string): Promise<string> {
  const answer = await client.send(new GetRolePolicyCommand({ RoleName: roleName, PolicyName: policyName }));
  return decodeDocument(answer.PolicyDocument ?? '');
}
