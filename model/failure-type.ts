/**
 * Closed names for `ApplicationFailure.type`: thrown by activities, matched in retry policies and in workflows.
 * Nothing ever branches on message text.
 */
export const failureTypes = {
  /** Input that no retry makes valid. */
  invalidInput: 'InvalidInput',
  /** The warrant does not cover what was asked: nothing was called. */
  notWarranted: 'NotWarranted',
  /** AWS refused for lack of permission or credentials: people decide. */
  refusedByAws: 'RefusedByAws',
  /** Throttled, reset or 5xx: Temporal tries again. */
  awsUnavailable: 'AwsUnavailable',
  /** A read does not show the effect yet: Temporal tries again. */
  notVerifiedYet: 'NotVerifiedYet',
  /** A webhook has not taken a notification yet: Temporal tries again, for a while. */
  notTold: 'NotTold',
} as const;
export type FailureType = (typeof failureTypes)[keyof typeof failureTypes];

/** Failures that trying again can't mend. */
export const permanentFailures: readonly FailureType[] = [
  failureTypes.invalidInput,
  failureTypes.notWarranted,
  failureTypes.refusedByAws,
];
