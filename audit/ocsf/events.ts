import type { ActionName } from '../../model/actions/names.ts';
import type { Course } from '../course.ts';
import { coursesOf } from '../course.ts';
import type { Outcome, Step } from '../story/happening.ts';
import type { Ruling } from '../story/decisions.ts';
import type { Story } from '../story/story.ts';

/** An event as OCSF 1.8 has it: a class, an activity, a time in milliseconds. */
export interface OcsfEvent {
  readonly class_uid: 2005 | 6002 | 7001;
  readonly [attribute: string]: unknown;
}

const version = '1.8.0';
const severity = { informational: 1, high: 4 } as const;

/**
 * An export as OCSF 1.8 events, oldest first: Incident Finding (2005) for the incident, its decisions and its end; Remediation
 * Activity (7001) for each target a step changed or gave back; Application Lifecycle (6002) for hosts stopped and started, and
 * for services that went down or came back.
 */
export function ocsfEvents(story: Story): readonly OcsfEvent[] {
  const steps = story.happenings.flatMap((each) => (each.kind === 'step' ? [each] : []));
  const events = [
    ...findings(story),
    ...steps.flatMap((step) => remediations(story, step)),
    ...coursesOf(story).flatMap((course) => lifecycles(story, course)),
  ];
  return events.toSorted((one, other) => Number(one['time']) - Number(other['time']));
}

interface Kind {
  readonly class_uid: OcsfEvent['class_uid'];
  readonly activity_id: number;
  readonly at: string;
  readonly severity_id: number;
  /** What tells this event from every other of the same export. */
  readonly uid: string;
}

function base({ incident }: Story, { class_uid, activity_id, at, severity_id, uid }: Kind): OcsfEvent {
  const profiles = class_uid === 2005 ? { profiles: ['incident'] } : {};
  return {
    class_uid,
    category_uid: Math.floor(class_uid / 1_000),
    activity_id,
    type_uid: class_uid * 100 + activity_id,
    time: Date.parse(at),
    severity_id,
    metadata: {
      version,
      uid,
      correlation_uid: incident,
      product: { name: 'firedoor', vendor_name: 'firedoor' },
      original_time: at,
      ...profiles,
    },
  };
}

/** Create with the accepted start, update for each decision, close at the end. */
function findings(story: Story): readonly OcsfEvent[] {
  const { incident, rulings, happenings, status, plan } = story;
  const [start] = rulings;
  const lead = start?.decision?.by ?? status?.startedBy ?? 'unknown';
  const info = {
    uid: incident,
    title: `${plan?.header.playbook.name ?? 'incident'} on ${plan?.header.estate.name ?? 'an estate'}`,
    ...(start === undefined ? {} : { created_time: Date.parse(start.at) }),
  };
  const about = { finding_info_list: [info], assignee: { name: lead }, is_suspected_breach: true };
  const created = rulings.map((ruling, index) => {
    const isFirst = index === 0;
    const uid = `${ruling.runId}/${ruling.eventId}`;
    const kind = {
      class_uid: 2005,
      activity_id: isFirst ? 1 : 2,
      at: ruling.at,
      severity_id: severity.high,
      uid,
    } as const;
    const state = isFirst ? 1 : ruling.decision?.verb === 'hold' && ruling.verdict === 'accepted' ? 3 : 2;
    return {
      ...base(story, kind),
      ...about,
      status_id: state,
      comment: rulingWords(ruling),
      unmapped: unmappedOf(ruling),
    };
  });
  const closed = happenings.filter((each) => each.kind === 'end' && !each.isChild && each.how === 'completed');
  const last = closed.map(({ at, runId, eventId }) => {
    const kind = {
      class_uid: 2005,
      activity_id: 3,
      at,
      severity_id: severity.informational,
      uid: `${runId}/${eventId}`,
    } as const;
    return { ...base(story, kind), ...about, status_id: 5 };
  });
  return [...created, ...last];
}

function rulingWords({ decision, verdict, why }: Ruling): string {
  const words = decision
    ? `${decision.verb} ${decision.gate ?? ''} by ${decision.by}: ${decision.reason}`
    : 'not a decision';
  return `${verdict ?? 'not judged'}: ${words.replace('  ', ' ')}${why === undefined ? '' : ` (${why})`}`;
}

