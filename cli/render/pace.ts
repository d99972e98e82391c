import { durationWords } from '../../model/duration.ts';

/** How long containing takes at least: what throttling makes of it, and nothing where no bucket runs empty. */
export function takesWords(atLeastMs: number): string {
  return atLeastMs === 0
    ? 'as long as AWS takes: no rate limit slows it'
    : `${durationWords(atLeastMs)} at least, by AWS rate limits`;
}

/** When everything is back, counted from the release. */
export function backAgainWords(backAgainMs: number): string {
  return backAgainMs === 0
    ? 'as soon as you say so'
    : `${durationWords(backAgainMs)} after you say so, at the earliest`;
}
