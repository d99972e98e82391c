import { expect, test } from 'vitest';
import { compilePlan } from '../../planner/plan.ts';
import type { Plan } from '../../model/plan.ts';
import { targetsSince } from '../../planner/since.ts';
import { liveOf } from '../helpers/live-builder.ts';
import { attack, retail, sha256 } from './retail.ts';

function planOf(hosts: Readonly<Record<string, number>>): Plan {
  const answer = compilePlan(
    attack({ except: ['till-gateway'], live: liveOf(retail(), { hosts: { ...hosts, 'till-gateway': 3 } }) }),
    sha256,
  );
  if (answer.kind === 'refused') throw new Error('refused');
  return answer.plan;
}

test('targets that came or went, each once whatever stages they are in, with the systems they had', () => {
  const [last, now] = [planOf({ directory: 3 }), planOf({ 'call-centre-vdi': 2, directory: 1 })];
  expect(targetsSince(last, now)).toEqual({
    came: [{ id: 'i-call-centre-vdi-2', systems: ['call-centre-vdi'] }],
    went: [
      { id: 'i-directory-2', systems: ['directory'] },
      { id: 'i-directory-3', systems: ['directory'] },
    ],
  });
  expect(targetsSince(now, now)).toEqual({ came: [], went: [] });
});
