import { createHash } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import { failureTypes } from '../../model/failure-type.ts';
import { incidentId } from '../../model/names.ts';
import type { Audience, Told } from '../../model/notification.ts';
import { hears, notificationOf, told } from '../../model/notification.ts';
import type { ActivityDeps } from '../deps.ts';
import { postWebhook } from './webhook.ts';

/** Where people are told: one webhook of the worker's configuration. */
export interface Receiver extends Audience {
  readonly url: URL;
  /** Newest first; every one of them signs. */
  readonly secrets: readonly Uint8Array[];
}

/** Whom to tell, and where people are sent to look. */
export interface Notifiers {
  readonly receivers: readonly Receiver[];
  /** A URL with `{incident}` in it. */
  readonly link?: string | undefined;
}

export interface NotifyInput {
  readonly incident: string;
  readonly tellings: readonly Told[];
}

/** A receiver that will not have some of it: its host, since a webhook's path may be a secret in itself. */
export interface Untold {
  readonly receiver: string;
  readonly why: string;
}

export interface NotifyActivities {
  /**
   * Tells every receiver, in order, what concerns it. Throws `NotTold` while some may still answer: the next attempt goes on
   * where this one ended. Gives the receivers that refused for good.
   */
  readonly notify: (input: NotifyInput) => Promise<{ readonly untold: readonly Untold[] }>;
}

const notifyInput = z.strictObject({ incident: incidentId, tellings: z.array(told).max(50) });

/** How far a receiver is in a batch; heartbeat details, by {@link keyOf}. */
const progress = z.record(z.string(), z.strictObject({ next: z.number().int(), refused: z.array(z.string()) }));
type Progress = z.infer<typeof progress>;
type Reached = Progress[string];

/** A receiver's name in heartbeats: tells it apart and gives nothing of its URL away. */
function keyOf({ url }: Receiver): string {
  return createHash('sha256').update(url.href).digest('hex').slice(0, 16);
}

/** Notifications over the deps of a worker. */
export function notifyActivities(deps: ActivityDeps): NotifyActivities {
  return {
    notify: async (input) => {
      const { incident, tellings } = parse(input);
      const { heartbeatDetails } = Context.current().info;
      const before = progress.safeParse(heartbeatDetails);
      const reached: Progress = before.success ? before.data : {};
      const beat = (): void => Context.current().heartbeat(reached);
      beat();
      const waiting = await Promise.all(
        deps.notify.receivers.map(async (receiver) => {
          const here = (reached[keyOf(receiver)] ??= { next: 0, refused: [] });
          return await tell({ deps, receiver, here, beat }, incident, tellings);
        }),
      );
      const late = waiting.flatMap((one) => one ?? []);
      const untold = refusals(deps.notify.receivers, reached);
      if (late.length === 0) return { untold };
      throw ApplicationFailure.retryable(untoldWords([...late, ...untold]), failureTypes.notTold);
    },
  };
}

function parse(input: NotifyInput): NotifyInput {
  const parsed = notifyInput.safeParse(input);
  if (parsed.success) return parsed.data;
  throw ApplicationFailure.nonRetryable('what is to be told is not of a kind that is told', failureTypes.invalidInput);
}

interface Telling {
  readonly deps: ActivityDeps;
  readonly receiver: Receiver;
  readonly here: Reached;
  readonly beat: () => void;
}

/** Tells one receiver what is left, in order; ends early, with the reason, where it is to be tried again. */
async function tell(
  { deps, receiver, here, beat }: Telling,
  incident: string,
  tellings: readonly Told[],
): Promise<Untold | undefined> {
  for (const one of tellings.slice(here.next)) {
    if (hears(receiver, one.telling)) {
      const body = JSON.stringify(notificationOf(one, { incident, link: deps.notify.link }));
      const message = { id: one.id, body, at: deps.now() };
      const delivery = await postWebhook(receiver.url, message, { secrets: receiver.secrets });
      if (delivery.is === 'later') return { receiver: receiver.url.host, why: delivery.why };
      if (delivery.is === 'never') here.refused.push(delivery.why);
    }
    here.next += 1;
    beat();
  }
  return undefined;
}

function refusals(receivers: readonly Receiver[], reached: Progress): readonly Untold[] {
  return receivers.flatMap((receiver) =>
    [...new Set(reached[keyOf(receiver)]?.refused)].map((why) => ({ receiver: receiver.url.host, why })),
  );
}

function untoldWords(untold: readonly Untold[]): string {
  return untold.map(({ receiver, why }) => `${receiver}: ${why}`).join('; ');
}
