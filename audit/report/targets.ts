import { actions } from '../../model/actions/index.ts';
import type { Json } from '../../model/canonical.ts';
import type { Capture } from '../../model/step.ts';
import type { Story } from '../story/story.ts';

/** What one action did to one target: before, during, after. */
export interface TargetStory {
  readonly target: string;
  readonly account: string;
  readonly stage: string;
  readonly action: Capture['action'];
  readonly before: string;
  readonly capturedAt: string;
  readonly mac: string;
  readonly during: string;
  readonly after: string;
  /** Done to it, and neither given back nor kept on purpose. */
  readonly isOpen: boolean;
  /** What the step said of it besides: ids of snapshots. */
  readonly detail?: string;
  readonly worker?: string;
  readonly doneAt?: string;
  readonly place?: string;
}

/** Each captured target of each stage, in the order of the captures. */
export function targetStories({ happenings }: Story): readonly TargetStory[] {
  const steps = happenings.flatMap((each) => (each.kind === 'step' ? [each] : []));
  const outcomesOf = (capture: Pick<Capture, 'action' | 'target'>, kinds: readonly string[]) =>
    steps.flatMap((step) =>
      kinds.includes(step.step) && step.action === capture.action
        ? step.outcomes.flatMap((outcome) => (outcome.target === capture.target ? [{ step, outcome }] : []))
        : [],
    );
  const captures = steps.flatMap((step) => step.captures);
  return captures.map((capture) => {
    const { target, account, stage, action, at, mac, state } = capture;
    const verified = outcomesOf(capture, ['verify']).findLast(({ outcome }) => outcome.status === 'done');
    const last = verified ?? outcomesOf(capture, ['apply', 'verify']).at(-1);
    const undone = outcomesOf(capture, ['undo']).at(-1);
    const { done, undo } = actions[action];
    const isBack = undone?.outcome.status === 'done';
    const during = verified ? `${done}, verified ${verified.step.at}` : ((last && line(last.outcome)) ?? 'not reached');
    const after = undone
      ? `${isBack ? (undo === 'kept' ? 'kept' : 'given back') : line(undone.outcome)}, ${undone.step.at}`
      : undo === 'kept'
        ? 'kept'
        : 'not given back';
    const detail = verified?.outcome.detail;
    return {
      target,
      account,
      stage,
      action,
      before: stateWords(state),
      capturedAt: at,
      mac,
      during,
      after: undone?.outcome.detail === undefined ? after : `${after} (${undone.outcome.detail})`,
      isOpen: verified !== undefined && !isBack && undo === 'exact',
      ...(detail === undefined ? {} : { detail }),
      ...(verified && {
        worker: verified.step.worker,
        doneAt: verified.step.at,
        place: `${verified.step.workflowId} event ${verified.step.eventId}`,
      }),
    };
  });
}

function line({ status, detail }: { readonly status: string; readonly detail?: string | undefined }): string {
  return detail === undefined ? status : `${status}: ${detail}`;
}

/** `interfaces eni-1 vpc-1 groups sg-1 sg-2`: the names and values of a state, in their order. */
export function stateWords(state: Json | undefined): string {
  if (state === null || state === undefined) return '';
  if (typeof state !== 'object') return String(state);
  if (Array.isArray(state)) return state.map((each: Json) => stateWords(each)).join(', ');
  return Object.entries(state)
    .map(([key, value]) => (key === 'id' ? stateWords(value) : `${key} ${stateWords(value)}`))
    .join(' ');
}
