import { getExternalWorkflowHandle, ParentClosePolicy, startChild } from '@temporalio/workflow';
import { actions } from '../model/actions/index.ts';
import type { GuardVerdict } from '../model/continuity.ts';
import type { ContainChunk, PlannedStage, PlannedWave } from '../model/plan.ts';
import type { TargetOutcome } from '../model/step.ts';
import type { IncidentContext } from './context.ts';
import { chunkOf, warrantOf } from './context.ts';
import { failureWords } from './failure.ts';
import type { Gate } from './gate.ts';
import { breakGlass, glassDecisions } from './glass.ts';
import { touchedBy } from './look.ts';
import { incidentWorkflowId } from './messages.ts';
import type { Directive, Undertaking } from './obey.ts';
import { obey, passGate } from './obey.ts';
import type { WaveProgress } from './progress.ts';
import type { ChildReport } from './reporting.ts';
import type { WaveAttempt } from './reserve.ts';
import { amongWords, giveUpClaims, reserve, settleClaims, weighAmongOthers } from './reserve.ts';
import { stopSignal, wave as waveWorkflow } from './wave.ts';

/**
 * Contains, stage by stage: gate, then wave by wave; where the plan waives floors, once glass is broken for it. Ends early when
 * people abort or release.
 */
export async function contain(context: IncidentContext): Promise<void> {
  if ((await breakGlass(context)) !== 'go') return;
  for (const stage of context.plan.header.stages) {
    if (context.progress.isFinished(stage.name)) continue;
    if ((await runStage(context, stage)) === 'over') return;
    context.progress.finish(stage.name);
  }
}

async function runStage(context: IncidentContext, stage: PlannedStage): Promise<Directive> {
  const gate = context.desk.gates.find((candidate) => candidate.definition.id === stage.gate?.id);
  const undertaking: Undertaking = { name: stage.name, isContainment: true };
  if (!context.progress.isBegun(stage.name)) {
    const opened = gate ? await passGate(context, gate, undertaking) : await obey(context, undertaking);
    if (opened !== 'go') return leave(context, stage, opened);
    context.progress.begin(stage.name);
    context.record.say('stage', `${stage.name} begins`);
  }
  for (const wave of stage.waves) {
    const told = await runWave(context, { stage, wave, gate });
    if (told !== 'go') return leave(context, stage, told);
  }
  return 'go';
}

function leave(context: IncidentContext, stage: PlannedStage, told: Directive): Directive {
  if (told === 'skip') context.record.say('skipped', `${stage.name} was left out`);
  return told;
}

interface WaveOfStage {
  readonly stage: PlannedStage;
  readonly wave: PlannedWave;
  readonly gate: Gate | undefined;
}

/** Guard, act, verify; again for what is left each time people resume. Goes on with the child of an earlier run. */
async function runWave(context: IncidentContext, { stage, wave, gate }: WaveOfStage): Promise<Directive> {
  const name = `${stage.name}/${wave.index}`;
  if (context.progress.isFinished(name)) return 'go';
  const chunk = chunkOf(context.plan, 'contain', wave.chunk);
  for (;;) {
    const progress = context.progress.wave(name, () => chunk.targets.map((target) => target.id));
    if (progress.left.length === 0) break;
    if (progress.child !== undefined) {
      const left = settle(context, { stage, wave, report: await ended(context, progress.child), left: progress.left });
      context.progress.note(name, { attempts: progress.attempts, left });
      continue;
    }
    const told = await obey(context, { name: stage.name, isContainment: true });
    if (told !== 'go') {
      context.record.wave(stage.name, wave.index, { state: told === 'skip' ? 'skipped' : 'held' });
      await giveUpClaims(context, chunk, true);
      return told;
    }
    if (
      !(await guardAllows(context, stage, {
        wave,
        attempt: { chunk, left: progress.left, attempt: progress.attempts + 1 },
      }))
    )
      continue;
    context.record.enter('acting', `${stage.name}, wave ${wave.index} of ${stage.waves.length}`);
    context.record.wave(stage.name, wave.index, { state: 'acting' });
    const child = await launch(context, { chunk, gate, progress });
    const begun = { attempts: progress.attempts + 1, left: progress.left };
    context.progress.note(name, child === undefined ? begun : { ...begun, child });
  }
  context.progress.finish(name);
  context.record.wave(stage.name, wave.index, { state: 'done' });
  context.record.say('verified', `${stage.name}, wave ${wave.index}: ${actions[stage.action].done}`);
  return 'go';
}

/** Claims the wave, so that others count it, and asks the guard. What is not allowed is not claimed any longer. */
async function guardAllows(
  context: IncidentContext,
  stage: PlannedStage,
  { wave, attempt }: { wave: PlannedWave; attempt: WaveAttempt },
): Promise<boolean> {
  const isAllowed = (await reserve(context, attempt)) && (await isSafe(context, stage, { wave, attempt }));
  if (!isAllowed) await giveUpClaims(context, attempt.chunk, false);
  return isAllowed;
}

