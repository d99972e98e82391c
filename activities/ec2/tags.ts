/**
 * Tags on what we make or stop. Attackers with Describe rights can read them, so they hold an id and no words
 * (reference: AWS, *Order*).
 */
export const incidentTag = 'firedoor:incident';

/** On snapshots: `<incident>/<stage>/<instance>`, by which a set is found before another is made. */
export const stepTag = 'firedoor:step';

/** On an instance we stopped: the incident. Tells our stop from anybody else's. */
export const stoppedTag = 'firedoor:stopped';
