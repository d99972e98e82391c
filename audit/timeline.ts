import { actions } from '../model/actions/index.ts';
import { countWords, listWords } from '../planner/words.ts';
import type { Happening, Place, Step } from './story/happening.ts';
import type { Ruling } from './story/decisions.ts';
import type { Story } from './story/story.ts';

/** One line of what happened. */
export interface TimelineEntry {
  readonly at: string;
  /** What kind of thing: a word of a closed set in histories, the incident's own word in its status. */
  readonly what: string;
  readonly detail: string;
  /** Who decided, or which worker acted. */
  readonly by?: string;
  readonly targets: readonly string[];
  /** Where history has it; absent for lines of the incident's status. */
  readonly place?: Omit<Place, 'at'>;
}

/** Words of the status's own timeline that histories tell more exactly. */
const toldByHistory = new Set(['accepted', 'denied', 'acting', 'verified', 'stage']);

/**
 * Everything that happened, oldest first: decisions and what became of them, waves, each batch of work with how its targets came
 * out, and what the incident said of its phases, gates and clocks.
 */
export function timelineOf(story: Story): readonly TimelineEntry[] {
  const said = (story.status?.timeline ?? [])
    .filter(({ what }) => !toldByHistory.has(what))
    .map(({ at, what, detail }) => ({ at, what, detail, targets: [] }));
  const entries = [
    ...story.rulings.map((ruling) => ruled(ruling, story)),
    ...story.happenings.flatMap(happened),
    ...said,
  ];
  return entries.toSorted((one, other) => (one.at === other.at ? 0 : one.at < other.at ? -1 : 1));
}

function ruled(ruling: Ruling, { runs }: Story): TimelineEntry {
  const { decision, verdict, why, fingerprint, at, runId, eventId, via } = ruling;
  const workflowId = runs.find((run) => run.runId === runId)?.workflowId ?? '';
  const what = verdict === undefined ? 'decision' : verdict === 'accepted' ? 'accepted' : 'refused';
  const gate = decision?.gate === undefined ? '' : ` ${decision.gate}`;
  const words = decision ? `${decision.verb}${gate}: ${decision.reason}` : `a ${via} that is no decision`;
  const because = why === undefined ? '' : ` (${why})`;
  const key = fingerprint === undefined ? '' : `, key ${fingerprint}`;
  const by = decision === undefined ? {} : { by: decision.by };
  return {
    at,
    what,
    detail: `${words}${because}${key}`,
    ...by,
    targets: [],
    place: { workflowId, runId, eventId },
  };
}

function happened(happening: Happening): readonly TimelineEntry[] {
  const { at, workflowId, runId, eventId } = happening;
  const place = { workflowId, runId, eventId };
  switch (happening.kind) {
    case 'planned':
      return [
        { at, what: 'planned', detail: 'the workers planned again from the facts of that moment', targets: [], place },
      ];
    case 'wave': {
      const { way, of, wave, targets } = happening;
      const what = way === 'contain' ? 'wave' : 'give back';
      return [
        {
          at,
          what,
          detail: `${of}, wave ${wave}: ${countWords(targets.length)} ${targets.length === 1 ? 'target' : 'targets'}`,
          targets,
          place,
        },
      ];
    }
    case 'wave-end': {
      const { outcomes, child } = happening;
      return outcomes === undefined
        ? [{ at, what: 'failed', detail: `${child} ended without a result`, targets: [], place }]
        : [];
    }
    case 'step':
      return stepLines(happening, place);
    case 'end':
      // A wave that came to its end has said so by its work.
      return happening.isChild && happening.how === 'completed'
        ? []
        : [{ at, what: 'end', detail: `${workflowId} ${happening.how}`, targets: [], place }];
    case 'answered':
    case 'probed':
    case 'running':
      return [];
  }
}

/** One line a batch and status: what was verified, what was not and why. */
function stepLines(step: Step, place: Omit<Place, 'at'>): readonly TimelineEntry[] {
  const { at, action, account, worker: by } = step;
  const verb = step.step !== 'undo' ? actions[action].done : actions[action].undo === 'kept' ? 'kept' : 'given back';
  if (step.failure !== undefined) {
    return [
      { at, what: 'failed', detail: `${action} ${step.step} in ${account}: ${step.failure}`, by, targets: [], place },
    ];
  }
  const captured = step.captures.map(({ target }) => target);
  const lines: TimelineEntry[] =
    captured.length === 0
      ? []
      : [
          {
            at,
            what: 'captured',
            detail: `${action} in ${account}: state of ${listWords(captured)}`,
            by,
            targets: captured,
            place,
          },
        ];
  // What was applied counts once a read has shown it: the verify that follows says so.
  const statuses = [...new Set(step.outcomes.map(({ status }) => status))];
  for (const status of statuses.filter((each) => !(step.step === 'apply' && each === 'done'))) {
    const those = step.outcomes.filter((outcome) => outcome.status === status);
    const targets = those.map(({ target }) => target);
    const why = [...new Set(those.flatMap(({ detail }) => detail ?? []))];
    const detail = `${action} in ${account}: ${listWords(targets)}${why.length === 0 ? '' : ` (${listWords(why)})`}`;
    lines.push({ at, what: status === 'done' ? verb : status, detail, by, targets, place });
  }
  return lines;
}
