import type { AdvisedService, WeighedCut } from '../../model/advice.ts';
import type { Contained, Standing } from '../../model/continuity.ts';
import type { Continuity } from '../continuity.ts';
import { noClocks } from '../continuity.ts';
import type { Ground } from '../ground.ts';
import { nothingContained } from '../contained.ts';
import { weigh } from '../guard.ts';
import { lossOf, roundedLoss, shareLost } from '../loss.ts';
import { forecastOf } from '../shares.ts';
import type { Thing } from './things.ts';
import { containedThings } from './things.ts';

/** What cuts are weighed with: the continuity function that plans and guards go by, and when all of it is due back. */
export interface Scales {
  readonly ground: Ground;
  /** Of the whole estate. */
  readonly continuity: Continuity;
  readonly horizonMs: number;
}

/** How services stand just before what is contained is due back: time makes nothing better while it is. */
function standingsAtWorst({ continuity, horizonMs }: Scales, contained: Contained): readonly Standing[] {
  const course = continuity.course({ contained, failing: [], dueMs: new Map(), untilMs: horizonMs - 1 });
  return course.at(-1)?.standings ?? [];
}

/** Protected services that the guard would find below a floor if things were contained all at once, now or by time. */
export function breachedBy(things: readonly Thing[], { ground, continuity, horizonMs }: Scales): readonly string[] {
  const { baseline } = ground;
  const wave = containedThings(things, { baseline: nothingContained });
  const dueMs = new Map([...wave.hosts, ...wave.principals].map((id) => [id, horizonMs] as const));
  const times = { nowMs: 0, clocks: noClocks, dueMs };
  return weigh(continuity, { contained: baseline, wave, failing: [], times }).breached;
}

function serviceOf(
  position: number,
  { estate }: Ground,
  [before, after]: readonly [Standing, Standing],
): Omit<AdvisedService, 'breaks'> {
  const service = estate.services[position];
  return {
    name: after.service,
    protected: after.protected,
    value: service?.value ?? 0,
    floor: service?.floor ?? [],
    before: forecastOf(before),
    after: forecastOf(after),
    lost: roundedLoss(shareLost(after)),
  };
}

/** Weighs a cut by the continuity function. */
export function weighCut(
  scales: Scales,
  things: readonly Thing[],
  told: Pick<WeighedCut, 'things' | 'left' | 'stillReached'>,
): WeighedCut {
  const { ground } = scales;
  const before = standingsAtWorst(scales, ground.baseline);
  const after = standingsAtWorst(scales, containedThings(things, ground));
  const breached = new Set(breachedBy(things, scales));
  return {
    ...told,
    loss: lossOf(after, ground.estate),
    lossBefore: lossOf(before, ground.estate),
    lossAtMost: roundedLoss(ground.estate.services.reduce((sum, { value }) => sum + value, 0)),
    services: after.map((standing, position) => ({
      ...serviceOf(position, ground, [before[position] ?? standing, standing]),
      breaks: breached.has(standing.service),
    })),
  };
}
