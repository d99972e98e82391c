import type { ScenarioName } from '../scenario/scenarios.ts';
import { approved } from './approved.ts';
import { audited } from './audited.ts';
import { contained } from './contained.ts';
import { killed, killWorker } from './killed.ts';
import { logistics } from './logistics.ts';
import type { PartResult, Story } from './part.ts';
import { refused } from './refused.ts';
import { released } from './released.ts';
import { sharedRole } from './shared-role.ts';
import { twoIncidents } from './two-incidents.ts';

/** What is told in a scenario: its parts, in order. */
interface Telling {
  readonly tell: (story: Story) => Promise<readonly PartResult[]>;
  /** Services whose floor the story lets break; its own parts say how far and how long. */
  readonly mayBreak?: readonly string[];
}

/** The whole story in its six parts. */
async function whole(story: Story): Promise<readonly PartResult[]> {
  const first = await refused(story);
  const second = await approved(story);
  const killing = await killWorker(story);
  const third = await contained(story);
  const fourth = await killed(story, killing);
  return [first, second, third, fourth, await released(story), await audited(story)];
}

/** The story of each scenario. */
export const stories: Readonly<Record<ScenarioName, Telling>> = {
  small: { tell: whole },
  'retail-and-funeralcare': { tell: whole },
  logistics: { tell: logistics },
  'shared-role': { tell: sharedRole },
  'two-incidents': { tell: twoIncidents },
};
