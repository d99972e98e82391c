import { z } from 'zod';

/**
 * Every numbered message: what it means and what to do. Printed by `firedoor explain FD-nnn`.
 * 1nn input, 2nn planning and guard, 3nn decisions, 4nn containment, 5nn the machinery.
 */
export const codes = {
  'FD-101': {
    title: 'a file is invalid',
    meaning: 'An estate, playbook, plan or decision file does not fit its schema. Every problem is listed at once.',
    remedy:
      'Mend each line named; `firedoor schema estate` (or playbook, plan, decision) prints the schema for your editor.',
  },
  'FD-102': {
    title: 'a parameter is missing or unknown',
    meaning: 'The playbook asks for a parameter that was not given, or was given one it does not have.',
    remedy: 'Give each required parameter once: -p compromised=call-centre-vdi,directory.',
  },
  'FD-201': {
    title: 'a wave would take a protected service below its floor',
    meaning: 'With the wave contained, too few sites would be left in the mode the floor asks for.',
    remedy: 'Take one of the repairs shown, each of which was planned, or change the playbook.',
  },
  'FD-202': {
    title: 'a target must never be touched',
    meaning: 'The estate lists it under neverTouch: containing it would cut off the responders themselves.',
    remedy: 'Leave it out with --except.',
  },
  'FD-203': {
    title: 'a gate asks for less than the estate demands',
    meaning:
      'leastQuorum sets how many people must sign for an action of this effect; a playbook may ask for more, never less.',
    remedy: 'Raise the quorum of the stage, or give it an approve block.',
  },
  'FD-204': {
    title: 'the roster cannot fill a gate',
    meaning: 'Too few people hold the roles the gate asks for, not counting whoever starts the incident.',
    remedy: 'Name more people in the estate, or ask for other roles.',
  },
  'FD-205': {
    title: 'a stage has nothing to act on',
    meaning: 'Its selector matched no target that exists now, or --narrow names a stage without a role to narrow.',
    remedy: 'Check the selector, the tags in AWS, and what --except leaves over.',
  },
  'FD-206': {
    title: 'a restore tier stands before what it needs',
    meaning: 'Its systems need others that a later tier gives back, so its probes could not pass.',
    remedy: 'Reorder the tiers, needs first.',
  },
  'FD-207': {
    title: 'the plan is too large for one incident',
    meaning: 'Compressed, it would not fit the size that Temporal allows for one payload.',
    remedy: 'Split the playbook by zone and start one incident each.',
  },
  'FD-208': {
    title: 'an action does not fit its target',
    meaning: 'The action cannot work on what the selector matched, such as rotating the keys of a role.',
    remedy: 'Narrow the selector, or leave the target out.',
  },
  'FD-209': {
    title: 'the plan is stale',
    meaning:
      'Planned again at the start, from the same inputs, it came out different: the world moved, or the estate did.',
    remedy: 'Read the difference, plan again, and sign the new plan.',
  },
  'FD-210': {
    title: 'the guard holds a wave',
    meaning: 'On the facts of the moment the wave would break a floor, so the incident holds and nothing was called.',
    remedy: 'Wait for the service to recover and resume, skip the stage, abort, or release.',
  },
  'FD-211': {
    title: 'another incident is at work on the same targets',
    meaning:
      'Two incidents on one target share its state before; the later one waits until the earlier is done there, and this one holds since the other does, or was ended from outside.',
    remedy: 'Settle the other incident and resume; or skip, abort or release this one. `firedoor list` shows both.',
  },
  'FD-212': {
    title: 'a floor cannot be waived',
    meaning:
      'Breaking glass lowers a floor of a protected service for a time. This service is not protected, what was asked for is no less than its floors are, or it is not said until when.',
    remedy: 'Leave the waiver out, or say how far the service may fall and until when.',
  },
  'FD-301': {
    title: 'a decision was denied',
    meaning:
      'It was recorded, and did not count. The reason is beside it: wrong key, role, plan, incident, gate or time.',
    remedy: 'Sign again with the key in allowed_signers, for this plan and gate, before it expires.',
  },
  'FD-401': {
    title: 'AWS refused a call',
    meaning:
      'The worker is not permitted to make it, or its credentials are gone. The wave stopped and the incident holds.',
    remedy: 'Give the role the permission named and resume, or skip, abort or release.',
  },
  'FD-402': {
    title: 'an effect could not be verified',
    meaning: 'The call was accepted, but a read does not show its effect.',
    remedy: 'Look at the target in AWS; then resume, which tries again, or skip.',
  },
  'FD-403': {
    title: 'a target is gone or changed',
    meaning: 'Since the plan it vanished, or is no longer what was signed for. It was left alone.',
    remedy: 'Nothing to do for a target that vanished; plan again for one that changed.',
  },
  'FD-501': {
    title: 'no Temporal Service can be reached',
    meaning: 'firedoor keeps all state there.',
    remedy: 'Check TEMPORAL_ADDRESS or temporal.toml, or start a local one with `firedoor dev`.',
  },
  'FD-502': {
    title: 'no worker answers',
    meaning: 'Nobody polls the task queue, so nothing can be planned or done.',
    remedy: 'Start `firedoor worker` with its configuration.',
  },
  'FD-503': {
    title: 'a tool is missing',
    meaning: 'A program that firedoor calls was not found.',
    remedy: 'Install it; the message says where it was looked for.',
  },
  'FD-504': {
    title: "the estate's ledger is not whole",
    meaning:
      'Nothing acts before it is known what other incidents hold. The ledger is made whole from every open incident and from our marks in every account, and one of them does not answer.',
    remedy: 'Mend what the message names, or end that incident; then resume.',
  },
} as const satisfies Record<string, { title: string; meaning: string; remedy: string }>;

export type Code = keyof typeof codes;

/** The codes a refusal of the planner or guard can carry. */
export const refusalCode = z.enum([
  'FD-102',
  'FD-201',
  'FD-202',
  'FD-203',
  'FD-204',
  'FD-205',
  'FD-206',
  'FD-207',
  'FD-208',
  'FD-212',
]);
