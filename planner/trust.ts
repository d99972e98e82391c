/** Services whose sessions of a role are those of instances (in the partitions aws and aws-cn). */
const instances: ReadonlySet<unknown> = new Set(['ec2.amazonaws.com', 'ec2.amazonaws.com.cn']);

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function letsInInstancesAlone(statement: unknown): boolean {
  if (!isRecord(statement)) return false;
  if (statement['Effect'] === 'Deny') return true;
  const principal = statement['Principal'];
  if (!isRecord(principal) || Object.keys(principal).some((kind) => kind !== 'Service')) return false;
  return [principal['Service']].flat().every((service) => instances.has(service));
}

/**
 * True when a role's trust policy lets nobody in but instances: then every session of it is some instance's own, and to
 * deny those of a host leaves the host no other way into the role.
 */
export function trustsInstancesAlone(trustPolicy: string | undefined): boolean {
  try {
    const policy: unknown = JSON.parse(trustPolicy ?? 'null');
    if (!isRecord(policy)) return false;
    return [policy['Statement'] ?? []].flat().every(letsInInstancesAlone);
  } catch {
    return false;
  }
}
