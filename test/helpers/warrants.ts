import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { sealPlan, sha256 } from '../../activities/proof/seal.ts';
import { actions } from '../../model/actions/index.ts';
import { canonical } from '../../model/canonical.ts';
import type { Decision } from '../../model/decision.ts';
import { signatureNamespace } from '../../model/decision.ts';
import type { Chunk, ContainChunk, GateDefinition, PlanHeader, ReleaseChunk, Roster } from '../../model/plan.ts';
import type { AcceptedDecision, Warrant } from '../../model/step.ts';
import type { WarrantKeeper } from '../../activities/proof/warrant.ts';

/** The incident that warrants are for, unless their options say otherwise. */
export const incident = 'INC-42';

/** People with ssh keys of their own: ada starts and releases, cy is the second ir-lead, bo is platform, dee is both. */
export interface People {
  readonly roster: Roster;
  /** Signs a document as a person: the armoured SSHSIG. */
  readonly sign: (by: string, document: string) => Promise<string>;
  readonly remove: () => Promise<void>;
}

const roles: Readonly<Record<string, readonly string[]>> = {
  'ada@example.org': ['ir-lead'],
  'bo@example.org': ['platform'],
  'cy@example.org': ['ir-lead'],
  'dee@example.org': ['ir-lead', 'platform'],
};

/** Makes a key for each person in a temporary folder, and the roster that knows them. */
export async function makePeople(): Promise<People> {
  const folder = await mkdtemp(path.join(tmpdir(), 'firedoor-people-'));
  const keyFile = (by: string): string => path.join(folder, by);
  const lines = await Promise.all(
    Object.keys(roles).map(async (by) => {
      await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', by, '-f', keyFile(by)]);
      const [type, key] = (await readFile(`${keyFile(by)}.pub`, 'utf8')).split(' ');
      return `${by} namespaces="${signatureNamespace}" ${type} ${key}\n`;
    }),
  );
  return {
    roster: {
      people: Object.entries(roles).map(([id, held]) => ({ id, roles: [...held] })),
      allowedSigners: lines.join(''),
      authority: {},
    },
    sign: async (by, document) => await sign(keyFile(by), document),
    remove: async () => await rm(folder, { recursive: true, force: true }),
  };
}

async function sign(keyFile: string, document: string): Promise<string> {
  const signing = promisify(execFile)('ssh-keygen', ['-q', '-Y', 'sign', '-n', signatureNamespace, '-f', keyFile]);
  signing.child.stdin?.end(document);
  return (await signing).stdout;
}

/** What somebody says in a warrant. */
export interface Voice {
  readonly by: string;
  readonly verb: Decision['verb'];
  readonly gate?: string;
  /** Whose key signs, if not the person's own: a forgery. */
  readonly signedBy?: string;
}

/** Everything of a warrant that a test may want otherwise. */
export interface WarrantOptions {
  readonly incident?: string;
  readonly namespace?: string;
  readonly starter?: string;
  /** What was said after the start; by default all gates are met and ada releases. */
  readonly voices?: readonly Voice[];
  /** What the gate of every tier asks to be attested. */
  readonly attest?: readonly string[];
  /** Changes the header before it is sealed and signed. */
  readonly header?: (header: PlanHeader) => PlanHeader;
}

/** Digest of a chunk, as headers hold it. */
export function chunkDigest(chunk: Chunk): string {
  return sha256(canonical(chunk));
}

function gate(id: string, attest: readonly string[] = []): GateDefinition {
  return { id, quorum: { 'ir-lead': 1, platform: 1 }, attest: [...attest] };
}

function grouped<T>(items: readonly T[], key: (item: T) => string): readonly (readonly [T, ...T[]])[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return [...groups.values()];
}

function plannedStages(chunks: readonly ContainChunk[]): PlanHeader['stages'] {
  return grouped(chunks, (chunk) => chunk.stage).map((waves) => {
    const { effect, undo } = actions[waves[0].action];
    const affected = { hosts: 0, services: [] };
    const common = { canary: false, systems: [], affected, calls: 1, atLeastMs: 0 };
    const planned = waves.map((one) => ({
      ...common,
      index: one.wave,
      targets: one.targets.length,
      chunk: chunkDigest(one),
    }));
    return {
      name: waves[0].stage,
      action: waves[0].action,
      effect,
      undo,
      affected,
      gate: gate(waves[0].stage),
      waves: planned,
    };
  });
}

