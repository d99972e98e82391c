import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { PlannedTier, ReleaseChunk } from '../model/plan.ts';
import type { IncidentContext } from './context.ts';
import { chunkOf, warrantOf } from './context.ts';
import { failureWords } from './failure.ts';
import type { Gate } from './gate.ts';
import { giveBack as giveBackWorkflow } from './give-back.ts';
import { incidentWorkflowId } from './messages.ts';
import type { Directive, Undertaking } from './obey.ts';
import { obey, passGate } from './obey.ts';
import type { Parted } from './parting.ts';
import type { WaveProgress } from './progress.ts';
import { noteGivenBack, part } from './parting.ts';
import { waitUntilWell } from './recovery.ts';
import type { ChildReport } from './reporting.ts';
import { interrupted, waitMsAfter } from './reserve.ts';

/** Gives everything back, tier by tier: gate, waves, probes. Ends when no tier is left. */
export async function release(context: IncidentContext): Promise<void> {
  for (const tier of context.plan.header.tiers) {
    const undertaking: Undertaking = { name: `restore/${tier.name}`, isContainment: false };
    if (context.progress.isFinished(undertaking.name)) continue;
    const told = await runTier(context, tier, undertaking);
    if (told === 'skip') context.record.say('skipped', `tier ${tier.name} was left as it is`);
    else context.record.tier(tier.name, { state: 'done' });
    context.progress.finish(undertaking.name);
  }
}

async function runTier(context: IncidentContext, tier: PlannedTier, undertaking: Undertaking): Promise<Directive> {
  const gate = context.desk.gates.find((candidate) => candidate.definition.id === tier.gate?.id);
  if (!context.progress.isBegun(undertaking.name)) {
    if (gate) {
      context.record.tier(tier.name, { state: 'waiting' });
      if ((await passGate(context, gate, undertaking)) === 'skip') return 'skip';
    }
    context.progress.begin(undertaking.name);
    context.record.enter('releasing', `tier ${tier.name}`);
    context.record.tier(tier.name, { state: 'releasing' });
  }
  for (const wave of tier.waves) {
    if ((await runWave(context, { tier, wave, gate, undertaking })) === 'skip') return 'skip';
  }
  if (!tier.probe) return 'go';
  context.record.tier(tier.name, { state: 'probing' });
  return await waitUntilWell(context, tier, undertaking);
}

interface WaveOfTier {
  readonly tier: PlannedTier;
  readonly wave: PlannedTier['waves'][number];
  readonly gate: Gate | undefined;
  readonly undertaking: Undertaking;
}

/** Gives one wave back; what fails is tried again each time people resume. Goes on with the child of an earlier run. */
async function runWave(context: IncidentContext, about: WaveOfTier): Promise<Directive> {
  const { tier, wave, undertaking } = about;
  const name = `${undertaking.name}/${wave.index}`;
  if (context.progress.isFinished(name)) return 'go';
  const chunk = chunkOf(context.plan, 'release', wave.chunk);
  const captured = (): readonly string[] => chunk.targets.filter((target) => context.undo.of([target]).length > 0);
  for (;;) {
    const progress = context.progress.wave(name, captured);
    if (progress.left.length === 0) break;
    const { child } = progress;
    if (child !== undefined) {
      const report = await context.continuing.rest(async () => await context.children.ended(child));
      const left = settle(context, tier, { report, left: progress.left });
      context.progress.note(name, { attempts: progress.attempts, left });
      continue;
    }
    if ((await obey(context, undertaking)) === 'skip') return 'skip';
    context.record.enter('releasing', `tier ${tier.name}, wave ${wave.index} of ${tier.waves.length}`);
    const parted = await partFromOthers(context, tier, progress);
    const launched = await launch(context, about, { chunk, parted, attempt: progress.attempts + 1 });
    const begun = { attempts: progress.attempts + 1, left: [...parted.targets, ...parted.waiting] };
    context.progress.note(name, launched === undefined ? begun : { ...begun, child: launched });
  }
  context.progress.finish(name);
  context.record.say('released', `tier ${tier.name}, wave ${wave.index}`);
  return 'go';
}

/** Finds out what is this incident's to give back, and reports what others keep. Waits a while where all of it has to wait. */
async function partFromOthers(
  context: IncidentContext,
  tier: PlannedTier,
  { left, attempts }: WaveProgress,
): Promise<Parted> {
  const parted = await part(context, left);
  context.record.report(`restore/${tier.name}`, parted.kept);
  for (const { target } of parted.kept) takeOut(context, target);
  if (parted.targets.length === 0 && parted.waiting.length > 0) {
    await interrupted(context, waitMsAfter(attempts), () => context.control.hold !== undefined);
  }
  return parted;
}

function takeOut({ contained }: IncidentContext, target: string): void {
  contained.hosts.delete(target);
  contained.principals.delete(target);
}

interface Launch {
  readonly chunk: ReleaseChunk;
  readonly parted: Parted;
  readonly attempt: number;
}

/** Starts the child that gives a wave back, where there is something to. Holds where it can't be started. */
async function launch(
  context: IncidentContext,
  { tier, wave, gate, undertaking }: WaveOfTier,
  { chunk, parted, attempt }: Launch,
): Promise<string | undefined> {
  const { targets, captures } = parted;
  if (targets.length === 0) return undefined;
  try {
    const child = await startChild(giveBackWorkflow, {
      workflowId: `${incidentWorkflowId(context.incident)}/${undertaking.name}/${wave.index}/${attempt}`,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `give back ${tier.name}, wave ${wave.index}: ${targets.length} targets`,
      args: [
        {
          warrant: warrantOf(context, gate, context.desk.releases),
          chunk,
          targets,
          captures,
        },
      ],
    });
    context.children.own(child);
    return child.workflowId;
  } catch (error) {
    context.control.stop('undo', `tier ${tier.name}: ${failureWords(error)}`, Date.now());
    return undefined;
  }
}

/** Takes what came back out of the contained; holds where an undo did not come out, and says what is left, or still waits. */
function settle(
  context: IncidentContext,
  tier: PlannedTier,
  { report, left: asked }: { readonly report: ChildReport; readonly left: readonly string[] },
): readonly string[] {
  const { record, contained, clocks, control, reservations } = context;
  context.children.forget(report.child);
  if ('failure' in report) {
    control.stop('undo', `tier ${tier.name}: ${report.failure}`, Date.now());
    return asked;
  }
  const { outcomes } = report;
  // What another incident keeps was reported so before; that the rest of it came back does not change that.
  record.report(
    `restore/${tier.name}`,
    outcomes.filter(({ status, target }) => status !== 'done' || !reservations.kept.has(target)),
  );
  noteGivenBack(context, outcomes);
  const back = outcomes.filter((outcome) => outcome.status === 'done').map((outcome) => outcome.target);
  for (const target of back) takeOut(context, target);
  const done = back.filter((target) => !reservations.kept.has(target));
  clocks.see(Date.now(), { contained: reservations.together(contained) });
  record.tier(tier.name, { released: record.released(tier.name) + done.length });
  const left = outcomes.filter(({ status }) => status === 'failed' || status === 'refused' || status === 'not-reached');
  if (left.length > 0) {
    const named = left.map(({ target, detail }) => (detail === undefined ? target : `${target} (${detail})`));
    control.stop('undo', `not given back: ${named.join(', ')}`.slice(0, 500), Date.now());
  }
  const waiting = asked.filter((target) => !outcomes.some((outcome) => outcome.target === target));
  return [...left.map((outcome) => outcome.target), ...waiting];
}
