import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { authorise } from './authorise.ts';
import type { DefaultDecision } from './authorise.ts';
import { createCallLog } from './call-log.ts';
import type { CallCounts, CallFilter, CallRecord } from './call-log.ts';
import { createFaults } from './faults.ts';
import type { Fault } from './faults.ts';
import { createForwarder } from './forward.ts';
import { createIamReader } from './iam-state.ts';
import { createIamView } from './iam-view.ts';
import { findCaller, ROOT_ACCESS_KEY_ID } from './identity.ts';
import { handleCall } from './pipeline.ts';
import type { PipelineParts } from './pipeline.ts';

const RECORDS_KEPT = 50_000;

/** What the proxy stands before, and how it decides. */
export interface AwsProxyOptions {
  readonly motoUrl: string;
  /** How long a change of a key's status, a policy or a trust takes to count. Default 0. */
  readonly propagationMs?: number | undefined;
  /** Keys that may do anything. Default: the operator's. */
  readonly operatorKeys?: readonly string[];
  /** What a call gets that no policy speaks of. Default `allow`. */
  readonly defaultDecision?: DefaultDecision;
  /** How many records of calls are kept. Default 50,000. */
  readonly recordsKept?: number;
  /** The time, in milliseconds since 1970. */
  readonly now?: () => number;
}

/** May this key do this? */
export interface AllowedQuestion {
  readonly accessKeyId: string;
  /** `service:Api`, such as `secretsmanager:GetSecretValue`. */
  readonly action: string;
  /** An ARN; for `sts:AssumeRole` the role's. */
  readonly resource?: string;
}

/**
 * The AWS proxy: what stands before moto and does what moto does not. It counts and records calls, refuses keys that
 * are inactive, deleted or expired, enforces IAM policies and role trust, and injects faults. IAM has to be changed
 * through it: a change made behind its back counts from the next change or `reset`.
 */
export interface AwsProxy {
  readonly url: string;
  readonly counts: () => CallCounts;
  /** The calls that match, oldest first. */
  readonly calls: (filter?: CallFilter) => readonly CallRecord[];
  /** Forgets counts and calls, and reads IAM again. Faults and sessions stay. */
  readonly reset: () => void;
  /** Adds a fault, and gives a function that takes it away. */
  readonly addFault: (fault: Fault) => () => void;
  readonly clearFaults: () => void;
  /** What the proxy would answer, without a call. */
  readonly isAllowed: (question: AllowedQuestion) => Promise<boolean>;
  /** Closes every connection. May be called again. */
  readonly stop: () => Promise<void>;
}

/** Starts the proxy on a free loopback port. */
export async function startAwsProxy(options: AwsProxyOptions): Promise<AwsProxy> {
  const parts = createParts(options);
  const server = createServer((incoming, response) => void serve(incoming, response, parts));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: urlOf(server),
    counts: parts.log.counts,
    calls: parts.log.calls,
    reset: () => {
      parts.log.reset();
      parts.iam.forget();
    },
    addFault: parts.faults.add,
    clearFaults: parts.faults.clear,
    isAllowed: async (question) => await isAllowed(question, parts),
    stop: async () => await close(server, parts),
  };
}

function createParts(options: AwsProxyOptions): PipelineParts {
  const now = options.now ?? Date.now;
  const read = createIamReader(options.motoUrl);
  return {
    now,
    iam: createIamView({ read, now, propagationMs: options.propagationMs ?? 0 }),
    sessions: new Map(),
    operatorKeys: new Set(options.operatorKeys ?? [ROOT_ACCESS_KEY_ID]),
    defaultDecision: options.defaultDecision ?? 'allow',
    forwarder: createForwarder(options.motoUrl),
    faults: createFaults(),
    log: createCallLog(options.recordsKept ?? RECORDS_KEPT, now),
  };
}

async function serve(incoming: IncomingMessage, response: ServerResponse, parts: PipelineParts): Promise<void> {
  try {
    const { method = 'POST', url: path = '/', headers } = incoming;
    const reply = await handleCall({ method, path, headers, body: await buffer(incoming) }, parts);
    if (reply === undefined) {
      incoming.socket.resetAndDestroy();
      return;
    }
    const {
      connection: _connection,
      'keep-alive': _keepAlive,
      'transfer-encoding': _encoding,
      ...kept
    } = reply.headers;
    response.writeHead(reply.status, { ...kept, 'content-length': reply.body.length }).end(reply.body);
  } catch (error) {
    // A fault of the drill itself, such as a policy its evaluator does not understand: never an answer that looks right.
    const message = error instanceof Error ? error.message : String(error);
    response.writeHead(500, { 'content-type': 'text/plain' }).end(`firedoor drill proxy: ${message}`);
  }
}

async function isAllowed({ accessKeyId, action, resource }: AllowedQuestion, parts: PipelineParts): Promise<boolean> {
  const caller = await findCaller(accessKeyId, parts);
  if (caller.kind !== 'principal') return caller.kind === 'operator';
  const resources = resource === undefined ? [] : [resource];
  return (await authorise({ action, resources }, caller, parts)) === undefined;
}

async function close(server: Server, parts: PipelineParts): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  parts.forwarder.close();
  await closed;
}

function urlOf(server: Server): string {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The AWS proxy listens on no port.');
  return `http://127.0.0.1:${address.port}`;
}
