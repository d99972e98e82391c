import { countWords, listWords, percentWords } from '../../planner/words.ts';
import type { Course } from '../course.ts';
import type { Story } from '../story/story.ts';
import type { TargetStory } from './targets.ts';

/** What a report is made from. */
export interface Findings {
  readonly story: Story;
  readonly courses: readonly Course[];
  readonly targets: readonly TargetStory[];
}

/** What happened, in five sentences. */
export function sentences({ story, courses, targets }: Findings): readonly string[] {
  const { rulings, plan, incident, status, happenings } = story;
  const [start] = rulings;
  const by = start?.decision?.by ?? 'somebody';
  const estate = plan?.header.estate.name ?? status?.estate ?? 'an estate';
  const playbook = plan?.header.playbook.name ?? status?.playbook ?? 'a playbook';
  const accepted = rulings.filter(({ verdict }) => verdict === 'accepted').length;
  const denied = rulings.filter(({ verdict }) => verdict === 'denied').length;
  const contained = new Set(targets.filter(({ doneAt }) => doneAt !== undefined).map(({ target }) => target)).size;
  const open = new Set(targets.filter(({ isOpen }) => isOpen).map(({ target }) => target)).size;
  const end = happenings.findLast((each) => each.kind === 'end' && !each.isChild);
  const over = end
    ? `ended at ${end.at}`
    : `was ${status?.phase ?? 'open'} when it was exported at ${story.exportedAt}`;
  return [
    `${by} started ${incident} at ${start?.at ?? 'an unknown time'} with the playbook ${playbook} on ${estate}: "${start?.decision?.reason ?? 'no reason'}".`,
    `${countWords(rulings.length)} decisions were sent: ${countWords(accepted)} accepted, ${countWords(denied)} denied.`,
    `${countWords(contained)} of ${countWords(new Set(targets.map(({ target }) => target)).size)} targets were changed, and reads showed it.`,
    floorsSentence(courses),
    `${open === 0 ? 'Everything that was to be given back was given back' : `${countWords(open)} ${open === 1 ? 'target was' : 'targets were'} not given back`}; the incident ${over}.`,
  ];
}

function floorsSentence(courses: readonly Course[]): string {
  const guarded = courses.filter((course) => course.protected && course.points.length > 0);
  if (guarded.length === 0) return 'The histories hold no look at a protected service.';
  const broken = guarded.flatMap(({ service, points }) => {
    const breach = points.find(({ standing }) => standing.floor?.holds === false);
    return breach ? [`${service} (${percentWords(breach.standing.floor?.actual ?? 0)} at ${breach.at})`] : [];
  });
  if (broken.length > 0) return `At some look, these were below their floor: ${listWords(broken)}.`;
  const names = listWords(guarded.map(({ service }) => service));
  return `At every look, these were at or above their floor: ${names}.`;
}
