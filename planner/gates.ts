import { actions } from '../model/actions/index.ts';
import { authorityFor, holdsARole } from '../model/authority.ts';
import { openingVerb } from '../model/break-glass.ts';
import { durationMs } from '../model/duration.ts';
import type { Estate } from '../model/estate.ts';
import type { GateDefinition } from '../model/plan.ts';
import type { Stage, Tier } from '../model/playbook.ts';
import type { Person, Quorum } from '../model/quorum.ts';
import { covers, missingFrom, quorumWords } from '../model/quorum.ts';
import type { Refusal } from '../model/refusal.ts';

const oneLead: Quorum = { 'ir-lead': 1 };

function verbQuorum(verb: 'start' | 'release', { authority }: Estate): Quorum {
  const required = authorityFor(verb, authority);
  return typeof required === 'string' ? oneLead : required;
}

/** The gate of a stage, from its `approve`; a stage without one runs on the signed start. */
export function stageGate({ name, approve }: Stage): GateDefinition | undefined {
  return approve && { id: name, quorum: approve.quorum, withinMs: durationMs(approve.within), attest: [] };
}

/**
 * The gate of a tier, `restore/<tier>`, from its `approve` and what must be attested. One that only asks for attestations
 * asks for the release's own quorum too.
 */
export function tierGate(tier: Tier, estate: Estate): GateDefinition | undefined {
  const attest = tier.gate.flatMap((each) => (each === 'probe' ? [] : [each.attest]));
  if (!tier.approve && attest.length === 0) return undefined;
  return { id: `restore/${tier.name}`, quorum: tier.approve?.quorum ?? verbQuorum('release', estate), attest };
}

/** A stage as it would run, and the place in the playbook of the one it was made from. */
export interface PlacedStage {
  readonly stage: Stage;
  readonly index: number;
}

/** FD-203 where a stage asks fewer people than the estate demands for its action's effect. */
export function leastQuorumProblems(estate: Estate, stages: readonly PlacedStage[]): readonly Refusal[] {
  return stages.flatMap(({ stage: { name, action, approve }, index }) => {
    const { effect } = actions[action];
    const least = estate.leastQuorum[effect];
    const asked = approve?.quorum ?? verbQuorum('start', estate);
    if (!least || covers(asked, least)) return [];
    const found = approve ? quorumWords(asked) : `no approve block: the start's ${quorumWords(asked)}`;
    const path = approve ? ['stages', index, 'approve', 'quorum'] : ['stages', index];
    return [
      {
        code: 'FD-203' as const,
        message: `stage ${name} asks fewer people than the estate demands for the effect ${effect}.`,
        facts: [
          { label: 'found', text: found, at: { document: 'playbook' as const, path } },
          {
            label: 'at least',
            text: quorumWords(least),
            at: { document: 'estate' as const, path: ['leastQuorum', effect] },
          },
        ],
        repairs: [],
      },
    ];
  });
}

interface Unfilled {
  readonly gate: GateDefinition;
  readonly missing: Quorum;
}

function unfilledWithout(
  starter: Person,
  gates: readonly GateDefinition[],
  people: readonly Person[],
): readonly Unfilled[] {
  const others = people.filter(({ id }) => id !== starter.id);
  return gates
    .map((gate) => ({ gate, missing: missingFrom(gate.quorum, others) }))
    .filter(({ missing }) => Object.keys(missing).length > 0);
}

function seatsIn(unfilled: readonly Unfilled[]): number {
  return unfilled.flatMap(({ missing }) => Object.values(missing)).reduce((sum, count) => sum + count, 0);
}

type Where = NonNullable<Refusal['facts'][number]['at']>;

/** Where a gate is written: its stage or tier, or for those of waivers who may fill them. */
function gatePlace({ id }: GateDefinition, stages: readonly PlacedStage[], tiers: readonly Tier[]): Where {
  const verb = openingVerb(id);
  if (verb !== 'approve') return { document: 'estate', path: ['authority', verb] };
  const placed = stages.find(({ stage }) => stage.name === id);
  if (placed) return { document: 'playbook', path: ['stages', placed.index, 'approve', 'quorum'] };
  const tier = tiers.findIndex(({ name }) => `restore/${name}` === id);
  return { document: 'playbook', path: ['restore', 'tiers', tier] };
}

/** What the roster is held against. */
export interface RosterQuestion {
  readonly estate: Estate;
  readonly stages: readonly PlacedStage[];
  readonly tiers: readonly Tier[];
  readonly gates: readonly GateDefinition[];
}

function refuse(message: string, facts: Refusal['facts']): Refusal {
  return { code: 'FD-204', message, facts, repairs: [] };
}

/**
 * FD-204 for every gate that stays unfilled whoever starts, since the starter fills no seat. Told for the starter who
 * leaves the fewest seats empty.
 */
export function rosterProblems({ estate, stages, tiers, gates }: RosterQuestion): readonly Refusal[] {
  const startQuorum = verbQuorum('start', estate);
  const starters = estate.people.filter((person) => holdsARole(person, startQuorum));
  if (starters.length === 0) {
    const text = `somebody of ${quorumWords(startQuorum)}`;
    const at = { document: 'estate' as const, path: ['people'] };
    return [refuse('nobody in the roster may start an incident.', [{ label: 'needed', text, at }])];
  }
  const cases = starters.map((starter) => ({ starter, unfilled: unfilledWithout(starter, gates, estate.people) }));
  const best = cases.reduce((one, other) => (seatsIn(other.unfilled) < seatsIn(one.unfilled) ? other : one));
  return best.unfilled.map(({ gate, missing }) =>
    refuse(`the roster cannot fill gate ${gate.id}: ${quorumWords(missing)} missing.`, [
      {
        label: 'asks for',
        text: quorumWords(gate.quorum),
        at: gatePlace(gate, stages, tiers),
      },
      {
        label: 'not counted',
        text: `${best.starter.id}, or whoever else starts the incident`,
        at: { document: 'estate', path: ['people'] },
      },
    ]),
  );
}