/** OCSF has no class for approvals: what was signed, and with which key, goes along unmapped. */
function unmappedOf({ decision, verdict, why, fingerprint, document }: Ruling): object {
  return { decision: { ...decision, verdict, why, key: fingerprint, document } };
}

/** D3FEND's tactic of an action, which is also the activity of class 7001; undefined where it changes nothing. */
const tactics: Readonly<Record<ActionName, { readonly activity: number; readonly tactic: string } | undefined>> = {
  'aws.ec2.isolate': { activity: 1, tactic: 'Isolate' },
  'aws.ec2.stop': { activity: 1, tactic: 'Isolate' },
  'aws.ec2.start': { activity: 3, tactic: 'Restore' },
  'aws.ec2.snapshot': undefined,
  'aws.iam.contain': { activity: 2, tactic: 'Evict' },
  'aws.iam.denySession': { activity: 2, tactic: 'Evict' },
  'aws.iam.rotateKey': { activity: 4, tactic: 'Harden' },
};
const restore = { activity: 3, tactic: 'Restore' };
/** Evidence is taken beside: activity 99, Other. */
const other = { activity: 99, tactic: undefined };

const statusIds: Readonly<Record<Outcome['status'], number>> = {
  done: 1,
  gone: 3,
  changed: 2,
  shared: 4,
  refused: 2,
  failed: 2,
  'not-reached': 2,
};

/** What verify showed counts as done; what apply could not do, verify never sees. */
function remediations(story: Story, step: Step): readonly OcsfEvent[] {
  if (step.step === 'capture') return [];
  const outcomes = step.outcomes.filter(({ status }) => step.step !== 'apply' || status !== 'done');
  const { activity, tactic } = step.step === 'undo' ? restore : (tactics[step.action] ?? other);
  return outcomes.flatMap((outcome) => {
    const { target, status, detail } = outcome;
    const uid = `${step.runId}/${step.eventId}/${target}`;
    const isDone = status === 'done';
    const severity_id = isDone ? severity.informational : severity.high;
    const event = {
      ...base(story, { class_uid: 7001, activity_id: activity, at: step.at, severity_id, uid }),
      ...(activity === 99 ? { activity_name: 'Preserve evidence' } : {}),
      command_uid: `${step.workflowId}/${step.eventId}`,
      start_time: Date.parse(step.beganAt),
      status_id: statusIds[status],
      status_code: status,
      ...(detail === undefined ? {} : { status_detail: detail }),
      ...(tactic === undefined ? {} : { countermeasures: [{ d3f_tactic: { name: tactic } }] }),
      observables: [{ name: 'unmapped.target', type_id: 10, value: target }],
      unmapped: { target, action: step.action, step: step.step, account: step.account, worker: step.worker },
    };
    return [event, ...(isDone ? powerOf(story, step, outcome) : [])];
  });
}

/** Hosts stopped and started, by a step or by its undoing. */
function powerOf(story: Story, step: Step, { target }: Outcome): readonly OcsfEvent[] {
  if (step.action !== 'aws.ec2.stop' && step.action !== 'aws.ec2.start') return [];
  const isStop = (step.action === 'aws.ec2.stop') !== (step.step === 'undo');
  const uid = `${step.runId}/${step.eventId}/${target}/power`;
  const kind = {
    class_uid: 6002,
    activity_id: isStop ? 4 : 3,
    at: step.at,
    severity_id: severity.informational,
    uid,
  } as const;
  return [{ ...base(story, kind), app: { name: target, uid: target }, status_id: 1 }];
}

/** A service that no site delivers any more is stopped; one that some site delivers again is started. */
function lifecycles(story: Story, { service, points }: Course): readonly OcsfEvent[] {
  return points.flatMap(({ at, standing }, index) => {
    const isDown = standing.shares.down === 1;
    const wasDown = points[index - 1]?.standing.shares.down === 1;
    if (isDown === wasDown) return [];
    const severity_id = isDown ? severity.high : severity.informational;
    const kind = { class_uid: 6002, activity_id: isDown ? 4 : 3, at, severity_id, uid: `${service}/${at}` } as const;
    return [
      {
        ...base(story, kind),
        app: { name: service, uid: service },
        status_id: 1,
        unmapped: { shares: standing.shares },
      },
    ];
  });
}
