import { z } from 'zod';
import { openingVerb } from './break-glass.ts';
import { gateCode } from './gate-code.ts';
import type { GateStatus, HoldStatus } from './incident.ts';
import { incidentId, instant, name } from './names.ts';
import { quorumWords } from './quorum.ts';

/** What happens to an incident as a whole, or stops it. Each is told with nothing but the incident's name. */
const plainKinds = [
  'started',
  'waiver',
  'waiver-ended',
  'review-due',
  'guard-refused',
  'aws-refused',
  'unverified',
  'undo-failed',
  'overlap',
  'ledger-unready',
  'held',
  'contained',
  'releasing',
  'released',
  'closed',
] as const;
const gateEndKinds = ['gate-denied', 'gate-expired'] as const;
const clockKinds = ['clock-half', 'clock-three-quarters', 'clock-ended'] as const;

/** Everything people can be told of. */
export const notificationKinds = ['gate-opened', ...gateEndKinds, ...clockKinds, ...plainKinds] as const;
export type NotificationKind = (typeof notificationKinds)[number];

const ofGate = {
  code: gateCode,
  /** Who may answer there. */
  roles: z.array(name).min(1).max(50),
};
const gateOpened = z.strictObject({
  kind: z.literal('gate-opened'),
  ...ofGate,
  /** Seats still empty, by role. */
  awaits: z.record(name, z.number().int().min(1).max(9)),
  /** How many attestations are missing. What is attested is the playbook's word, and stays at home. */
  attestations: z.number().int().min(0),
  /** Without an answer by then it is denied. */
  deadline: instant.optional(),
  /** How it is answered, where that is not `approve` or `attest`. */
  verb: z.enum(['break-glass', 'review']).optional(),
});
const gateEnded = z.strictObject({ kind: z.enum(gateEndKinds), ...ofGate });
/** A clock, by its end alone: which service or tier it is of is behind the link. */
const clock = z.strictObject({ kind: z.enum(clockKinds), ends: instant });
const plain = z.strictObject({ kind: z.enum(plainKinds) });

/**
 * What an incident has to tell. There is no field for a stage, a system, a target, a service, a person, an argument or a
 * reason, so that none of them can get out this way: people look behind the link, or by the code.
 */
const telling = z.discriminatedUnion('kind', [gateOpened, gateEnded, clock, plain]);
export type Telling = z.infer<typeof telling>;

/** Something told: the same `id` each time it is tried, so that a receiver can drop what it has. */
export const told = z.strictObject({ id: z.uuid(), at: instant, telling });
export type Told = z.infer<typeof told>;

const common = {
  schema: z.literal('firedoor/notification/v1'),
  id: z.uuid(),
  incident: incidentId,
  at: instant,
  /** One sentence made of the other fields, for a person. */
  text: z.string().max(500),
  /** Where to look, by the workers' own template. */
  link: z.string().max(1_000).optional(),
};

/** The body a webhook receives (docs/notifications.md). */
export const notification = z.discriminatedUnion('kind', [
  gateOpened.extend(common),
  gateEnded.extend(common),
  clock.extend(common),
  plain.extend(common),
]);
export type Notification = z.infer<typeof notification>;

/** The body of something told. `link` is a template: `{incident}` in it is replaced, percent-encoded. */
export function notificationOf(
  { id, at, telling: said }: Told,
  { incident, link }: { readonly incident: string; readonly link?: string | undefined },
): Notification {
  const where = link === undefined ? {} : { link: link.replaceAll('{incident}', () => encodeURIComponent(incident)) };
  return { schema: 'firedoor/notification/v1', id, incident, at, ...said, text: wordsOf(incident, said), ...where };
}

function wordsOf(incident: string, said: Telling): string {
  switch (said.kind) {
    case 'gate-opened':
      return openedWords(incident, said);
    case 'gate-denied':
      return `${incident} holds: gate ${said.code} was denied. Look: firedoor status ${incident}`;
    case 'gate-expired':
      return `${incident} holds: gate ${said.code} got no answer in time, which means denied. Look: firedoor status ${incident}`;
    case 'clock-half':
    case 'clock-three-quarters':
    case 'clock-ended':
      return `${incident} ${clockWords[said.kind]} ${timeWords(said.ends)}. Look: firedoor status ${incident}`;
    case 'started':
    case 'waiver':
    case 'waiver-ended':
    case 'review-due':
    case 'guard-refused':
    case 'aws-refused':
    case 'unverified':
    case 'undo-failed':
    case 'overlap':
    case 'ledger-unready':
    case 'held':
    case 'contained':
    case 'releasing':
    case 'released':
    case 'closed':
      return `${incident} ${plainWords[said.kind]}. Look: firedoor status ${incident}`;
  }
}

