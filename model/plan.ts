import { z } from 'zod';
import { actionName } from './actions/names.ts';
import { effects, floor, need, probe } from './estate.ts';
import { liveRole } from './live.ts';
import { modes, servingMode } from './modes.ts';
import { digest, instant, name, personId, principalId } from './names.ts';
import { playbook } from './playbook.ts';
import { quorum } from './quorum.ts';
import { verb } from './verbs.ts';
import { waiver } from './waiver.ts';

const count = z.number().int().min(0);
const share = z.number().min(0).max(1);

/** What a target looked like when it was planned. A capture that finds it otherwise leaves it alone. */
const instanceBefore = z.strictObject({
  state: z.string(),
  interfaces: z.array(z.strictObject({ id: z.string(), vpc: z.string(), groups: z.array(z.string()) })),
  volumes: z.array(z.string()),
  role: liveRole.optional(),
});
const principalBefore = z.strictObject({
  keys: z.array(z.strictObject({ id: z.string(), status: z.enum(['Active', 'Inactive']) })),
  inlinePolicies: z.array(z.string()),
  trustPolicy: z.string().optional(),
});

const common = { account: name, region: z.string(), systems: z.array(name), calls: count };
const instanceTarget = z.strictObject({
  ...common,
  kind: z.literal('instance'),
  id: z.string().min(1),
  before: instanceBefore,
});
const principalTarget = z.strictObject({
  ...common,
  kind: z.literal('principal'),
  id: principalId,
  before: principalBefore,
  secret: z.string().optional(),
});

/** One thing a wave changes: a host or a principal, the systems it belongs to, its state before, and the calls it costs. */
export const target = z.discriminatedUnion('kind', [instanceTarget, principalTarget]);
export type Target = z.infer<typeof target>;
export type InstanceTarget = z.infer<typeof instanceTarget>;
export type PrincipalTarget = z.infer<typeof principalTarget>;

/** The signed content of one wave. Its sha256 stands in the header. */
export const containChunk = z.strictObject({
  kind: z.literal('contain'),
  stage: name,
  wave: count,
  action: actionName,
  targets: z.array(target),
});
export type ContainChunk = z.infer<typeof containChunk>;

/** The signed content of one wave of a tier: which targets are given back, by id, in this order. */
export const releaseChunk = z.strictObject({
  kind: z.literal('release'),
  tier: name,
  wave: count,
  targets: z.array(z.string()),
});
export type ReleaseChunk = z.infer<typeof releaseChunk>;

export const chunk = z.discriminatedUnion('kind', [containChunk, releaseChunk]);
export type Chunk = z.infer<typeof chunk>;

/** What services need of which hosts and principals: all that the guard weighs waves with. */
export const slice = z.strictObject({
  systems: z.array(
    z.strictObject({
      name,
      needs: need.optional(),
      uses: z.array(principalId),
      hosts: z.array(z.string()),
      /** Roles its hosts run with beside those it uses: such a host is lost with its role. Without `hosts` all of them run with it. */
      runsWith: z.array(z.strictObject({ id: principalId, hosts: z.array(z.string()).optional() })).optional(),
      /** Hosts that must be up for the system to be up. */
      capacity: count,
    }),
  ),
  services: z.array(
    z.strictObject({
      name,
      protected: z.boolean(),
      floor: z.array(floor),
      /** Best mode first. */
      modes: z.array(
        z.strictObject({
          mode: servingMode,
          needs: need.optional(),
          probe: probe.optional(),
          /** How long a site can stay in it, from when it was last in a better one. */
          forMs: count.optional(),
          then: z.string().optional(),
        }),
      ),
      /** Sites with equal needs, weight and tier, folded. */
      classes: z.array(
        z.strictObject({
          weight: z.number().positive(),
          tier: name.optional(),
          /** Systems these sites need of their own, by mode. */
          needs: z.partialRecord(servingMode, z.array(name)).optional(),
          sites: z.array(z.string()),
          /** One host a site, in the order of `sites`, where the sites file gives them; for TCP probes. */
          hosts: z.array(z.string()).optional(),
        }),
      ),
    }),
  ),
});
export type Slice = z.infer<typeof slice>;

/** People, roles, keys and authority as the workers hold them, frozen under the plan's digest. */
export const roster = z.strictObject({
  people: z.array(z.strictObject({ id: personId, roles: z.array(name) })),
  /** The OpenSSH allowed_signers file, whole. */
  allowedSigners: z.string().max(1_000_000),
  /** The list of revoked keys (a KRL, or public keys), base64 of the whole file; absent where the workers have none. */
  revocations: z.base64().max(1_000_000).optional(),
  authority: z.partialRecord(verb, quorum),
});
export type Roster = z.infer<typeof roster>;

const gate = z.strictObject({
  /** The stage's name, `restore/<tier>`, or one of those in `model/break-glass.ts`. */
  id: z.string(),
  quorum,
  withinMs: count.optional(),
  attest: z.array(name),
});
export type GateDefinition = z.infer<typeof gate>;

const serviceForecast = z.strictObject({ mode: z.enum(modes), share });

/** What falls with targets: hosts that are targets, run with a role or belong to who uses a principal; services that lean on them. */
const affected = z.strictObject({ hosts: count, services: z.array(name) });
export type Affected = z.infer<typeof affected>;

const wave = z.strictObject({
  /** Counts from 1 within its stage, as people say it; so do `wave` in chunks and `index` in tiers. */
  index: count,
  canary: z.boolean(),
  targets: count,
  systems: z.array(name),
  affected,
  calls: count,
  atLeastMs: count,
  chunk: digest,
});

