import { z } from 'zod';
import { actionName } from '../../model/actions/names.ts';
import { failing } from '../../model/continuity.ts';
import type { ExportedRun } from '../document.ts';
import type { Happening, Place, Step } from './happening.ts';
import { answer, childInput, stepKinds, stepResult } from './happening.ts';
import type { PayloadReader } from './payloads.ts';

type Event = ExportedRun['history']['events'][number];

/** Attributes of the events that are read; what an event has besides is nothing to a reader. */
const attributes = z.object({
  activityType: z.object({ name: z.string() }).optional().catch(undefined),
  workflowType: z.object({ name: z.string() }).optional().catch(undefined),
  workflowExecution: z.object({ workflowId: z.string() }).optional().catch(undefined),
  workflowId: z.string().optional().catch(undefined),
  scheduledEventId: z.string().optional().catch(undefined),
  acceptedEventId: z.string().optional().catch(undefined),
  identity: z.string().optional().catch(undefined),
  attempt: z.number().optional().catch(undefined),
  input: z.unknown().optional(),
  result: z.unknown().optional(),
  outcome: z.object({ success: z.unknown().optional() }).optional().catch(undefined),
  failure: z
    .object({ message: z.string().optional(), cause: z.object({ message: z.string().optional() }).optional() })
    .optional()
    .catch(undefined),
});
type Attributes = z.infer<typeof attributes>;

interface Scheduled {
  readonly type: string;
  readonly account: string;
  readonly at: string;
  worker: string;
  attempt: number;
}

/** Reads one run. Only what an auditor asks for is decoded: payloads are large, and most repeat the plan. */
export async function readRun(run: ExportedRun, payloads: PayloadReader): Promise<readonly Happening[]> {
  const reader = new RunReader(run, payloads);
  const found: Happening[] = [];
  for (const event of run.history.events) {
    const happening = await reader.read(event);
    if (happening) found.push(happening);
  }
  return found;
}

class RunReader {
  readonly #scheduled = new Map<string, Scheduled>();
  readonly #run: ExportedRun;
  readonly #payloads: PayloadReader;

  constructor(run: ExportedRun, payloads: PayloadReader) {
    this.#run = run;
    this.#payloads = payloads;
  }

  async read(event: Event): Promise<Happening | undefined> {
    const key = Object.keys(event).find((name) => name.endsWith('EventAttributes'));
    const parsed = attributes.safeParse(key === undefined ? undefined : event[key]);
    if (key === undefined || !parsed.success) return undefined;
    const place = this.#placeOf(event);
    switch (key.slice(0, -'EventAttributes'.length)) {
      case 'activityTaskScheduled':
        return await this.#schedule(parsed.data, place);
      case 'activityTaskStarted':
        return this.#start(parsed.data);
      case 'activityTaskCompleted':
        return await this.#complete(parsed.data, place);
      case 'activityTaskFailed':
      case 'activityTaskTimedOut':
      case 'activityTaskCanceled':
        return this.#fail(parsed.data, place);
      case 'startChildWorkflowExecutionInitiated':
        return await this.#begin(parsed.data, place);
      case 'childWorkflowExecutionCompleted':
      case 'childWorkflowExecutionFailed':
      case 'childWorkflowExecutionTerminated':
      case 'childWorkflowExecutionTimedOut':
      case 'childWorkflowExecutionCanceled':
        return await this.#end(parsed.data, place);
      case 'workflowExecutionUpdateCompleted':
        return await this.#answer(parsed.data, place);
      case 'workflowExecutionCompleted':
        return this.#over('completed', place);
      case 'workflowExecutionFailed':
      case 'workflowExecutionTimedOut':
        return this.#over('failed', place);
      case 'workflowExecutionTerminated':
        return this.#over('terminated', place);
      case 'workflowExecutionCanceled':
        return this.#over('cancelled', place);
      default:
        return undefined;
    }
  }

  #over(how: Extract<Happening, { kind: 'end' }>['how'], place: Place): Happening {
    return { kind: 'end', how, isChild: this.#run.workflowType !== 'incident', ...place };
  }

