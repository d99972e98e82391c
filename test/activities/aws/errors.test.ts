import { describe, expect, it } from 'vitest';
import type { ErrorClass } from '../../../activities/aws/errors.ts';
import { asFailure, classify, errorName } from '../../../activities/aws/errors.ts';

function named(name: string, more: object = {}): Error {
  return Object.assign(new Error('words that may quote the request'), { name, ...more });
}

const table: Readonly<Record<Exclude<ErrorClass, 'unknown'>, readonly string[]>> = {
  retry: [
    'RequestLimitExceeded',
    'Throttling',
    'ThrottlingException',
    'TooManyRequestsException',
    'InternalError',
    'InternalFailure',
    'ServiceUnavailable',
    'Unavailable',
    'ConcurrentModification',
    'ConcurrentModificationException',
    'ConcurrentSnapshotLimitExceeded',
    'IncorrectState',
  ],
  'maybe-done': ['TimeoutError', 'NetworkingError', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'],
  'already-done': [
    'InvalidPermission.Duplicate',
    'InvalidPermission.NotFound',
    'EntityAlreadyExists',
    'InvalidGroup.Duplicate',
  ],
  gone: [
    'InvalidInstanceID.NotFound',
    'InvalidInstanceId.NotFound',
    'InvalidNetworkInterfaceID.NotFound',
    'NoSuchEntity',
  ],
  refused: [
    'UnauthorizedOperation',
    'AccessDenied',
    'AccessDeniedException',
    'OperationNotPermitted',
    'LimitExceeded',
    'SecurityGroupLimitExceeded',
    'SnapshotLimitExceeded',
    'ExpiredToken',
    'RequestExpired',
    'InvalidClientTokenId',
    'AuthFailure',
  ],
};

describe('classify', () => {
  const rows = Object.entries(table).flatMap(([kind, names]) => names.map((name) => [name, kind] as const));

  it.each(rows)('%s is %s', (name, kind) => {
    expect(classify(named(name))).toBe(kind);
  });

  it('finds the name in the code of an error from the socket below the SDK, or of an exception it has no class for', () => {
    expect(classify(named('Error', { code: 'ECONNRESET' }))).toBe('maybe-done');
    expect(classify(named('Error', { code: 'ECONNREFUSED' }))).toBe('retry');
    expect(classify(named('EC2ServiceException', { Code: 'UnauthorizedOperation' }))).toBe('refused');
  });

  it('retries a 5xx of unknown name, and nothing else that is unknown', () => {
    expect(classify(named('SomethingNew', { $metadata: { httpStatusCode: 503 } }))).toBe('retry');
    expect(classify(named('SomethingNew', { $metadata: { httpStatusCode: 400 } }))).toBe('unknown');
    expect(classify(named('TypeError'))).toBe('unknown');
    expect(classify('not even an error')).toBe('unknown');
  });
});

describe('asFailure', () => {
  it('lets Temporal retry what may pass, and never what AWS refused', () => {
    expect(asFailure(named('Throttling'), 'at i-1')).toMatchObject({ type: 'AwsUnavailable', nonRetryable: false });
    expect(asFailure(named('AccessDenied'), 'at i-1')).toMatchObject({ type: 'RefusedByAws', nonRetryable: true });
  });

  it('carries the name of the error and never its message', () => {
    const { message, cause } = asFailure(named('Throttling'), 'at i-1');
    expect(message).toBe('at i-1: Throttling');
    expect(cause).toBeUndefined();
    expect(errorName('secret words')).toBe('unknown error');
  });
});
