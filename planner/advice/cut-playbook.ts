import { actions } from '../../model/actions/index.ts';
import type { ActionName } from '../../model/actions/names.ts';
import { authorityFor } from '../../model/authority.ts';
import type { AdviceRequest, CutThing } from '../../model/advice.ts';
import type { Estate } from '../../model/estate.ts';
import type { Playbook, Stage, Tier } from '../../model/playbook.ts';
import { covers } from '../../model/quorum.ts';

/** What a cut's playbook is made from. */
export interface PlaybookQuestion extends Pick<AdviceRequest, 'compromised' | 'releaseBy'> {
  readonly estate: Estate;
  readonly things: readonly CutThing[];
}

/** What a playbook does beside the cut itself. */
interface Extras {
  readonly evidence: boolean;
  readonly tiers: 'clean-first' | 'rebuilt-first' | 'none';
}

/** Most careful first; the last is the bare cut, which nothing but the estate itself can speak against. */
const extrasInOrder: readonly Extras[] = [
  { evidence: true, tiers: 'clean-first' },
  { evidence: true, tiers: 'rebuilt-first' },
  { evidence: false, tiers: 'clean-first' },
  { evidence: false, tiers: 'rebuilt-first' },
  { evidence: true, tiers: 'none' },
  { evidence: false, tiers: 'none' },
];

/** An approval where the estate asks for more people than the start does. */
function approval(action: ActionName, { leastQuorum, authority }: Estate): Pick<Stage, 'approve'> {
  const least = leastQuorum[actions[action].effect];
  const start = authorityFor('start', authority);
  if (!least || (typeof start !== 'string' && covers(start, least))) return {};
  return { approve: { quorum: least, within: 'PT10M', otherwise: 'deny' } };
}

function stagesOf({ estate, things, compromised }: PlaybookQuestion, evidence: boolean): readonly Stage[] {
  const ids = (kind: CutThing['kind']): string[] => things.filter((each) => each.kind === kind).map(({ id }) => id);
  const [principals, sessions, systems] = [ids('principal'), ids('sessions'), ids('system')];
  const contain = 'aws.iam.contain';
  const denySession = 'aws.iam.denySession';
  const isolate = 'aws.ec2.isolate';
  return [
    ...(principals.length === 0
      ? []
      : [{ name: 'credentials', action: contain, on: { principals }, ...approval(contain, estate) } as const]),
    ...(sessions.length === 0
      ? []
      : [
          {
            name: 'sessions',
            action: denySession,
            on: { systems: sessions },
            ...approval(denySession, estate),
          } as const,
        ]),
    ...(systems.length === 0
      ? []
      : [
          {
            name: 'cut-off',
            action: isolate,
            on: { systems },
            ...approval(isolate, estate),
            waves: { canary: 1, size: '25%' },
          } as const,
        ]),
    ...(evidence && compromised.length > 0
      ? [{ name: 'evidence', action: 'aws.ec2.snapshot', on: { systems: '$compromised' } } as const]
      : []),
  ];
}

function tiersOf({ things, compromised }: PlaybookQuestion, order: Extras['tiers']): readonly Tier[] {
  const systems = [...new Set(things.filter(({ kind }) => kind !== 'principal').map(({ id }) => id))];
  const [owned, clean] = [true, false].map((isOwned) => systems.filter((id) => compromised.includes(id) === isOwned));
  const tiers: Tier[] = [
    { name: 'clean', systems: clean ?? [], gate: ['probe'] },
    { name: 'rebuilt', systems: owned ?? [], gate: ['probe', { attest: 'rebuilt-from-clean-image' }] },
  ];
  if (order === 'none') return [];
  return (order === 'clean-first' ? tiers : tiers.toReversed()).filter((tier) => tier.systems.length > 0);
}

/**
 * Playbooks that contain a cut, most careful first: identities, then hosts with a canary, then evidence of what is
 * compromised, which is given back only when somebody attests that it was rebuilt.
 */
export function playbooksOf(question: PlaybookQuestion): readonly Playbook[] {
  return extrasInOrder.map(({ evidence, tiers }) => ({
    apiVersion: 'firedoor/v1',
    kind: 'Playbook',
    name: 'advice',
    parameters: { compromised: { type: 'systems', required: false, default: [...question.compromised] } },
    releaseBy: question.releaseBy,
    stages: [...stagesOf(question, evidence)],
    restore: { tiers: [...tiersOf(question, tiers)] },
  }));
}
