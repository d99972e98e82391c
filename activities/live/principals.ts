import type { IAMClient } from '@aws-sdk/client-iam';
import {
  GetRoleCommand,
  paginateListAccessKeys,
  paginateListRolePolicies,
  paginateListUserPolicies,
} from '@aws-sdk/client-iam';
import type { LivePrincipal } from '../../model/live.ts';
import { principalParts } from '../../model/names.ts';
import { canonical } from '../../model/canonical.ts';
import { classify } from '../aws/errors.ts';
import type { ActivityDeps } from '../deps.ts';
import { byText } from './instances.ts';

async function keysOf(iam: IAMClient, user: string): Promise<LivePrincipal['keys']> {
  const keys: LivePrincipal['keys'] = [];
  for await (const page of paginateListAccessKeys({ client: iam }, { UserName: user })) {
    for (const { AccessKeyId, Status } of page.AccessKeyMetadata ?? []) {
      if (AccessKeyId !== undefined)
        keys.push({ id: AccessKeyId, status: Status === 'Active' ? 'Active' : 'Inactive' });
    }
  }
  return keys.toSorted((left, right) => byText(left.id, right.id));
}

async function namesOnPages(pages: AsyncIterable<{ PolicyNames?: string[] | undefined }>): Promise<string[]> {
  const names: string[] = [];
  for await (const page of pages) names.push(...(page.PolicyNames ?? []));
  return names.toSorted(byText);
}

async function readUser(iam: IAMClient, id: string, name: string): Promise<LivePrincipal> {
  const keys = await keysOf(iam, name);
  const inlinePolicies = await namesOnPages(paginateListUserPolicies({ client: iam }, { UserName: name }));
  return { id, keys, inlinePolicies };
}

/** IAM answers documents percent-encoded (RFC 3986); the canonical form makes equal policies equal text. */
function decodeDocument(document: string): string {
  const text = decodeURIComponent(document);
  try {
    return canonical(JSON.parse(text));
  } catch {
    return text;
  }
}

async function readRole(iam: IAMClient, id: string, name: string): Promise<LivePrincipal> {
  const role = (await iam.send(new GetRoleCommand({ RoleName: name }))).Role;
  const inlinePolicies = await namesOnPages(paginateListRolePolicies({ client: iam }, { RoleName: name }));
  const trust = role?.AssumeRolePolicyDocument;
  return { id, keys: [], inlinePolicies, ...(trust === undefined ? {} : { trustPolicy: decodeDocument(trust) }) };
}

/** A user or role as it is now, or undefined when there is none. Throws what the SDK throws for anything else. */
export async function readPrincipal(deps: ActivityDeps, id: string): Promise<LivePrincipal | undefined> {
  const { kind, account, name } = principalParts(id);
  const { iam } = deps.aws(account);
  try {
    return kind === 'user' ? await readUser(iam, id, name) : await readRole(iam, id, name);
  } catch (error) {
    if (classify(error) === 'gone') return undefined;
    throw error;
  }
}
