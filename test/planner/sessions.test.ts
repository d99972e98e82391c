import { describe, expect, it } from 'vitest';
import { compilePlan } from '../../planner/plan.ts';
import type { PlanAnswer } from '../../planner/plan.ts';
import { estate, service, system } from '../helpers/estate-builder.ts';
import { liveOf, runningWith } from '../helpers/live-builder.ts';
import { playbook } from '../helpers/playbook-builder.ts';
import { sha256 } from './retail.ts';

const fleet = 'aws.iam.role:retail/fleet';

interface Case {
  readonly hosts?: number;
  readonly withRole?: number;
  readonly capacity?: number;
  readonly neverTouch?: readonly string[];
}

/** Tills on gateways that run with one role, whose sessions are denied. */
function plan({ hosts = 3, withRole = hosts, capacity = 1, neverTouch = [] }: Case = {}): PlanAnswer {
  const own = estate({
    principals: [{ id: fleet }],
    systems: [system('gateway', { capacity: { hosts: capacity }, uses: [fleet] })],
    services: [service('tills', { modes: { normal: { needs: 'gateway' } } })],
    neverTouch: [...neverTouch],
  });
  const roles = { gateway: Array.from({ length: withRole }, () => fleet) };
  const stages = [{ name: 'sessions', action: 'aws.iam.denySession' as const, on: { systems: ['gateway'] } }];
  return compilePlan(
    {
      estate: own,
      playbook: playbook({ parameters: {}, stages }),
      parameters: {},
      except: [],
      narrow: [],
      live: liveOf(own, { hosts: { gateway: hosts }, roles }),
      allowedSigners: '',
    },
    sha256,
  );
}

const codes = (answer: PlanAnswer): readonly string[] =>
  answer.kind === 'refused' ? answer.refusals.map(({ code }) => code) : [];

describe('a stage that denies sessions', () => {
  it('acts on hosts that run with a role, and signs which one; others are no targets', () => {
    const answer = plan({ withRole: 2 });
    const chunks = answer.kind === 'plan' ? Object.values(answer.plan.chunks) : [];
    const targets = chunks.flatMap((chunk) => (chunk.kind === 'contain' ? chunk.targets : []));
    expect(targets).toMatchObject([
      { id: 'i-gateway-1', before: { role: runningWith(fleet) } },
      { id: 'i-gateway-2', before: { role: runningWith(fleet) } },
    ]);
  });

  it('has nothing to act on where no host runs with a role', () => {
    expect(codes(plan({ withRole: 0 }))).toEqual(['FD-205']);
  });

  it('loses the hosts and not the role: the system stands while enough others run', () => {
    expect(plan({ hosts: 3, withRole: 2 }).kind).toBe('plan');
    expect(codes(plan({ hosts: 3, withRole: 2, capacity: 2 }))).toEqual(['FD-201']);
  });

  it('is refused where the role must never be touched, since it is written to', () => {
    expect(codes(plan({ withRole: 1, neverTouch: [fleet] }))).toEqual(['FD-202']);
    expect(codes(plan({ withRole: 1, neverTouch: ['aws.iam.role:retail/other'] }))).toEqual([]);
  });

  it('is refused where a role has no room for all of its hosts', () => {
    expect(plan({ hosts: 60, withRole: 50 }).kind).toBe('plan');
    const answer = plan({ hosts: 60, withRole: 51 });
    expect(codes(answer)).toEqual(['FD-208']);
    expect(answer.kind === 'refused' && answer.refusals[0]?.facts[0]?.text).toBe(
      `i-gateway-1: 51 hosts run with ${fleet}, and its policies have room for 50`,
    );
  });
});
