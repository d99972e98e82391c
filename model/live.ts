import { z } from 'zod';
import { name, principalId } from './names.ts';

const awsId = z.string().min(1).max(256);

/** A network interface as a read shows it. `groups` are sorted. */
const liveInterface = z.strictObject({ id: awsId, subnet: awsId, vpc: awsId, groups: z.array(awsId) });

/** The role that an instance runs with, by its profile. EC2 names each session of it by the unique id and the instance's own. */
export const liveRole = z.strictObject({ id: principalId, uniqueId: awsId });
export type LiveRole = z.infer<typeof liveRole>;

/** An EC2 instance as a read shows it, with only what plans and guards use; lists sorted, so that equal worlds are equal bytes. */
export const liveInstance = z.strictObject({
  id: awsId,
  account: name,
  region: z.string(),
  state: z.enum(['pending', 'running', 'shutting-down', 'terminated', 'stopping', 'stopped']),
  tags: z.record(z.string(), z.string()),
  interfaces: z.array(liveInterface),
  volumes: z.array(awsId),
  /** Absent where it has no instance profile, or one without a role. */
  role: liveRole.optional(),
});
export type LiveInstance = z.infer<typeof liveInstance>;

/** An IAM user or role as a read shows it. Roles have no keys; users have no trust policy. */
export const livePrincipal = z.strictObject({
  id: principalId,
  keys: z.array(z.strictObject({ id: awsId, status: z.enum(['Active', 'Inactive']) })),
  inlinePolicies: z.array(z.string()),
  trustPolicy: z.string().optional(),
});
export type LivePrincipal = z.infer<typeof livePrincipal>;

/** What the planner is told about the world: reads made just before, by a worker. Principals that don't exist are absent. */
export const liveReads = z.strictObject({ instances: z.array(liveInstance), principals: z.array(livePrincipal) });
export type LiveReads = z.infer<typeof liveReads>;

/** An instance that keeps running and may serve: what claims, targets and "not known" speak of. */
export function isAlive(instance: LiveInstance): boolean {
  return instance.state !== 'terminated' && instance.state !== 'shutting-down';
}