  #placeOf({ eventId, ...event }: Event): Place {
    const { workflowId, runId } = this.#run;
    return { at: instantOf(event['eventTime']), workflowId, runId, eventId: eventId ?? '' };
  }

  async #schedule({ activityType, input }: Attributes, { eventId, at }: Place): Promise<undefined> {
    const type = activityType?.name ?? '';
    const hasAccount = stepOf(type) !== undefined;
    const given = hasAccount
      ? z.object({ account: z.string() }).safeParse(await this.#payloads.first(input))
      : undefined;
    this.#scheduled.set(eventId, { type, at, account: given?.data?.account ?? '', worker: '', attempt: 1 });
  }

  #start({ scheduledEventId, identity, attempt }: Attributes): undefined {
    const scheduled = this.#scheduled.get(scheduledEventId ?? '');
    if (scheduled) Object.assign(scheduled, { worker: identity ?? '', attempt: attempt ?? 1 });
  }

  async #complete({ scheduledEventId, result }: Attributes, place: Place): Promise<Happening | undefined> {
    const scheduled = this.#scheduled.get(scheduledEventId ?? '');
    if (!scheduled) return undefined;
    const about = stepOf(scheduled.type);
    if (about) {
      const parsed = stepResult.safeParse(await this.#payloads.first(result));
      return { ...this.#step(scheduled, about, place), ...(parsed.success ? parsed.data : {}) };
    }
    switch (scheduled.type) {
      case 'compilePlan': {
        const made = z.object({ plan: z.unknown().optional() }).safeParse(await this.#payloads.first(result));
        return made.success ? { kind: 'planned', plan: made.data.plan, ...place } : undefined;
      }
      case 'probeRound': {
        const round = z.object({ failing }).safeParse(await this.#payloads.first(result));
        return round.success ? { kind: 'probed', failing: round.data.failing, ...place } : undefined;
      }
      case 'readFacts': {
        const facts = z.object({ down: z.array(z.string()) }).safeParse(await this.#payloads.first(result));
        return facts.success ? { kind: 'running', down: facts.data.down, ...place } : undefined;
      }
      default:
        return undefined;
    }
  }

  #fail({ scheduledEventId, failure }: Attributes, place: Place): Happening | undefined {
    const scheduled = this.#scheduled.get(scheduledEventId ?? '');
    const about = scheduled && stepOf(scheduled.type);
    if (!about) return undefined;
    const words = failure?.cause?.message ?? failure?.message ?? 'it did not answer';
    return { ...this.#step(scheduled, about, place), failure: words };
  }

  #step({ account, at, worker, attempt }: Scheduled, about: StepName, place: Place): Step {
    return { kind: 'step', ...about, account, beganAt: at, worker, attempt, outcomes: [], captures: [], ...place };
  }

  async #begin({ workflowId: child, input }: Attributes, place: Place): Promise<Happening | undefined> {
    const parsed = childInput.safeParse(await this.#payloads.first(input));
    if (!parsed.success || child === undefined) return undefined;
    const { chunk, targets } = parsed.data;
    const action = chunk.action === undefined ? {} : { action: chunk.action };
    const of = chunk.stage ?? chunk.tier ?? '';
    return { kind: 'wave', child, way: chunk.kind, of, wave: chunk.wave, ...action, targets, ...place };
  }

  async #end({ workflowExecution, result }: Attributes, place: Place): Promise<Happening | undefined> {
    const child = workflowExecution?.workflowId;
    if (child === undefined) return undefined;
    const parsed = result === undefined ? undefined : stepResult.safeParse(await this.#payloads.first(result));
    return { kind: 'wave-end', child, ...(parsed?.success ? { outcomes: parsed.data.outcomes } : {}), ...place };
  }

  async #answer({ acceptedEventId, outcome }: Attributes, place: Place): Promise<Happening | undefined> {
    const parsed = answer.safeParse(await this.#payloads.first(outcome?.success));
    if (!parsed.success || acceptedEventId === undefined) return undefined;
    return { kind: 'answered', accepted: acceptedEventId, answer: parsed.data, ...place };
  }
}

type StepName = Pick<Step, 'action' | 'step'>;

/** `aws.ec2.isolate.apply` → its action and step; undefined for every other activity. */
function stepOf(type: string): StepName | undefined {
  const cut = type.lastIndexOf('.');
  const action = actionName.safeParse(type.slice(0, cut));
  const step = stepKinds.find((kind) => kind === type.slice(cut + 1));
  return action.success && step ? { action: action.data, step } : undefined;
}

/** Times of events have nanoseconds; milliseconds order what people read, and event ids the rest. */
function instantOf(time: unknown): string {
  const read = new Date(typeof time === 'string' ? time : Number.NaN);
  return Number.isNaN(read.getTime()) ? '' : read.toISOString();
}
