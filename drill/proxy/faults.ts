import type { AwsCall } from './aws-call.ts';

/** Which calls a fault meets: those that match everything named here. */
export interface FaultMatch {
  readonly service?: string;
  readonly action?: string;
  readonly accessKeyId?: string;
  /** A text in any parameter's value, such as an instance id. */
  readonly matchTarget?: string;
  /** Only the n-th call (from 1) of those that match otherwise, counted from when the fault was added. */
  readonly nth?: number;
}

/** What happens to a call that a fault meets. */
export type FaultEffect =
  /** Refused with this AWS error, and never executed. */
  | { readonly kind: 'error'; readonly code: string; readonly status: number; readonly message?: string }
  /** The connection breaks, and the call is never executed. */
  | { readonly kind: 'reset-before' }
  /** The call is executed, and the connection breaks before its reply. */
  | { readonly kind: 'reset-after' }
  /** Executed this much later. */
  | { readonly kind: 'latency'; readonly milliseconds: number };

/** A fault to inject. */
export type Fault = FaultEffect & { readonly match: FaultMatch };

/** The faults of a proxy. */
export interface Faults {
  /** Adds one, from the next call on. Gives a function that takes it away again. */
  readonly add: (fault: Fault) => () => void;
  readonly clear: () => void;
  /** Counts the call for every fault, and gives those that meet it, in the order they were added. */
  readonly meeting: (call: AwsCall) => readonly Fault[];
}

/** Makes an empty set of faults. */
export function createFaults(): Faults {
  const seen = new Map<Fault, number>();
  return {
    add: (fault) => {
      // A copy, so that the same fault added twice is two.
      const own = { ...fault };
      seen.set(own, 0);
      return () => void seen.delete(own);
    },
    clear: () => seen.clear(),
    meeting: (call) =>
      [...seen.keys()].filter((fault) => {
        if (!matches(fault.match, call)) return false;
        const count = (seen.get(fault) ?? 0) + 1;
        seen.set(fault, count);
        return fault.match.nth === undefined || fault.match.nth === count;
      }),
  };
}

function matches(match: FaultMatch, call: AwsCall): boolean {
  const { matchTarget } = match;
  return (
    (match.service ?? call.service) === call.service &&
    (match.action ?? call.action) === call.action &&
    (match.accessKeyId ?? call.accessKeyId) === call.accessKeyId &&
    (matchTarget === undefined || Object.values(call.parameters).some((value) => value.includes(matchTarget)))
  );
}
