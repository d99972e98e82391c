import { withoutSecrets } from './aws-call.ts';
import type { AwsCall } from './aws-call.ts';
import type { WireReply } from './forward.ts';

/** What became of a call: answered by moto, refused by the proxy, or met by an injected fault. */
export type Outcome = 'answered' | 'refused' | 'fault';

/** One call that reached the proxy. */
export interface CallRecord {
  /** Counts from 1, in the order of the calls' ends. */
  readonly sequence: number;
  /** When it ended, in milliseconds since 1970. */
  readonly time: number;
  readonly accessKeyId: string | undefined;
  /** Who signed it, as an ARN; undefined if nobody knows the key. */
  readonly principal: string | undefined;
  readonly service: string;
  readonly action: string;
  readonly region: string;
  readonly mutating: boolean;
  /** The parameters as on the wire, without secret values. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly outcome: Outcome;
  /** The HTTP status; undefined if the connection was reset. */
  readonly status: number | undefined;
  readonly requestId: string | undefined;
}

/** Which calls are asked for: those that match everything named here. */
export interface CallFilter {
  readonly service?: string;
  readonly action?: string;
  readonly mutating?: boolean;
  readonly accessKeyId?: string;
  readonly principal?: string;
  readonly outcome?: Outcome;
  /** Only calls after this sequence number. */
  readonly after?: number;
}

/** How many calls there were since the last reset, also of those no longer kept. */
export interface CallCounts {
  readonly total: number;
  readonly mutating: number;
  /** By `service:Api`, such as `ec2:StopInstances`. */
  readonly byAction: Readonly<Record<string, number>>;
}

/** What is known of a call when it has ended. */
export interface EndedCall {
  readonly call: AwsCall;
  readonly principal: string | undefined;
  readonly outcome: Outcome;
  readonly reply: WireReply | undefined;
}

/** The calls of a proxy: counts of all, records of the last ones. */
export interface CallLog {
  readonly add: (ended: EndedCall) => void;
  readonly counts: () => CallCounts;
  readonly calls: (filter?: CallFilter) => readonly CallRecord[];
  readonly reset: () => void;
}

/** Makes an empty log that keeps at most `capacity` records. Sequence numbers go on over `reset`. */
export function createCallLog(capacity: number, now: () => number): CallLog {
  let sequence = 0;
  let counted: { total: number; mutating: number; byAction: Record<string, number> };
  let records: CallRecord[];
  const reset = () => {
    counted = { total: 0, mutating: 0, byAction: {} };
    records = [];
  };
  reset();
  return {
    reset,
    add: (ended) => {
      const record = toRecord(ended, ++sequence, now());
      const name = `${record.service}:${record.action}`;
      counted.total++;
      if (record.mutating) counted.mutating++;
      counted.byAction[name] = (counted.byAction[name] ?? 0) + 1;
      records.push(record);
      // In one go now and then: a shift for each call would move the whole list each time.
      if (records.length >= capacity * 2) records = records.slice(-capacity);
    },
    counts: () => structuredClone(counted),
    calls: (filter = {}) => records.slice(-capacity).filter((record) => matches(record, filter)),
  };
}

function toRecord({ call, principal, outcome, reply }: EndedCall, sequence: number, time: number): CallRecord {
  return {
    sequence,
    time,
    accessKeyId: call.accessKeyId,
    principal,
    service: call.service,
    action: call.action,
    region: call.region,
    mutating: call.isMutating,
    parameters: withoutSecrets(call.parameters),
    outcome,
    status: reply?.status,
    requestId: reply === undefined ? undefined : requestIdOf(reply),
  };
}

function requestIdOf(reply: WireReply): string | undefined {
  const header = reply.headers['x-amzn-requestid'];
  if (typeof header === 'string') return header;
  return /<request_?id>([^<]+)</i.exec(reply.body.toString('utf8'))?.[1];
}

function matches(record: CallRecord, { after = 0, ...fields }: CallFilter): boolean {
  if (record.sequence <= after) return false;
  return Object.entries(fields).every(
    ([name, value]) => value === undefined || record[name as keyof typeof fields] === value,
  );
}
