import { sha256 } from '../../../documents/digest.ts';
import { canonical } from '../../../model/canonical.ts';
import type { Plan, PlanFile, PlanHeader, Roster } from '../../../model/plan.ts';

const digest = `sha256:${'0'.repeat(64)}`;

/** A plan of three stages and two tiers; only its header matters to who signs. */
export function samplePlan(roster: Roster, change: (header: PlanHeader) => PlanHeader = (header) => header): Plan {
  const slice = { systems: [], services: [] };
  const header = change(sampleHeader(roster, sha256(canonical(slice))));
  return {
    apiVersion: 'firedoor/v1',
    kind: 'Plan',
    digest: sha256(canonical(header)),
    header,
    slice,
    chunks: {},
    unknowns: { unclaimedInstances: [], claimedTwice: [], servicesWithoutProbe: [], unlistedRoles: [] },
    narrower: [],
  };
}

/** The file of a plan, planned at 13:00 and to be started by 13:30. */
export function samplePlanFile(plan: Plan, change: Partial<PlanFile> = {}): PlanFile {
  return {
    schema: 'firedoor/plan/v1',
    plan: { ...plan, header: { ...plan.header }, chunks: {} },
    playbook: {
      apiVersion: 'firedoor/v1',
      kind: 'Playbook',
      name: plan.header.playbook.name,
      parameters: {},
      releaseBy: 'P3D',
      stages: [{ name: 'cut-off', action: 'aws.ec2.isolate', on: { systems: ['directory'] } }],
      restore: { tiers: [] },
    },
    plannedAt: '2025-04-22T13:00:00.000Z',
    startBy: '2025-04-22T13:30:00.000Z',
    offline: false,
    ...change,
  };
}

/** The same plan without waves, so that it needs no chunks: what a file must carry to be whole. */
export function withoutWaves(header: PlanHeader): PlanHeader {
  return {
    ...header,
    stages: header.stages.map((stage) => ({ ...stage, affected: { hosts: 0, services: [] }, waves: [] })),
    tiers: header.tiers.map((tier) => ({ ...tier, waves: [] })),
  };
}

function sampleHeader(roster: Roster, slice: string): PlanHeader {
  const wave = (index: number, targets: number, systems: string[]) => ({
    index,
    canary: index === 1,
    targets,
    systems,
    affected: { hosts: targets, services: [] },
    calls: 2 * targets,
    atLeastMs: 1_000,
    chunk: digest,
  });
  return {
    apiVersion: 'firedoor/v1',
    kind: 'PlanHeader',
    estate: { name: 'retail', digest },
    playbook: { name: 'intrusion', digest },
    parameters: { compromised: ['directory'] },
    except: [],
    narrow: ['credentials'],
    live: digest,
    accounts: ['retail'],
    roster,
    compromised: ['directory'],
    stages: [
      {
        name: 'credentials',
        action: 'aws.iam.contain',
        effect: 'principal',
        undo: 'exact',
        affected: { hosts: 2_000, services: ['store-tills'] },
        waves: [wave(1, 2, [])],
      },
      {
        name: 'cut-off',
        action: 'aws.ec2.isolate',
        effect: 'down',
        undo: 'exact',
        affected: { hosts: 24, services: ['call-centre'] },
        gate: { id: 'cut-off', quorum: { 'ir-lead': 1, platform: 1 }, withinMs: 600_000, attest: [] },
        waves: [wave(1, 1, ['call-centre-vdi']), wave(2, 23, ['call-centre-vdi', 'directory'])],
      },
      {
        name: 'evidence',
        action: 'aws.ec2.snapshot',
        effect: 'none',
        undo: 'kept',
        affected: { hosts: 0, services: [] },
        waves: [wave(1, 24, ['call-centre-vdi', 'directory'])],
      },
    ],
    tiers: [
      {
        name: 'identity',
        systems: ['directory'],
        gate: { id: 'restore/identity', quorum: { 'ir-lead': 1 }, attest: ['rebuilt-from-clean-image'] },
        probe: true,
        releaseByMs: 14_400_000,
        waves: [{ index: 1, canary: false, targets: 3, chunk: digest }],
      },
      {
        name: 'people',
        systems: ['call-centre-vdi'],
        probe: false,
        releaseByMs: 21_600_000,
        waves: [
          { index: 1, canary: true, targets: 1, chunk: digest },
          { index: 2, canary: false, targets: 22, chunk: digest },
        ],
      },
    ],
    services: [
      {
        name: 'store-tills',
        protected: true,
        floor: [{ share: 0.95, mode: 'degraded' }],
        sites: 2_310,
        worst: { mode: 'normal', share: 1 },
        touched: false,
        course: [],
      },
      {
        name: 'funeral-arrangement',
        protected: true,
        floor: [{ share: 1, mode: 'manual' }],
        sites: 812,
        worst: { mode: 'manual', share: 1 },
        touched: true,
        course: [{ stage: 'cut-off', wave: 2, mode: 'manual', share: 1 }],
      },
      {
        name: 'call-centre',
        protected: false,
        floor: [],
        sites: 1,
        worst: { mode: 'down', share: 0 },
        touched: true,
        course: [{ stage: 'cut-off', wave: 1, mode: 'down', share: 0 }],
      },
    ],
    permissions: [],
    touches: [],
    atLeastMs: 167_000,
    backAgainMs: 540_000,
    slice,
  };
}