const stage = z.strictObject({
  name,
  action: actionName,
  effect: z.enum(effects),
  undo: z.enum(['exact', 'kept']),
  /** All its waves together. */
  affected,
  gate: gate.optional(),
  waves: z.array(wave),
});
export type PlannedStage = z.infer<typeof stage>;
export type PlannedWave = z.infer<typeof wave>;

const tier = z.strictObject({
  name,
  systems: z.array(name),
  gate: gate.optional(),
  probe: z.boolean(),
  /** By when it is to be back, counted from the accepted start. */
  releaseByMs: count,
  waves: z.array(z.strictObject({ index: count, canary: z.boolean(), targets: count, chunk: digest })),
});
export type PlannedTier = z.infer<typeof tier>;

/** When a service gets worse by itself while nothing is given back, and what is due back by when. */
const serviceClock = z.strictObject({
  /** Counted from the accepted start. */
  endsMs: count,
  /** What happens then, in words. */
  because: z.string(),
  /** How the service stands from then on. */
  becomes: serviceForecast,
  /** True where a floor falls then. */
  breaks: z.boolean(),
  /** The last restore tier that holds something the service needs, and by when it is to be back. */
  due: z.strictObject({ tier: name, releaseByMs: count }).optional(),
});
export type ServiceClock = z.infer<typeof serviceClock>;

const plannedService = z.strictObject({
  name,
  protected: z.boolean(),
  floor: z.array(floor),
  sites: count,
  /** The worst it comes to while everything is contained until it is due back. */
  worst: serviceForecast,
  touched: z.boolean(),
  clock: serviceClock.optional(),
  /** After each wave, in order: `[stage, wave, mode, share]` where it changes. */
  course: z.array(z.strictObject({ stage: name, wave: count, mode: z.enum(modes), share })),
});
export type PlannedService = z.infer<typeof plannedService>;

/** What people sign, by its digest: sha256 of its RFC 8785 form (DESIGN.md, *The plan*). */
export const planHeader = z.strictObject({
  apiVersion: z.literal('firedoor/v1'),
  kind: z.literal('PlanHeader'),
  estate: z.strictObject({ name, digest }),
  playbook: z.strictObject({ name, digest }),
  parameters: z.record(z.string(), z.array(name)),
  except: z.array(name),
  /** Stages of the playbook that take shared roles from the compromised hosts alone. */
  narrow: z.array(name),
  live: digest,
  /** Every account of the estate: where facts are read before each wave. */
  accounts: z.array(name),
  roster,
  /** Systems the parameters name as compromised; never given back without a person. */
  compromised: z.array(name),
  stages: z.array(stage),
  tiers: z.array(tier),
  services: z.array(plannedService),
  /** Floors lowered for a time, by service; absent where none is. Two people sign for them before anything is done. */
  waivers: z.array(waiver).min(1).optional(),
  permissions: z.array(z.string()),
  touches: z.array(z.strictObject({ account: name, region: z.string(), instances: count, users: count, roles: count })),
  atLeastMs: count,
  backAgainMs: count,
  slice: digest,
});
export type PlanHeader = z.infer<typeof planHeader>;

/** What the estate doesn't know; outside the digest. */
export const unknowns = z.strictObject({
  unclaimedInstances: z.array(z.string()),
  claimedTwice: z.array(z.strictObject({ id: z.string(), systems: z.array(name) })),
  servicesWithoutProbe: z.array(name),
  /**
   * Roles that running instances have and the estate does not list: under `principals` at all, or under the `uses` of systems
   * whose hosts run with them. Attackers give hosts roles, and files are late.
   */
  unlistedRoles: z.array(
    z.strictObject({ role: principalId, isPrincipal: z.boolean(), hosts: count, systems: z.array(name) }),
  ),
  /** Gates with roles that no webhook of the workers tells of them. Absent in a plan from files alone, which can't know. */
  untoldGates: z.array(z.strictObject({ gate: z.string(), roles: z.array(name) })).optional(),
});
export type Unknowns = z.infer<typeof unknowns>;

/** A stage that contains shared roles whole, where denying the compromised hosts their own sessions would do; planned and clean. */
const narrower = z.strictObject({
  stage: name,
  roles: z.array(principalId),
  /** Compromised hosts whose sessions would be denied. */
  hosts: count,
  /** Hosts that would no longer be affected. */
  spared: count,
  /** What to add to the command line. */
  flags: z.string(),
});
export type Narrower = z.infer<typeof narrower>;

/** A plan, whole: the header people sign, its parts by digest, and beside it what is not signed. */
export const plan = z.strictObject({
  apiVersion: z.literal('firedoor/v1'),
  kind: z.literal('Plan'),
  digest,
  header: planHeader,
  slice,
  chunks: z.record(digest, chunk),
  unknowns,
  narrower: z.array(narrower),
});
export type Plan = z.infer<typeof plan>;

const moved = z.array(z.strictObject({ id: z.string(), systems: z.array(name) }));

/** Targets that came or went since an earlier plan, by id. Not signed: attackers can write tags, so people should look. */
const since = z.strictObject({ plan: digest, plannedAt: instant, came: moved, went: moved });
export type Since = z.infer<typeof since>;

/** The file `firedoor plan -o` writes and `firedoor start` reads: the plan and all that is needed to make it again. */
export const planFile = z.strictObject({
  schema: z.literal('firedoor/plan/v1'),
  plan,
  playbook,
  plannedAt: instant,
  startBy: instant,
  offline: z.boolean(),
  since: since.optional(),
});
export type PlanFile = z.infer<typeof planFile>;