function plannedTiers(chunks: readonly ReleaseChunk[], attest: readonly string[]): PlanHeader['tiers'] {
  return grouped(chunks, (chunk) => chunk.tier).map((waves) => ({
    name: waves[0].tier,
    systems: [],
    probe: false,
    releaseByMs: 3_600_000,
    gate: gate(`restore/${waves[0].tier}`, attest),
    waves: waves.map((one) => ({
      index: one.wave,
      canary: false,
      targets: one.targets.length,
      chunk: chunkDigest(one),
    })),
  }));
}

function accountsIn(chunks: readonly Chunk[]): string[] {
  const targets = chunks.flatMap((chunk) => (chunk.kind === 'contain' ? chunk.targets : []));
  return [...new Set(targets.map((target) => target.account))].toSorted();
}

/** A header over these chunks: a stage and a tier for each name, each with a gate of one ir-lead and one platform. */
export function makeHeader(chunks: readonly Chunk[], roster: Roster, attest: readonly string[] = []): PlanHeader {
  const nothing = sha256('nothing');
  return {
    apiVersion: 'firedoor/v1',
    kind: 'PlanHeader',
    estate: { name: 'test-estate', digest: nothing },
    playbook: { name: 'test-playbook', digest: nothing },
    parameters: {},
    except: [],
    narrow: [],
    live: nothing,
    accounts: accountsIn(chunks),
    roster,
    compromised: [],
    stages: plannedStages(chunks.filter((chunk) => chunk.kind === 'contain')),
    tiers: plannedTiers(
      chunks.filter((chunk) => chunk.kind === 'release'),
      attest,
    ),
    services: [],
    permissions: [],
    touches: [],
    atLeastMs: 0,
    backAgainMs: 0,
    slice: nothing,
  };
}

function defaultVoices(header: PlanHeader): readonly Voice[] {
  const gates = [...header.stages, ...header.tiers].flatMap((planned) => planned.gate ?? []);
  return [
    ...gates.flatMap(({ id, attest }): Voice[] => [
      { by: 'cy@example.org', verb: 'approve', gate: id },
      { by: 'bo@example.org', verb: 'approve', gate: id },
      ...attest.map((what): Voice => ({ by: 'bo@example.org', verb: 'attest', gate: `${id}/${what}` })),
    ]),
    { by: 'ada@example.org', verb: 'release' },
  ];
}

/** Whose plans are sealed, and who signs; an `ActivityWorld` is one. */
export interface WarrantMaker {
  readonly deps: Pick<WarrantKeeper, 'workerKey' | 'namespace'>;
  readonly people: People;
}

/**
 * A warrant that holds: sealed with the worker's key, started by ada, every gate approved by cy and bo, released by ada,
 * all really signed. `options` makes others, also ones that must not hold.
 */
export async function makeWarrant(
  world: WarrantMaker,
  chunks: readonly Chunk[],
  options: WarrantOptions = {},
): Promise<Warrant> {
  const plain = makeHeader(chunks, world.people.roster, options.attest);
  const header = options.header?.(plain) ?? plain;
  const plan = sha256(canonical(header));
  const common = {
    kind: 'Decision' as const,
    estate: header.estate.name,
    namespace: options.namespace ?? world.deps.namespace,
    incident: options.incident ?? incident,
    plan,
  };
  const start = await speak(world.people, common, { by: options.starter ?? 'ada@example.org', verb: 'start' });
  const said = { ...common, start: sha256(start.signed.document) };
  const voices = options.voices ?? defaultVoices(header);
  return {
    namespace: common.namespace,
    incident: common.incident,
    header,
    seal: sealPlan(world.deps.workerKey, common.namespace, plan),
    start,
    decisions: await Promise.all(voices.map(async (voice) => await speak(world.people, said, voice))),
  };
}

type Said = Pick<Decision, 'kind' | 'estate' | 'namespace' | 'incident' | 'plan' | 'start'>;

async function speak(people: People, said: Said, { signedBy, ...voice }: Voice): Promise<AcceptedDecision> {
  const nowMs = Date.now();
  const decision: Decision = {
    ...said,
    ...voice,
    reason: 'a test',
    issued: new Date(nowMs - 1_000).toISOString(),
    expires: new Date(nowMs + 600_000).toISOString(),
    nonce: randomBytes(16).toString('hex'),
  };
  const document = canonical(decision);
  const signature = await people.sign(signedBy ?? decision.by, document);
  return { signed: { document, signature }, acceptedAt: new Date(nowMs).toISOString() };
}
