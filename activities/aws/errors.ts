import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../model/failure-type.ts';

/** What to do about an AWS error. `maybe-done`: no reply came, so read before repeating. */
export type ErrorClass = 'retry' | 'maybe-done' | 'already-done' | 'gone' | 'refused' | 'unknown';

/**
 * The one table from AWS error name to what follows (reference: AWS, *Idempotency*; EC2 and IAM API references, *Common errors*).
 * Names not listed are `unknown`: reported by target, never retried blindly.
 */
const classes: Readonly<Record<string, ErrorClass>> = {
  RequestLimitExceeded: 'retry',
  Throttling: 'retry',
  ThrottlingException: 'retry',
  TooManyRequestsException: 'retry',
  InternalError: 'retry',
  InternalFailure: 'retry',
  ServiceUnavailable: 'retry',
  Unavailable: 'retry',
  ConcurrentModification: 'retry',
  ConcurrentModificationException: 'retry',
  ConcurrentSnapshotLimitExceeded: 'retry',
  IncorrectState: 'retry',
  ServerInternal: 'retry',
  TimeoutError: 'maybe-done',
  NetworkingError: 'maybe-done',
  ECONNRESET: 'maybe-done',
  ECONNREFUSED: 'retry',
  EPIPE: 'maybe-done',
  ETIMEDOUT: 'maybe-done',
  'InvalidPermission.Duplicate': 'already-done',
  'InvalidPermission.NotFound': 'already-done',
  EntityAlreadyExists: 'already-done',
  EntityAlreadyExistsException: 'already-done',
  'InvalidGroup.Duplicate': 'already-done',
  'InvalidInstanceID.NotFound': 'gone',
  'InvalidInstanceId.NotFound': 'gone',
  'InvalidNetworkInterfaceID.NotFound': 'gone',
  NoSuchEntity: 'gone',
  NoSuchEntityException: 'gone',
  ResourceNotFoundException: 'gone',
  UnauthorizedOperation: 'refused',
  AccessDenied: 'refused',
  AccessDeniedException: 'refused',
  OperationNotPermitted: 'refused',
  LimitExceeded: 'refused',
  LimitExceededException: 'refused',
  ExpiredToken: 'refused',
  ExpiredTokenException: 'refused',
  InvalidClientTokenId: 'refused',
  UnrecognizedClientException: 'refused',
  AuthFailure: 'refused',
  RequestExpired: 'refused',
  SecurityGroupLimitExceeded: 'refused',
  SnapshotLimitExceeded: 'refused',
};

/** Names under which an error of the SDK or of the socket below it can be looked up. */
function namesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const code = (error as { code?: unknown; Code?: unknown }).code ?? (error as { Code?: unknown }).Code;
  return [error.name, ...(typeof code === 'string' ? [code] : [])];
}

function statusOf(error: unknown): number | undefined {
  const metadata = (error as { $metadata?: { httpStatusCode?: unknown } } | undefined)?.$metadata;
  return typeof metadata?.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

/** Classes an error of an AWS call; 5xx without a known name is `retry`, a broken connection `maybe-done`. */
export function classify(error: unknown): ErrorClass {
  for (const name of namesOf(error)) {
    const known = classes[name];
    if (known) return known;
  }
  return (statusOf(error) ?? 0) >= 500 ? 'retry' : 'unknown';
}

/** The error's AWS name, for people; never its message, which may quote the request. */
export function errorName(error: unknown): string {
  return namesOf(error).at(-1) ?? 'unknown error';
}

/** Turns what can be retried into a failure that Temporal retries, and what was refused into one it doesn't. */
export function asFailure(error: unknown, doing: string): ApplicationFailure {
  const kind = classify(error);
  const refused = kind === 'refused';
  return ApplicationFailure.create({
    type: refused ? failureTypes.refusedByAws : failureTypes.awsUnavailable,
    nonRetryable: refused,
    message: `${doing}: ${errorName(error)}`,
  });
}
