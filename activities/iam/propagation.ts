import { setTimeout as delay } from 'node:timers/promises';
import { activityInfo, Context, heartbeat } from '@temporalio/activity';
import type { ActivityDeps } from '../deps.ts';

const heartbeatEveryMs = 1_000;

/** Waits until IAM changes are felt everywhere; heartbeats meanwhile, and returns early when cancelled. */
export async function waitOutPropagation(deps: ActivityDeps): Promise<void> {
  const { cancellationSignal: signal } = Context.current();
  // The outcomes that an earlier attempt heartbeated must still be there if this one dies while it waits.
  const beat = setInterval(() => heartbeat(activityInfo().heartbeatDetails), heartbeatEveryMs);
  try {
    await delay(deps.iamPropagationMs, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    clearInterval(beat);
  }
}