async function isSafe(
  context: IncidentContext,
  stage: PlannedStage,
  { wave, attempt }: { wave: PlannedWave; attempt: WaveAttempt },
): Promise<boolean> {
  try {
    const verdict = await weighAmongOthers(context, attempt);
    context.record.verdict(stage.name, wave.index, verdict);
    if (verdict.allowed && !context.control.hold) return true;
    if (!verdict.allowed) {
      context.control.stop(
        'guard',
        `FD-210 ${stage.name}, wave ${wave.index} would take ${breachWords(verdict)} below its floor${amongWords(context)}`,
        Date.now(),
      );
    }
  } catch (error) {
    context.control.stop('guard', `the facts of now can't be read: ${failureWords(error)}`, Date.now());
  }
  return false;
}

/** `store-tills (2025-04-24T14:02:00.000Z shelves empty), logistics`. */
function breachWords({ breached, falls }: GuardVerdict): string {
  return breached
    .map((service) => {
      const fall = falls.find((each) => each.service === service);
      return fall ? `${service} (${new Date(fall.atMs).toISOString()} ${fall.because})` : service;
    })
    .join(', ');
}

interface Launch {
  readonly chunk: ContainChunk;
  readonly gate: Gate | undefined;
  readonly progress: WaveProgress;
}

/** Starts a wave's child for what is left, reserved beforehand in what is contained. Holds where it can't be started. */
async function launch(context: IncidentContext, { chunk, gate, progress }: Launch): Promise<string | undefined> {
  const touched = touchedBy(chunk);
  for (const host of touched.hosts) context.contained.hosts.add(host);
  for (const principal of touched.principals) context.contained.principals.add(principal);
  context.clocks.see(Date.now(), { contained: context.contained });
  const { left, attempts } = progress;
  const captures = left.flatMap((target) => context.undo.find(chunk.stage, target) ?? []);
  const { adoptable } = context.reservations;
  context.reservations.act({ action: chunk.action, targets: [...left] });
  try {
    const child = await startChild(waveWorkflow, {
      workflowId: `${incidentWorkflowId(context.incident)}/${chunk.stage}/${chunk.wave}/${attempts + 1}`,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `${chunk.stage}, wave ${chunk.wave}: ${actions[chunk.action].verb} ${left.length}`,
      args: [
        {
          warrant: warrantOf(context, gate, glassDecisions(context)),
          chunk,
          targets: left,
          captures,
          adoptable: [...adoptable],
        },
      ],
    });
    context.children.own(child);
    return child.workflowId;
  } catch (error) {
    context.control.stop('aws', `${chunk.stage}, wave ${chunk.wave}: ${failureWords(error)}`, Date.now());
    return undefined;
  }
}

/** Waits for a wave's end; stops it between two targets when the incident holds. */
async function ended(context: IncidentContext, child: string): Promise<ChildReport> {
  const { continuing, children, control } = context;
  return await continuing.rest(
    async () =>
      await children.ended(child, {
        isDue: () => control.hold !== undefined || control.isOver,
        tell: async (wave) => await getExternalWorkflowHandle(wave).signal(stopSignal),
      }),
  );
}

interface SettledWave {
  readonly stage: PlannedStage;
  readonly wave: PlannedWave;
  readonly report: ChildReport;
  /** What the child was asked to do. */
  readonly left: readonly string[];
}

/** Records outcomes, holds where people must choose, and says which targets are left. */
function settle(context: IncidentContext, { stage, wave, report, left: asked }: SettledWave): readonly string[] {
  const { record, control } = context;
  context.children.forget(report.child);
  const failure = 'failure' in report ? report.failure : undefined;
  if (failure !== undefined) control.stop('aws', `${stage.name}, wave ${wave.index}: ${failure}`, Date.now());
  const outcomes = 'outcomes' in report ? report.outcomes : asked.map(notReached);
  record.report(stage.name, outcomes);
  settleClaims(context, chunkOf(context.plan, 'contain', wave.chunk), outcomes);
  const before = record.verified(stage.name, wave.index);
  const done = of(outcomes, 'done');
  record.wave(stage.name, wave.index, { verified: before + done.length });
  const [refused, failed, unreached] = [of(outcomes, 'refused'), of(outcomes, 'failed'), of(outcomes, 'not-reached')];
  if (refused.length > 0) {
    control.stop(
      'aws',
      `FD-401 AWS refused at ${refused.join(', ')}; ${done.length} done, ${unreached.length} not reached`,
      Date.now(),
    );
  }
  if (failed.length > 0) control.stop('unverified', `FD-402 not verified: ${failed.join(', ')}`, Date.now());
  const left = [...refused, ...failed, ...unreached];
  if (left.length > 0) record.wave(stage.name, wave.index, { state: 'held' });
  return left;
}

function notReached(target: string): TargetOutcome {
  return { target, status: 'not-reached' };
}

function of(outcomes: readonly TargetOutcome[], status: TargetOutcome['status']): readonly string[] {
  return outcomes.filter((outcome) => outcome.status === status).map((outcome) => outcome.target);
}
