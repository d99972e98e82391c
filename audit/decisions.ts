import type { PayloadCodec } from '@temporalio/common';
import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import type { SignedDecision } from '../model/decision.ts';
import { signedDecision } from '../model/decision.ts';
import type { ExportedDecision } from './document.ts';
import type { FetchedRun } from './histories.ts';

type Event = temporal.api.history.v1.IHistoryEvent;
type Payload = temporal.api.common.v1.IPayload;

/** Every signed decision a run of an incident was told, in the order of its history: denied and forged ones too. */
export async function decisionsIn(
  { exported, history }: FetchedRun,
  codec: PayloadCodec,
): Promise<readonly ExportedDecision[]> {
  const { runId } = exported;
  const found = await Promise.all((history.events ?? []).map(async (event) => await readEvent(event, runId, codec)));
  return found.flat();
}

async function readEvent(event: Event, runId: string, codec: PayloadCodec): Promise<readonly ExportedDecision[]> {
  const carried = carriedBy(event);
  if (!carried) return [];
  const value = await decode(carried.payloads[0], codec);
  const parsed = signedDecision.safeParse(carried.via === 'start' ? startOf(value) : value);
  if (!parsed.success) return [];
  const { via } = carried;
  return [{ runId, eventId: String(event.eventId), at: instantOf(event), via, signed: parsed.data }];
}

function carriedBy(
  event: Event,
): (Pick<ExportedDecision, 'via'> & { readonly payloads: readonly Payload[] }) | undefined {
  const started = event.workflowExecutionStartedEventAttributes;
  if (started) return { via: 'start', payloads: started.input?.payloads ?? [] };
  const update = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input;
  if (update?.name === 'decide') return { via: 'update', payloads: update.args?.payloads ?? [] };
  const signal = event.workflowExecutionSignaledEventAttributes;
  return signal?.signalName === 'decide' ? { via: 'signal', payloads: signal.input?.payloads ?? [] } : undefined;
}

async function decode(payload: Payload | undefined, codec: PayloadCodec): Promise<unknown> {
  if (!payload) return undefined;
  const [plain] = await codec.decode([payload]);
  return plain === undefined ? undefined : defaultPayloadConverter.fromPayload(plain);
}

function startOf(input: unknown): SignedDecision | undefined {
  return typeof input === 'object' && input !== null && 'start' in input ? (input.start as SignedDecision) : undefined;
}

function instantOf({ eventTime }: Event): string {
  const seconds = Number(eventTime?.seconds ?? 0);
  return new Date(seconds * 1_000 + Math.floor((eventTime?.nanos ?? 0) / 1e6)).toISOString();
}