const plainWords: Readonly<Record<(typeof plainKinds)[number], string>> = {
  started: 'has started',
  waiver: 'has broken glass: a floor is waived for a time',
  'waiver-ended': 'holds: a waiver has ended, and its floor does not hold',
  'review-due': 'still waits for the review of what was waived',
  'guard-refused': 'holds: the guard stopped a wave',
  'aws-refused': 'holds: AWS refused',
  unverified: 'holds: an effect could not be verified',
  'undo-failed': 'holds: something could not be given back',
  overlap: 'holds: another incident is at work on the same targets',
  'ledger-unready': 'holds: what other incidents hold is not known',
  held: 'holds, since somebody said so',
  contained: 'is contained, and waits for a release',
  releasing: 'gives back what it contained',
  released: 'has given everything back',
  closed: 'is closed',
};

const clockWords: Readonly<Record<(typeof clockKinds)[number], string>> = {
  'clock-half': 'has a clock that is half gone, and ends at',
  'clock-three-quarters': 'has a clock of which a quarter is left: it ends at',
  'clock-ended': 'has a clock that ended at',
};

/** `13:12 UTC on 2025-04-22`. */
function timeWords(at: string): string {
  return `${at.slice(11, 16)} UTC on ${at.slice(0, 10)}`;
}

function openedWords(incident: string, opened: z.infer<typeof gateOpened>): string {
  const { code, awaits, attestations, deadline } = opened;
  const people = Object.keys(awaits).length === 0 ? [] : [quorumWords(awaits)];
  const attested = attestations === 0 ? [] : [`${attestations} attestation${attestations === 1 ? '' : 's'}`];
  const until = deadline === undefined ? '' : `, until ${timeWords(deadline)}`;
  const verb = opened.verb ?? (people.length === 0 ? 'attest' : 'approve');
  return `${incident} waits for ${[...people, ...attested].join(' and ')}${until}. Look and sign: firedoor ${verb} ${code}`;
}

/** What is told of a gate as it stands; nothing of one that is met, or has not opened. */
export function tellingOfGate(gate: GateStatus): Telling | undefined {
  const { code, state, quorum, missing, missingAttestations, deadline } = gate;
  if (code === undefined || state === 'met') return undefined;
  const roles = Object.keys(quorum).toSorted();
  if (state !== 'open') return { kind: `gate-${state}`, code, roles };
  const attestations = missingAttestations.length;
  const awaits = { ...missing };
  const verb = openingVerb(gate.id);
  return {
    kind: 'gate-opened',
    code,
    roles,
    awaits,
    attestations,
    ...(deadline === undefined ? {} : { deadline }),
    ...(verb === 'approve' ? {} : { verb }),
  };
}

/** What is told when an incident begins to hold, by the cause. A gate's end is told with its code, at the gate. */
export const kindOfHold: Readonly<Record<HoldStatus['cause'], (typeof plainKinds)[number] | undefined>> = {
  hold: 'held',
  guard: 'guard-refused',
  aws: 'aws-refused',
  unverified: 'unverified',
  undo: 'undo-failed',
  overlap: 'overlap',
  ledger: 'ledger-unready',
  waiver: 'waiver-ended',
  denied: undefined,
  expired: undefined,
};

/** Whom a receiver reaches. What is absent is not narrowed. */
export interface Audience {
  readonly kinds?: readonly NotificationKind[] | undefined;
  /** Narrows what is told of gates; everything else concerns everybody. */
  readonly roles?: readonly string[] | undefined;
}

/** Whether a receiver is told of something. */
export function hears({ kinds, roles }: Audience, said: Telling): boolean {
  if (kinds !== undefined && !kinds.includes(said.kind)) return false;
  return roles === undefined || !('roles' in said) || said.roles.some((role) => roles.includes(role));
}

/** Roles that are told of gates that open: all of them, or these. */
export type ToldRoles = 'all' | readonly string[];

/** Whom a set of receivers tells of gates that open. */
export function rolesTold(audiences: readonly Audience[]): ToldRoles {
  const listening = audiences.filter(({ kinds }) => kinds === undefined || kinds.includes('gate-opened'));
  if (listening.some(({ roles }) => roles === undefined)) return 'all';
  return [...new Set(listening.flatMap(({ roles }) => roles ?? []))].toSorted();
}
