import type { ActionName } from '../model/actions/names.ts';
import type { ActionActivities } from '../model/step.ts';
import type { ActivityDeps } from './deps.ts';
import { isolateActivities } from './ec2/isolate.ts';
import { snapshotActivities } from './ec2/snapshot.ts';
import { startActivities } from './ec2/start.ts';
import { stopActivities } from './ec2/stop.ts';
import { containActivities } from './iam/contain.ts';
import { denySessionActivities } from './iam/deny-session.ts';
import { rotateKeyActivities } from './iam/rotate-key.ts';

/** The registry: what each action does. Its counterpart in `model/actions/index.ts` says what each is. */
export const actionActivities: { readonly [Name in ActionName]: (deps: ActivityDeps) => ActionActivities } = {
  'aws.ec2.isolate': isolateActivities,
  'aws.ec2.snapshot': snapshotActivities,
  'aws.ec2.stop': stopActivities,
  'aws.ec2.start': startActivities,
  'aws.iam.contain': containActivities,
  'aws.iam.denySession': denySessionActivities,
  'aws.iam.rotateKey': rotateKeyActivities,
};
