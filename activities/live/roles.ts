import type { IAMClient } from '@aws-sdk/client-iam';
import { GetInstanceProfileCommand } from '@aws-sdk/client-iam';
import type { LiveRole } from '../../model/live.ts';
import { classify } from '../aws/errors.ts';

/** `arn:aws:iam::<account>:instance-profile/<path>/<name>`: names are unique in an account, whatever the path. */
function profileName(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

async function roleOf(iam: IAMClient, account: string, arn: string): Promise<LiveRole | undefined> {
  try {
    const { InstanceProfile: profile } = await iam.send(
      new GetInstanceProfileCommand({ InstanceProfileName: profileName(arn) }),
    );
    // IAM takes one role a profile (IAM quotas).
    const role = profile?.Roles?.[0];
    if (role?.RoleName === undefined || role.RoleId === undefined) return undefined;
    return { id: `aws.iam.role:${account}/${role.RoleName}`, uniqueId: role.RoleId };
  } catch (error) {
    if (classify(error) === 'gone') return undefined;
    throw error;
  }
}

/**
 * The role that each instance profile gives, by the profile's ARN: one call for each. Profiles that are gone or hold no
 * role are absent. Throws what the SDK throws.
 *
 * @param account - the estate's name of the account whose profiles they are
 */
export async function rolesOfProfiles(
  iam: IAMClient,
  account: string,
  arns: Iterable<string>,
): Promise<ReadonlyMap<string, LiveRole>> {
  const roles = new Map<string, LiveRole>();
  for (const arn of new Set(arns)) {
    const role = await roleOf(iam, account, arn);
    if (role) roles.set(arn, role);
  }
  return roles;
}
