import type { NativeConnection } from '@temporalio/worker';

const dayMs = 86_400_000;
/** Histories of closed runs must outlive the incident and its audit (DESIGN.md, *The incident*, Archive). */
const leastRetentionMs = 30 * dayMs;
/** The first release without CVE-2026-5199, in which a writer of one namespace could act in another. */
const leastServer = [1, 30, 3] as const;

/** True for addresses of this machine: the dev server is older, and reachable by nobody else. */
export function isLoopback(address: string): boolean {
  const host = address.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** True when a server version is at least {@link leastServer}; 1.29.5 and later of its line carry the same fix. */
export function isSafeServer(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  if (major === 1 && minor === 29) return patch >= 5;
  const found = [major, minor, patch];
  for (const [index, least] of leastServer.entries()) {
    const part = found[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}

/** Why this service must not be used, one line each; empty when it may. */
export async function serviceProblems(
  connection: NativeConnection,
  at: { address: string; namespace: string },
): Promise<readonly string[]> {
  const problems: string[] = [];
  const { serverVersion } = await connection.workflowService.getSystemInfo({});
  if (!isLoopback(at.address) && !isSafeServer(serverVersion ?? '')) {
    problems.push(
      `the Temporal Service at ${at.address} is ${serverVersion ?? 'unknown'}; expected 1.30.3 or later (CVE-2026-5199)`,
    );
  }
  const found = await describeNamespace(connection, at.namespace);
  if (!found) return [...problems, `the Temporal Service at ${at.address} has no namespace ${at.namespace}; expected one: temporal operator namespace create --namespace ${at.namespace} --retention 720h`]; // prettier-ignore
  const { config } = found;
  const retentionMs = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) * 1000;
  if (retentionMs < leastRetentionMs) {
    problems.push(
      `namespace ${at.namespace} keeps closed runs for ${Math.round(retentionMs / dayMs)} days; expected at least 30: ` +
        `temporal operator namespace update --namespace ${at.namespace} --retention 720h`,
    );
  }
  return [...problems, ...(await attributeProblems(connection, at.namespace))];
}

type Description = Awaited<ReturnType<NativeConnection['workflowService']['describeNamespace']>>;

async function describeNamespace(connection: NativeConnection, namespace: string): Promise<Description | undefined> {
  try {
    return await connection.workflowService.describeNamespace({ namespace });
  } catch (error) {
    if (hasGrpcCode(error, notFound)) return undefined;
    throw error;
  }
}

/** gRPC status NOT_FOUND (https://grpc.io/docs/guides/status-codes/). */
const notFound = 5;

function hasGrpcCode(error: unknown, code: number): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}

/** What `workflows/presence.ts` writes: an incident can't start where one of them is unknown. */
const attributes = {
  FiredoorIncidentId: 'Keyword',
  FiredoorPhase: 'Keyword',
  FiredoorPlaybook: 'Keyword',
  FiredoorAwaitingRole: 'KeywordList',
  FiredoorGlass: 'Keyword',
} as const;

/** Search attributes the namespace lacks. A service that doesn't tell (Temporal Cloud keeps it to its own API) is believed. */
async function attributeProblems(connection: NativeConnection, namespace: string): Promise<readonly string[]> {
  const known = await connection.operatorService.listSearchAttributes({ namespace }).catch(() => undefined);
  if (!known) return [];
  const missing = Object.entries(attributes).filter(([name]) => !(name in known.customAttributes));
  if (missing.length === 0) return [];
  const flags = missing.map(([name, type]) => `--name ${name} --type ${type}`).join(' ');
  const names = missing.map(([name]) => name).join(', ');
  return [
    `namespace ${namespace} lacks the search attributes ${names}: ` +
      `temporal operator search-attribute create --namespace ${namespace} ${flags}`,
  ];
}
