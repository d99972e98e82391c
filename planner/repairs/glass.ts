import { breakGlassGate } from '../../model/break-glass.ts';
import { durationWords } from '../../model/duration.ts';
import { quorumWords } from '../../model/quorum.ts';
import { breachesOf } from '../breach.ts';
import type { Context } from '../context.ts';
import type { Draft } from '../draft.ts';
import { orderWaivers, sortedTexts } from '../order.ts';
import { attempt } from './attempt.ts';
import type { Way } from './way.ts';

/**
 * The last way out of a floor: the least waivers with which the plan is clean. None where there can be none, such as in an
 * estate whose roster has too few people to break glass.
 */
export function glassWays(draft: Draft, context: Context): readonly Way[] {
  const falling = sortedTexts(breachesOf(draft, context).map(({ service }) => service));
  if (falling.length === 0) return [];
  const kept = context.breakGlass.filter(({ service }) => !falling.includes(service));
  const breakGlass = orderWaivers([...kept, ...falling.map((service) => ({ service }))]);
  const clean = attempt({ ...context, breakGlass }, draft.choice);
  if (!clean) return [];
  const { people, authority } = context.estate;
  const waivers = [...clean.draft.waivers];
  const gate = breakGlassGate({ waivers, roster: { people, authority, allowedSigners: '' } });
  const longestMs = Math.max(...waivers.map(({ untilMs }) => untilMs));
  const words = `break glass for ${durationWords(longestMs)}: ${quorumWords(gate?.quorum ?? {})}, a reason, a review`;
  const flags = falling.map((service) => `--break-glass ${service}`).join(' ');
  return [{ kind: 'break-glass', words, flags, clean }];
}
