import type { EC2Client } from '@aws-sdk/client-ec2';
import type { Capture, TargetOutcome } from '../../model/step.ts';
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
  readonly incident: string;
  readonly incidentGroups: readonly IncidentGroup[];
  readonly existing: ReadonlySet<string>;
}

type Before = IsolateState['interfaces'][number];
type Verdict =
  | { readonly kind: 'as-captured' | 'restore' }
  | { readonly kind: 'gone' | 'changed' | 'failed'; readonly words: string };

function ourGroups({ incident, incidentGroups }: Release, vpc: string): readonly string[] {
  return (['contain', 'all-access'] as const).flatMap(
    (purpose) => findGroup(incidentGroups, { vpc, incident, purpose })?.id ?? [],
  );
}

function isInOurs(release: Release, now: HostInterface): boolean {
  return ourGroups(release, now.vpc).some((group) => sameGroups(now.groups, [group]));
}

/** Compare and set, three ways: what it was, what we left, what it is now. */
function weigh(release: Release, before: Before, now: HostInterface | undefined): Verdict {
  if (!now) return { kind: 'gone', words: `${before.id} is no longer attached` };
  if (sameGroups(now.groups, before.groups)) return { kind: 'as-captured' };
  if (!isInOurs(release, now)) {
    const left = groupWords(ourGroups(release, now.vpc).slice(0, 1));
    const words = `${before.id} was in ${groupWords(before.groups)}, we left it in ${left}, now it is in`;
    return { kind: 'changed', words: `${words} ${groupWords(now.groups)}; left alone` };
  }
  const missing = before.groups.filter((group) => !release.existing.has(group));
  if (missing.length === 0) return { kind: 'restore' };
  return { kind: 'failed', words: `${before.id} can't go back: ${groupWords(missing)} no longer exists; make it anew` };
}

function attachedLater(release: Release, now: readonly HostInterface[], captured: IsolateState): readonly Verdict[] {
  return now
    .filter((one) => !captured.interfaces.some(({ id }) => id === one.id) && isInOurs(release, one))
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
    const verdict = weigh(
      release,
      before,
      now.find((one) => one.id === before.id),
    );
    if (verdict.kind === 'restore') await setGroups(ec2, before.id, before.groups);
    verdicts.push(verdict);
  }
  return outcomeOf(capture.target, [...verdicts, ...attachedLater(release, now, captured)]);
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

/** Deletes the incident's groups in the VPCs of these captures, where nothing uses them any more. */
export async function removeGroups(release: Release, captures: readonly Capture[]): Promise<void> {
  const vpcs = new Set(captures.flatMap((capture) => isolateStateOf(capture).interfaces.map((one) => one.vpc)));
  for (const vpc of vpcs) {
    for (const group of ourGroups(release, vpc)) await deleteUnused(release.ec2, group);
  }
}
