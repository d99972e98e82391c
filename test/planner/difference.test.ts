import { expect, test } from 'vitest';
import type { PlanHeader } from '../../model/plan.ts';
import { differences } from '../../planner/difference.ts';
import type { PlannerInputs } from '../../planner/plan.ts';
import { compilePlan } from '../../planner/plan.ts';
import { liveOf } from '../helpers/live-builder.ts';
import { attack, retail, sha256, shutBackOffice } from './retail.ts';

function header(parts: Partial<PlannerInputs> = {}): PlanHeader {
  const answer = compilePlan(attack({ except: ['till-gateway'], ...parts }), sha256);
  if (answer.kind === 'refused') throw new Error(JSON.stringify(answer.refusals));
  return answer.plan.header;
}

const shown = header();

test('the same plan has no difference', () => {
  expect(differences(shown, header())).toEqual([]);
});

test('a host that came moves the live reads and the waves it is in', () => {
  const live = liveOf(retail(), { hosts: { 'call-centre-vdi': 21, 'till-gateway': 3, directory: 3 } });
  expect(differences(shown, header({ live }))).toEqual([
    'what runs in AWS changed',
    'stage credentials affects 24 hosts instead of 23',
    'stage cut-off wave 3 has other targets, or they changed (7)',
    'stage cut-off wave 4 has other targets, or they changed (7)',
    'stage cut-off wave 5 has 4 targets instead of 3',
    'stage evidence wave 1 has 24 targets instead of 23',
    'restore tier people wave 6 has other targets, or they changed (3)',
    'restore tier people wave 7 has other targets, or they changed (3)',
    'restore tier people wave 8 has 3 targets instead of 2',
  ]);
});

test('parameters, exceptions, roster and keys are told apart', () => {
  const estate = retail();
  const [ada, , bo] = estate.people;
  if (!ada || !bo) throw new Error('the retailer has three people');
  const people = [ada, { ...bo, roles: ['ir-lead', 'platform'] }, { id: 'di@example.org', roles: ['ir-lead'] }];
  const now = header({
    estate: { ...estate, people, authority: { release: { platform: 1 } } },
    allowedSigners: 'x',
    revocations: 'eA==',
    except: ['card-link', 'till-gateway'],
  });
  expect(differences(shown, now)).toEqual([
    'the estate test-estate changed',
    'left out: card-link, till-gateway, instead of till-gateway',
    'person bo@example.org is ir-lead, platform instead of platform',
    'person di@example.org is new',
    'person cy@example.org is gone',
    'the keys in allowed_signers changed',
    'the list of revoked keys changed',
    'who may say what (authority) changed',
  ]);
});

test('stages, gates, tiers and services are named', () => {
  const book = shutBackOffice();
  const [credentials, cutOff] = book.stages;
  if (!credentials || !cutOff?.approve) throw new Error('the playbook has three stages');
  const now = header({
    playbook: {
      ...book,
      stages: [
        {
          ...cutOff,
          approve: { ...cutOff.approve, quorum: { platform: 1 } },
          on: { systems: ['card-link', 'directory'] },
        },
        { ...credentials, name: 'keys' },
      ],
      restore: { tiers: [{ name: 'identity', systems: ['card-link', 'directory'], gate: [] }] },
    },
  });
  const lines = differences(shown, now);
  expect(lines).toEqual(
    expect.arrayContaining([
      'the playbook test-playbook changed',
      'gate of stage cut-off asks for 1 platform instead of 1 ir-lead and 1 platform',
      'stage keys is new',
      'stage evidence is gone',
      'stage cut-off has 4 waves instead of 5',
      'restore tier identity holds other systems',
      'restore tier identity no longer waits for probes',
      'gate of restore tier identity asks for no gate instead of 1 ir-lead',
      'restore tier people is gone',
      'service store-tills at worst: degraded everywhere, instead of stays normal',
    ]),
  );
});

test('what no line names is still a difference', () => {
  expect(differences(shown, { ...shown, permissions: [] })).toEqual(['other parts of the plan changed']);
});
