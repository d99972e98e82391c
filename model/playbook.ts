import { z } from 'zod';
import { actionName } from './actions/names.ts';
import { duration } from './duration.ts';
import { name, principalId } from './names.ts';
import { quorum } from './quorum.ts';

const reference = z.string().regex(/^\$[a-z][A-Za-z0-9-]{0,62}$/, 'expected $ and the name of a parameter');
const systemList = z.union([reference, z.array(name).min(1)]);

/** What a stage is aimed at. The keys of one selector add up; `except` goes last (DESIGN.md, *The playbook*). */
export const selector = z
  .strictObject({
    systems: systemList.optional(),
    zone: name.optional(),
    tag: z.strictObject({ key: z.string().min(1).max(128), value: z.string().max(256) }).optional(),
    reachableFrom: systemList.optional(),
    principalsOf: systemList.optional(),
    principals: z.array(principalId).min(1).optional(),
    except: systemList.optional(),
  })
  .refine((on) => Object.keys(on).some((key) => key !== 'except'), {
    message: 'expected at least one selector besides except',
  });
export type Selector = z.infer<typeof selector>;

const size = z
  .union([z.number().int().min(1), z.string().regex(/^([1-9]\d?|100)%$/)])
  .describe('targets in one wave: a count, or a share of the stage in percent');
/** How a stage is split: first a canary, then waves of `size`. Without it a stage is one wave. */
export const waves = z.strictObject({ canary: z.number().int().min(1).optional(), size: size.optional() });
export type Waves = z.infer<typeof waves>;

const approve = z.strictObject({
  quorum,
  within: duration.default('PT30M'),
  otherwise: z.literal('deny').default('deny'),
});

const stage = z.strictObject({
  name,
  action: actionName,
  on: selector,
  approve: approve.optional(),
  waves: waves.optional(),
});

/** By when contained systems are to be back, counted from the accepted start. */
const releaseBy = duration.refine((text) => /[1-9]/.test(text), { message: 'expected a duration above zero' });

const tierGate = z.union([z.literal('probe'), z.strictObject({ attest: name })]);
const tier = z.strictObject({
  name,
  systems: z.array(name).min(1),
  releaseBy: releaseBy.optional(),
  gate: z.array(tierGate).default([]),
  approve: z.strictObject({ quorum }).optional(),
  waves: waves.optional(),
});

const parameter = z.strictObject({
  type: z.literal('systems'),
  required: z.boolean().default(false),
  default: z.array(name).optional(),
});

/** A playbook (DESIGN.md, *The playbook*): stages of actions over selectors, and the tiers they are given back in. */
export const playbook = z.strictObject({
  apiVersion: z.literal('firedoor/v1'),
  kind: z.literal('Playbook'),
  name,
  parameters: z
    .record(z.string().regex(/^[a-z][A-Za-z0-9-]{0,62}$/, 'expected the name of a parameter'), parameter)
    .default({}),
  releaseBy: releaseBy.default('P3D'),
  stages: z.array(stage).min(1),
  restore: z.strictObject({ tiers: z.array(tier).default([]) }).default({ tiers: [] }),
});
export type Playbook = z.infer<typeof playbook>;
export type Stage = Playbook['stages'][number];
export type Tier = Playbook['restore']['tiers'][number];

/** Values for a playbook's parameters: system names. */
export type Parameters = Readonly<Record<string, readonly string[]>>;
