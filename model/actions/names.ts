import { z } from 'zod';

/** Every action there is. Each has a definition in `model/actions/` and an implementation in `activities/`. */
export const actionNames = [
  'aws.ec2.isolate',
  'aws.ec2.snapshot',
  'aws.ec2.stop',
  'aws.ec2.start',
  'aws.iam.contain',
  'aws.iam.denySession',
  'aws.iam.rotateKey',
] as const;
export type ActionName = (typeof actionNames)[number];
export const actionName = z.enum(actionNames);
