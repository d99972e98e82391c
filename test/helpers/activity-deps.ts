import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Info } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { pino } from 'pino';
import type { AccountClients } from '../../activities/aws/clients.ts';
import type { LedgerPort } from '../../activities/ledger/port.ts';
import type { ActivityDeps } from '../../activities/deps.ts';
import { startMoto } from '../../drill/stack/moto.ts';
import type { People } from './warrants.ts';
import { makePeople } from './warrants.ts';

/** The one account of the emulated estate: its name there, and its id in ARNs. */
export const account = 'retail';
export const accountId = '123456789012';
export const region = 'eu-west-2';
export const namespace = 'activity-tests';

/** An error that meets calls of one command: before it is sent, or after it was executed, its reply lost. */
export interface Fault {
  /** Name without `Command`, such as `ModifyNetworkInterfaceAttribute`. */
  readonly command: string;
  /** AWS error name, such as `UnauthorizedOperation`. */
  readonly error: string;
  /** Only the n-th call from now (from 1); without it, every call. */
  readonly nth?: number;
  readonly when?: 'before' | 'after';
}

/** One SDK call: its name and its input. */
export interface RecordedCall {
  readonly command: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** An emulated AWS account, clients that record and can be made to fail, and the deps activities take. */
export interface ActivityWorld {
  readonly url: string;
  readonly deps: ActivityDeps;
  readonly clients: AccountClients;
  /** Clients for setting a scene: not recorded, never failing. */
  readonly setup: AccountClients;
  readonly people: People;
  /** Calls since the last `forget`, in order. */
  readonly calls: () => readonly RecordedCall[];
  /** Names of those that change something. */
  readonly mutating: () => readonly string[];
  readonly forget: () => void;
  readonly addFault: (fault: Fault) => void;
  readonly clearFaults: () => void;
  readonly stop: () => Promise<void>;
}

const reading = /^(Describe|List|Get|Simulate)/;

interface Wire {
  readonly recorded: RecordedCall[];
  readonly faults: { readonly fault: Fault; seen: number }[];
}

function faultsMeeting(wire: Wire, command: string): readonly Fault[] {
  return wire.faults
    .filter(({ fault }) => fault.command === command)
    .filter((entry) => (entry.seen += 1) === (entry.fault.nth ?? entry.seen))
    .map(({ fault }) => fault);
}

function awsError(name: string): Error {
  return Object.assign(new Error(`injected ${name}`), { name, $metadata: { httpStatusCode: 400 } });
}

function endpoint(url: string) {
  return {
    endpoint: url,
    region,
    maxAttempts: 1,
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'not-a-secret' },
  };
}

function plainClients(url: string): AccountClients {
  const options = endpoint(url);
  return { ec2: new EC2Client(options), iam: new IAMClient(options), secrets: new SecretsManagerClient(options) };
}

type Middleware = (
  next: (request: { input: object }) => Promise<unknown>,
  context: { commandName?: string },
) => (request: { input: object }) => Promise<unknown>;

/** Stands at the start of each client: what reaches it is what the product asked for. */
function recordAndFail(wire: Wire): Middleware {
  return (next, context) => async (request) => {
    const command = (context.commandName ?? 'unknown').replace(/Command$/, '');
    wire.recorded.push({ command, input: { ...request.input } });
    const faults = faultsMeeting(wire, command);
    const before = faults.find((fault) => fault.when !== 'after');
    if (before) throw awsError(before.error);
    const reply = await next(request);
    const after = faults.find((fault) => fault.when === 'after');
    if (after) throw awsError(after.error);
    return reply;
  };
}

function watchedClients(url: string, wire: Wire): AccountClients {
  const clients = plainClients(url);
  const middleware = recordAndFail(wire) as never;
  for (const client of Object.values(clients)) {
    (client as EC2Client).middlewareStack.add(middleware, { step: 'initialize', name: 'recordAndFail' });
  }
  return clients;
}

const unasked = async (): Promise<never> => await Promise.reject(new Error('no ledger here'));

/** For activities that have nothing to ask of the ledger. */
const noLedger: LedgerPort = {
  ask: unasked,
  openIncidents: unasked,
  incidentsAtWork: unasked,
  fateOf: unasked,
  holdings: unasked,
  captures: unasked,
};

function makeDeps(clients: AccountClients, allowedSigners: string): ActivityDeps {
  return {
    aws: (name) => {
      if (name !== account) throw new TypeError(`the estate has no account ${name}`);
      return clients;
    },
    estate: {
      apiVersion: 'firedoor/v1',
      kind: 'Estate',
      name: 'test-estate',
      accounts: [{ name: account, id: accountId, region }],
      people: [],
      authority: {},
      leastQuorum: {},
      principals: [],
      systems: [],
      services: [],
      neverTouch: [],
      sites: {},
    },
    locate: () => undefined,
    allowedSigners,
    revocations: undefined,
    workerKey: new Uint8Array(randomBytes(32)),
    namespace,
    ledger: noLedger,
    now: () => new Date(),
    iamPropagationMs: 20,
    notify: { receivers: [] },
    log: pino({ level: 'silent' }),
  };
}

/** Starts an emulated AWS on a free loopback port. `stop` ends it by its id and removes what was written. */
export async function startActivityWorld(): Promise<ActivityWorld> {
  const directory = await mkdtemp(path.join(tmpdir(), 'firedoor-activities-'));
  const people = await makePeople();
  const remove = async (): Promise<void> => {
    await Promise.all([people.remove(), rm(directory, { recursive: true, force: true })]);
  };
  const moto = await startMoto({ log: () => undefined, directory }).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  const wire: Wire = { recorded: [], faults: [] };
  const clients = watchedClients(moto.url, wire);
  return {
    url: moto.url,
    deps: makeDeps(clients, people.roster.allowedSigners),
    clients,
    setup: plainClients(moto.url),
    people,
    calls: () => [...wire.recorded],
    mutating: () => wire.recorded.map(({ command }) => command).filter((command) => !reading.test(command)),
    forget: () => void wire.recorded.splice(0),
    addFault: (fault) => void wire.faults.push({ fault, seen: 0 }),
    clearFaults: () => void wire.faults.splice(0),
    stop: async () => {
      await moto.stop();
      await remove();
    },
  };
}

/** A context for one activity, attempt 1 without earlier heartbeats unless `info` says otherwise; logs nothing. */
export function mockEnvironment(info: Partial<Info> = {}): MockActivityEnvironment {
  return new MockActivityEnvironment(info, { logger: new DefaultLogger('ERROR') });
}

/** Runs one activity in a context of its own. */
export async function runActivity<Input, Output>(
  activity: (input: Input) => Promise<Output>,
  input: Input,
  info: Partial<Info> = {},
): Promise<Output> {
  return await mockEnvironment(info).run(activity, input);
}
