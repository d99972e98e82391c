import { z } from 'zod';
import { duration } from './duration.ts';
import type { Need, ServingMode } from './modes.ts';
import { servingMode } from './modes.ts';
import { name, personId, phrase, principalId } from './names.ts';
import { quorum } from './quorum.ts';
import { verb } from './verbs.ts';

/** Effects an action can have (DESIGN.md, *Words*). `down` takes what it touches out of service. */
export const effects = ['none', 'principal', 'down', 'irreversible'] as const;
export type Effect = (typeof effects)[number];

const accountId = z
  .string({ error: (issue) => accountIdHint(issue.input) })
  .regex(/^\d{12}$/, 'expected 12 digits in quotes: "000123456789"');

function accountIdHint(input: unknown): string {
  const digits =
    typeof input === 'number' && Number.isSafeInteger(input) ? String(input).padStart(12, '0') : '000123456789';
  return `expected 12 digits in quotes, such as "${digits}" if that is the account you mean`;
}

const account = z.strictObject({
  name,
  id: accountId,
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected an AWS Region such as eu-west-2'),
  role: z
    .string()
    .regex(/^[A-Za-z0-9+=,.@_-]{1,64}$/, 'expected the name of an IAM role')
    .optional(),
});

const person = z.strictObject({ id: personId, roles: z.array(name).min(1) });

const principal = z.strictObject({
  id: principalId,
  opens: z.array(name).default([]),
  secret: z
    .string()
    .regex(/^[A-Za-z0-9/_+=.@-]{1,256}$/, 'expected the name of a secret in Secrets Manager')
    .optional(),
});

/** A time limit or a delay: none at all would be no need and no mode. */
const span = duration.refine((text) => /[1-9]/.test(text), { message: 'expected a duration above zero' });

/** A need, as deep as it is written; the file loader bounds the depth. */
export const need: z.ZodType<Need> = z.lazy(() =>
  z.union([
    name,
    z.strictObject({ on: name, after: span, then: phrase.optional() }),
    z.strictObject({ all: z.array(need).min(1) }),
    z.strictObject({ atLeast: z.number().int().min(1), of: z.array(need).min(1) }),
  ]),
);

const tagFilter = z
  .record(z.string().min(1).max(128), z.string().max(256))
  .refine((tags) => Object.keys(tags).length === 1, {
    message: 'expected exactly one tag, such as { system: till-gateway }',
  });

const control = z.strictObject({ 'aws.ec2': z.strictObject({ account: name, tag: tagFilter }) });

const system = z.strictObject({
  name,
  zone: name,
  needs: need.optional(),
  uses: z.array(principalId).default([]),
  reaches: z.array(name).default([]),
  capacity: z.strictObject({ hosts: z.number().int().min(1) }).optional(),
  /** Advice keeps attackers away from it, whether or not a protected service needs it. */
  keepSafe: z.boolean().default(false),
  controls: z.array(control).min(1),
});

const httpProbe = z.strictObject({
  http: z.strictObject({
    url: z
      .string()
      .max(500)
      .regex(
        /^https?:\/\/[^\s{}/?#@]+(\/[^\s{}?#]*(\{site\}[^\s{}?#]*)?)?$/,
        'expected an http(s) URL; {site} may stand once, in its path',
      ),
  }),
  timeoutSeconds: z.number().min(0.1).max(60).default(1),
});
const tcpProbe = z.strictObject({
  tcp: z.strictObject({ port: z.number().int().min(1).max(65_535) }),
  timeoutSeconds: z.number().min(0.1).max(60).default(1),
});

/** A real check of one mode of one site from outside: HTTP, or TCP to the `host` that the sites file gives. */
export const probe = z.union([httpProbe, tcpProbe]);
export type Probe = z.infer<typeof probe>;

/** The least a protected service may drop to: a share of its sites, or of those of a tier, by weight, in at least a mode. */
export const floor = z.strictObject({ tier: name.optional(), share: z.number().gt(0).max(1), mode: servingMode });
export type Floor = z.infer<typeof floor>;

const serviceMode = z
  .strictObject({
    needs: need.optional(),
    probe: probe.optional(),
    /** How long a site can stay in this mode, counted from when it was last in a better one. */
    for: span.optional(),
    /** What happens then, in words: `offline cards run out`. */
    then: phrase.optional(),
  })
  .refine((mode) => mode.then === undefined || mode.for !== undefined, {
    message: 'expected `for` beside it: how long until then',
    path: ['then'],
  });

const service = z.strictObject({
  name,
  protected: z.boolean().default(false),
  /** Weight in the loss of a cut; advice finds the cut that loses least of it. */
  value: z.number().min(0).max(1_000_000).default(1),
  sites: z.strictObject({ from: z.string().min(1).max(200) }),
  floor: z.array(floor).default([]),
  modes: z.partialRecord(servingMode, serviceMode),
});

const neverTouch = z.union([
  principalId,
  z.string().regex(/^system:[a-z0-9][a-z0-9-]*$/, 'expected system:<name> or a principal'),
]);

/** The estate file as written (DESIGN.md, *The estate*): strict, references not yet checked. */
export const estateFile = z.strictObject({
  apiVersion: z.literal('firedoor/v1'),
  kind: z.literal('Estate'),
  name,
  accounts: z.array(account).min(1),
  people: z.array(person).default([]),
  authority: z.partialRecord(verb, quorum).default({}),
  leastQuorum: z.partialRecord(z.enum(effects), quorum).default({}),
  principals: z.array(principal).default([]),
  systems: z.array(system).default([]),
  services: z.array(service).default([]),
  neverTouch: z.array(neverTouch).default([]),
});
export type EstateFile = z.infer<typeof estateFile>;
export type System = EstateFile['systems'][number];
export type Service = EstateFile['services'][number];
export type Account = EstateFile['accounts'][number];

/** One line of a sites file. */
export interface Site {
  readonly site: string;
  readonly weight: number;
  readonly host?: string;
  /** The tier it belongs to, for floors by tier. */
  readonly tier?: string;
  /** Systems it needs of its own in a mode, beside what the mode needs. */
  readonly needs?: Readonly<Partial<Record<ServingMode, readonly string[]>>>;
}

/** The estate, whole: the file and, by service name, the sites its services are delivered at. */
export interface Estate extends EstateFile {
  readonly sites: Readonly<Record<string, readonly Site[]>>;
}
