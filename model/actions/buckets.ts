import type { Bucket } from './definition.ts';

/**
 * Published token buckets of EC2, per account, Region and API
 * (https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html).
 */
export const ec2Buckets = {
  modifyNetworkInterfaceAttribute: { api: 'ModifyNetworkInterfaceAttribute', size: 100, refillPerSecond: 5 },
  createSnapshots: { api: 'CreateSnapshots', size: 100, refillPerSecond: 5 },
  stopInstances: { api: 'StopInstances', size: 1000, refillPerSecond: 20 },
  startInstances: { api: 'StartInstances', size: 1000, refillPerSecond: 2 },
} as const satisfies Record<string, Bucket>;

/** IAM publishes no rates. Assumed, so that a plan can name a least time at all; real limits may be lower. */
export const iamBucket: Bucket = { api: 'IAM (assumed)', size: 50, refillPerSecond: 5 };
