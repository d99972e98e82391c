import type { EC2Client } from '@aws-sdk/client-ec2';
import type { Capture, TargetOutcome } from '../../model/step.ts';
import { originOf } from '../../model/step.ts';
import { instancesById, isGone } from '../live/instances.ts';
import type { IncidentGroup } from './containment-groups.ts';
import { deleteUnused, findGroup } from './containment-groups.ts';
import { goneOutcome } from './capture.ts';
import type { HostInterface } from './interfaces.ts';
import { groupWords, readInterfaces, sameGroups, setGroups } from './interfaces.ts';
import type { IsolateState } from './isolate-capture.ts';
import { isolateStateOf } from './isolate-capture.ts';
import type { Look } from './poll.ts';

/** What giving hosts back needs: our groups as read at the start, and which of the captured groups still exist. */
export interface Release {
  readonly ec2: EC2Client;
  readonly incidentGroups: readonly IncidentGroup[];
  readonly existing: ReadonlySet<string>;
}

type Before = IsolateState['interfaces'][number];
type Verdict =
  | { readonly kind: 'as-captured' | 'restore' }
  | { readonly kind: 'gone' | 'changed' | 'failed'; readonly words: string };

/** A place where groups of ours are: a VPC, and the incident whose they are. */
interface Place {
  readonly vpc: string;
  readonly incident: string;
}

function ourGroups({ incidentGroups }: Release, place: Place): readonly string[] {
  return (['contain', 'all-access'] as const).flatMap(
    (purpose) => findGroup(incidentGroups, { ...place, purpose })?.id ?? [],
  );
}

function isInOurs(release: Release, now: HostInterface, incident: string): boolean {
  return ourGroups(release, { vpc: now.vpc, incident }).some((group) => sameGroups(now.groups, [group]));
}

/** Compare and set, three ways: what it was, what we left, what it is now. */
function weigh(
  release: Release,
  before: Before,
  { now, incident }: { readonly now: HostInterface | undefined; readonly incident: string },
): Verdict {
  if (!now) return { kind: 'gone', words: `${before.id} is no longer attached` };
  if (sameGroups(now.groups, before.groups)) return { kind: 'as-captured' };
  if (!isInOurs(release, now, incident)) {
    const left = groupWords(ourGroups(release, { vpc: now.vpc, incident }).slice(0, 1));
    const words = `${before.id} was in ${groupWords(before.groups)}, we left it in ${left}, now it is in`;
    return { kind: 'changed', words: `${words} ${groupWords(now.groups)}; left alone` };
  }
  const missing = before.groups.filter((group) => !release.existing.has(group));
  if (missing.length === 0) return { kind: 'restore' };
  return { kind: 'failed', words: `${before.id} can't go back: ${groupWords(missing)} no longer exists; make it anew` };
}

function attachedLater(release: Release, now: readonly HostInterface[], capture: Capture): readonly Verdict[] {
  const captured = isolateStateOf(capture);
  const isLater = (one: HostInterface): boolean => !captured.interfaces.some(({ id }) => id === one.id);
  return now
    .filter((one) => isLater(one) && isInOurs(release, one, originOf(capture)))
    .map((one) => ({
      kind: 'changed',
      words: `${one.id} was attached after the capture and stays in ${groupWords(one.groups)}; choose its groups`,
    }));
}

function outcomeOf(target: string, verdicts: readonly Verdict[]): TargetOutcome {
  const words = verdicts.flatMap((verdict) => ('words' in verdict ? [verdict.words] : [])).join('; ');
  const detail = words === '' ? {} : { detail: words };
  const status = (['failed', 'changed'] as const).find((kind) => verdicts.some((verdict) => verdict.kind === kind));
  return { target, status: status ?? 'done', ...detail };
}

/** Gives one host back, interface by interface; writes only where it finds our own work. Throws what the SDK throws. */
export async function releaseHost(release: Release, capture: Capture): Promise<TargetOutcome> {
  const { ec2 } = release;
  const captured = isolateStateOf(capture);
  const now = (await readInterfaces(ec2, [capture.target])).get(capture.target) ?? [];
  if (now.length === 0) {
    const instance = (await instancesById(ec2, [capture.target])).get(capture.target);
    if (isGone(instance)) return goneOutcome(capture.target, instance);
  }
  const verdicts: Verdict[] = [];
  for (const before of captured.interfaces) {
    const verdict = weigh(release, before, {
      now: now.find((one) => one.id === before.id),
      incident: originOf(capture),
    });
    if (verdict.kind === 'restore') await setGroups(ec2, before.id, before.groups);
    verdicts.push(verdict);
  }
  return outcomeOf(capture.target, [...verdicts, ...attachedLater(release, now, capture)]);
}

/** Reads hosts back: settled when every captured interface that is still there is in exactly its captured groups. */
export async function lookReleased(
  ec2: EC2Client,
  captures: readonly Capture[],
  outcomes: readonly TargetOutcome[],
): Promise<ReadonlyMap<string, Look>> {
  const interfaces = await readInterfaces(
    ec2,
    outcomes.map(({ target }) => target),
  );
  return new Map(
    outcomes.map((outcome): [string, Look] => {
      const capture = captures.find(({ target }) => target === outcome.target);
      const wrong = capture && firstWrong(isolateStateOf(capture), interfaces.get(outcome.target) ?? []);
      return [outcome.target, wrong === undefined ? { settled: outcome } : { waits: wrong }];
    }),
  );
}

function firstWrong(captured: IsolateState, now: readonly HostInterface[]): string | undefined {
  for (const before of captured.interfaces) {
    const shown = now.find((one) => one.id === before.id);
    if (shown && !sameGroups(shown.groups, before.groups)) {
      return `a read shows ${before.id} in ${groupWords(shown.groups)}, not in ${groupWords(before.groups)}`;
    }
  }
  return undefined;
}

/**
 * Deletes the groups of these captures' origins in their VPCs, where nothing uses them any more. While a host is in the
 * containment group of an incident the other one stays too: that incident may be moving hosts through it.
 */
export async function removeGroups(release: Release, captures: readonly Capture[]): Promise<void> {
  const places = new Map<string, Place>();
  for (const capture of captures) {
    const incident = originOf(capture);
    for (const { vpc } of isolateStateOf(capture).interfaces) places.set(`${vpc} ${incident}`, { vpc, incident });
  }
  for (const place of places.values()) {
    for (const group of ourGroups(release, place)) if (!(await deleteUnused(release.ec2, group))) break;
  }
}
