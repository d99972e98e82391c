import { executeChild, ParentClosePolicy } from '@temporalio/workflow';
import type { PlannedTier } from '../model/plan.ts';
import type { TargetOutcome } from '../model/step.ts';
import type { IncidentContext } from './context.ts';
import { chunkOf, warrantOf } from './context.ts';
import { failureWords } from './failure.ts';
import type { Gate } from './gate.ts';
import { giveBack as giveBackWorkflow } from './give-back.ts';
import { incidentWorkflowId } from './messages.ts';
import type { Directive, Undertaking } from './obey.ts';
import { obey, passGate } from './obey.ts';
import { waitUntilWell } from './recovery.ts';

/** Gives everything back, tier by tier: gate, waves, probes. Ends when no tier is left. */
export async function release(context: IncidentContext): Promise<void> {
  for (const tier of context.plan.header.tiers) {
    const told = await runTier(context, tier);
    if (told === 'skip') context.record.say('skipped', `tier ${tier.name} was left as it is`);
    else context.record.tier(tier.name, { state: 'done' });
  }
}

async function runTier(context: IncidentContext, tier: PlannedTier): Promise<Directive> {
  const undertaking: Undertaking = { name: `restore/${tier.name}`, isContainment: false };
  const gate = context.desk.gates.find((candidate) => candidate.definition.id === tier.gate?.id);
  if (gate) {
    context.record.tier(tier.name, { state: 'waiting' });
    if ((await passGate(context, gate, undertaking)) === 'skip') return 'skip';
  }
  context.record.enter('releasing', `tier ${tier.name}`);
  context.record.tier(tier.name, { state: 'releasing' });
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

/** Gives one wave back; what fails is tried again each time people resume. */
async function runWave(context: IncidentContext, { tier, wave, gate, undertaking }: WaveOfTier): Promise<Directive> {
  const chunk = chunkOf(context.plan, 'release', wave.chunk);
  let left: readonly string[] = chunk.targets.filter((target) => context.undo.of([target]).length > 0);
  for (let attempt = 1; left.length > 0; attempt += 1) {
    if ((await obey(context, undertaking)) === 'skip') return 'skip';
    context.record.enter('releasing', `tier ${tier.name}, wave ${wave.index} of ${tier.waves.length}`);
    try {
      const { outcomes } = await executeChild(giveBackWorkflow, {
        workflowId: `${incidentWorkflowId(context.incident)}/${undertaking.name}/${wave.index}/${attempt}`,
        parentClosePolicy: ParentClosePolicy.ABANDON,
        staticSummary: `give back ${tier.name}, wave ${wave.index}: ${left.length} targets`,
        args: [
          {
            warrant: warrantOf(context, gate, context.desk.releases),
            chunk,
            targets: left,
            captures: context.undo.of(left),
          },
        ],
      });
      left = settle(context, tier, outcomes);
    } catch (error) {
      context.control.stop('undo', `tier ${tier.name}: ${failureWords(error)}`, Date.now());
    }
  }
  context.record.say('released', `tier ${tier.name}, wave ${wave.index}`);
  return 'go';
}

/** Takes what came back out of the contained; holds where an undo did not come out, and says what is left. */
function settle(context: IncidentContext, tier: PlannedTier, outcomes: readonly TargetOutcome[]): readonly string[] {
  const { record, contained, clocks, control } = context;
  record.report(`restore/${tier.name}`, outcomes);
  const done = outcomes.filter((outcome) => outcome.status === 'done').map((outcome) => outcome.target);
  for (const target of done) {
    contained.hosts.delete(target);
    contained.principals.delete(target);
  }
  clocks.see(Date.now(), { contained });
  record.tier(tier.name, { released: record.released(tier.name) + done.length });
  const left = outcomes.filter(({ status }) => status === 'failed' || status === 'refused' || status === 'not-reached');
  if (left.length > 0) {
    const named = left.map(({ target, detail }) => (detail === undefined ? target : `${target} (${detail})`));
    control.stop('undo', `not given back: ${named.join(', ')}`.slice(0, 500), Date.now());
  }
  return left.map((outcome) => outcome.target);
}
