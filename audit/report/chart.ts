import type { Standing } from '../../model/continuity.ts';
import { atLeastWords, percentWords } from '../../planner/words.ts';
import { shareAtLeast } from '../../planner/shares.ts';
import type { Course } from '../course.ts';
import type { Html } from './html.ts';
import { html } from './html.ts';

const size = { width: 640, height: 120, left: 44, right: 8, top: 10, bottom: 24 } as const;

/** One instant to the next, of the whole incident: every chart has the same axis. */
export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

/**
 * The line of one service: the share of sites in the floor's mode or better over time, as steps, with the floor drawn in, and thin, the share of those that
 * are normal.
 * Without a floor, the share of sites that are not down. A service with floors by tier shows the one with least above it.
 */
export function chart({ service, points }: Course, { fromMs, untilMs }: Span): Html {
  const [first] = points;
  if (!first) return html`<p>${service}: the histories hold no look at it.</p>`;
  const x = (at: number): number =>
    size.left + ((at - fromMs) / Math.max(1, untilMs - fromMs)) * (size.width - size.left - size.right);
  const y = (share: number): number => size.top + (1 - share) * (size.height - size.top - size.bottom);
  const lineOf = (height: (standing: Standing) => number): string =>
    points
      .map(({ at, standing }, index) => {
        const [left, top] = [x(Math.max(fromMs, Date.parse(at))).toFixed(1), y(height(standing)).toFixed(1)];
        return index === 0 ? `M${left} ${top}` : `H${left}V${top}`;
      })
      .join('');
  const path = lineOf(heightOf);
  const normal = lineOf(({ shares }) => shares.normal ?? 0);
  const { floor } = first.standing;
  const least = Math.min(...points.map(({ standing }) => heightOf(standing)));
  const mode = floor ? atLeastWords(floor.mode) : 'not down';
  const words = `${service}: at worst ${percentWords(least)} ${mode}${floor ? `; floor ${percentWords(floor.share)}` : ''}`;
  const floorLine = floor
    ? html`<line
          class="floor"
          x1="${size.left}"
          x2="${size.width - size.right}"
          y1="${y(floor.share).toFixed(1)}"
          y2="${y(floor.share).toFixed(1)}"
        />
        <text x="${size.width - size.right}" y="${(y(floor.share) + 11).toFixed(1)}" text-anchor="end"
          >floor ${percentWords(floor.share)}</text
        >`
    : undefined;
  return html`<figure>
    <svg role="img" viewBox="0 0 ${size.width} ${size.height}" aria-label="${words}">
      <line class="axis" x1="${size.left}" x2="${size.width - size.right}" y1="${y(0)}" y2="${y(0)}" />
      <text x="${size.left - 6}" y="${y(1) + 4}" text-anchor="end">100%</text>
      <text x="${size.left - 6}" y="${y(0)}" text-anchor="end">0%</text>
      <text x="${size.left}" y="${size.height - 6}">${clock(fromMs)}</text>
      <text x="${size.width - size.right}" y="${size.height - 6}" text-anchor="end">${clock(untilMs)}</text>
      ${floorLine}
      <path class="normal" d="${normal}H${size.width - size.right}" />
      <path class="course" d="${path}H${size.width - size.right}" />
    </svg>
    <figcaption>${words}.</figcaption>
  </figure>`;
}

function heightOf({ floor, shares }: Standing): number {
  if (floor?.tier !== undefined) return floor.actual;
  return shareAtLeast(sharesOf(shares), floor?.mode ?? 'manual');
}

function sharesOf(shares: Standing['shares']): Parameters<typeof shareAtLeast>[0] {
  return { normal: shares.normal, degraded: shares.degraded, manual: shares.manual, down: shares.down };
}

/** `13:02:31Z`. */
function clock(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 19)}Z`;
}
