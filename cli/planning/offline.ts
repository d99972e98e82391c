import { dirname, join } from 'node:path';
import type { LoadedEstate } from '../../documents/estate.ts';
import { loadEstate } from '../../documents/estate.ts';
import { readBounded, wholeFile } from '../../documents/files.ts';
import { checkPlaybookAgainst } from '../../documents/playbook.ts';
import { sha256 } from '../../documents/digest.ts';
import type { LiveReads } from '../../model/live.ts';
import { liveReads } from '../../model/live.ts';
import { assumedLive } from '../../planner/assumed-live.ts';
import type { PlanAnswer } from '../../planner/plan.ts';
import { compilePlan } from '../../planner/plan.ts';
import type { Context } from '../context.ts';
import { expectLoaded, invalidInput } from '../input.ts';
import { withPlaces } from './places.ts';
import type { PlanningRequest } from './request.ts';

const liveLimitBytes = 64 * 1_048_576;
const signersLimitBytes = 1_000_000;

/** The files an offline plan is made from, besides the playbook. */
export interface OfflineFiles {
  readonly estate: string;
  readonly live: string;
}

/** What questions are answered from without a worker. */
export interface OfflineGround {
  readonly estate: LoadedEstate;
  readonly live: LiveReads;
  /** Empty where no such file stands beside the estate: nothing is started offline. */
  readonly allowedSigners: string;
}

/**
 * Reads what questions about whole systems are answered from. Without live reads everything that the estate speaks of is
 * taken to run.
 *
 * @throws CliFailure usage, where a file has problems
 */
export async function readGround(
  context: Context,
  paths: { readonly estate: string; readonly live?: string | undefined },
): Promise<OfflineGround> {
  const estate = expectLoaded(await loadEstate(paths.estate, context.files));
  const live = paths.live === undefined ? assumedLive(estate.estate) : await readLive(context, paths.live);
  return { estate, live, allowedSigners: await readSigners(context, estate) };
}

/**
 * Plans from files alone: no worker is asked and nothing in the world is read.
 *
 * @throws CliFailure usage, where a file has problems
 */
export async function planOffline(
  context: Context,
  request: PlanningRequest,
  paths: OfflineFiles,
): Promise<PlanAnswer> {
  const { estate, live, allowedSigners } = await readGround(context, paths);
  const problems = checkPlaybookAgainst(request.loaded, estate.estate);
  if (problems.length > 0) throw invalidInput(problems);
  const inputs = {
    estate: estate.estate,
    playbook: request.loaded.playbook,
    parameters: request.parameters,
    except: request.except,
    narrow: request.narrow,
    breakGlass: request.breakGlass,
    live,
    allowedSigners,
  };
  const answer = compilePlan(inputs, sha256);
  if (answer.kind === 'plan') return answer;
  return { kind: 'refused', refusals: withPlaces(answer.refusals, { estate: estate.locate }) };
}

async function readLive(context: Context, path: string): Promise<LiveReads> {
  const read = await readBounded(context.files, path, liveLimitBytes);
  if (!read.ok) throw invalidInput([read.problem]);
  const parsed = liveReads.safeParse(parseJson(read.bytes));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const at = issue?.path.map(String).join('.') ?? '';
  const problem = wholeFile(path, 'what are no live reads', issue?.message ?? 'JSON of instances and principals');
  throw invalidInput([{ ...problem, path: at }]);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

/** The keys stand beside the estate; a plan that can't be started does without. */
async function readSigners(context: Context, estate: LoadedEstate): Promise<string> {
  const path = join(dirname(estate.files[0]?.path ?? ''), 'allowed_signers');
  const read = await readBounded(context.files, path, signersLimitBytes);
  return read.ok ? new TextDecoder().decode(read.bytes) : '';
}
