import type { ActionDefinition } from './definition.ts';
import { isolate } from './ec2/isolate.ts';
import { snapshot } from './ec2/snapshot.ts';
import { start } from './ec2/start.ts';
import { stop } from './ec2/stop.ts';
import { contain } from './iam/contain.ts';
import { denySession } from './iam/deny-session.ts';
import { rotateKey } from './iam/rotate-key.ts';
import type { ActionName } from './names.ts';

/** The registry: what each action is. Its counterpart in `activities/actions.ts` says what each does. */
export const actions: { readonly [Name in ActionName]: ActionDefinition & { readonly name: Name } } = {
  'aws.ec2.isolate': isolate,
  'aws.ec2.snapshot': snapshot,
  'aws.ec2.stop': stop,
  'aws.ec2.start': start,
  'aws.iam.contain': contain,
  'aws.iam.denySession': denySession,
  'aws.iam.rotateKey': rotateKey,
};
