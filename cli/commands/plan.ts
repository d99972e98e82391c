import { z } from 'zod';
import { renderPlanFile } from '../../documents/plan-file.ts';
import type { PlanFile } from '../../model/plan.ts';
import type { PlanAnswer } from '../../planner/plan.ts';
import type { PlanRequest } from '../../workflows/messages.ts';
import { defineCommand } from '../command.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import { usageFailure } from '../failure.ts';
import { timeOptions } from '../incident/clock.ts';
import { planOffline } from '../planning/offline.ts';
import { askWorker } from '../planning/online.ts';
import { withPlaces } from '../planning/places.ts';
import { showRefusals } from '../planning/question.ts';
import type { PlanningRequest } from '../planning/request.ts';
import type { LastPlan } from '../planning/since.ts';
import { readLastPlan, sinceLast } from '../planning/since.ts';
import { writeRepairs } from '../planning/write-repairs.ts';
import { readParameters, readPlaybook, splitNames } from '../planning/request.ts';
import { readWaivers } from '../planning/waivers.ts';
import { escapeControls } from '../render/escape.ts';
import type { PlanTimes } from '../render/plan.ts';
import { renderPlan } from '../render/plan.ts';
import { earlierWords, laterWords, offsetWords, timeWords } from '../render/time.ts';
import type { Session } from '../session.ts';
import { writeOutput } from '../write-output.ts';

/** How long a plan may be started: beside the header, outside the digest (DESIGN.md, *The plan*). */
const startWithinMs = 30 * 60_000;

const planInput = z.strictObject({
  playbook: z.string().min(1),
  param: z.array(z.string()).default([]),
  except: z.array(z.string()).default([]),
  narrow: z.array(z.string()).default([]),
  breakGlass: z.array(z.string()).default([]),
  until: z.string().optional(),
  since: z.string().optional(),
  repairs: z.string().min(1).optional(),
  offline: z.boolean().default(false),
  estate: z.string().optional(),
  live: z.string().optional(),
});
type PlanInput = z.infer<typeof planInput>;

/** `firedoor plan PLAYBOOK`: what it would touch and what it would cost, through a worker or from files. Changes nothing. */
export const planCommand = defineCommand({
  name: 'plan',
  summary: 'shows what a playbook would touch and cost, and writes the plan to sign; changes nothing',
  writesFile: true,
  define: (command) =>
    command
      .argument('<playbook>', 'a file, or a name for playbooks/<name>.yaml')
      .option('-p, --param <name=system,…>', 'value of a parameter; once for each', collect)
      .option('--except <system,…>', 'systems to leave out of every stage', collect)
      .option('--narrow <stage,…>', 'take shared roles from the compromised hosts alone in these stages', collect)
      .option(
        '--break-glass <service>',
        'waive its floor: as far as needed, or SERVICE=50%:degraded; once for each',
        collect,
      )
      .option('--until <length>', 'with --break-glass: until so long after the start, such as PT4H')
      .option('--since <plan>', 'an earlier plan, to say which targets came or went; by default the file at -o')
      .option('--repairs <name>', 'where refused: write playbooks that repairs came to, to <name>-a.yaml and so on')
      .option('--offline', "plan from files alone; such a plan can't be started")
      .option('--estate <file>', 'with --offline: the estate')
      .option('--live <file>', 'with --offline: live reads as JSON'),
  input: planInput,
  run: async (session, input) => {
    const request: PlanningRequest = {
      loaded: await readPlaybook(session.context, input.playbook),
      parameters: readParameters(input.param),
      except: input.except.flatMap(splitNames),
      narrow: input.narrow.flatMap(splitNames),
      breakGlass: readWaivers(input.breakGlass, input.until),
    };
    const last = await readLastPlan(session.context, { since: input.since, output: session.options.file });
    const answer = await answerTo(session, request, input);
    if (answer.kind === 'refused') {
      const refusals = withPlaces(answer.refusals, { playbook: request.loaded.locate });
      return showRefusals(session, refusals, await writeRepairs(session, refusals, input.repairs));
    }
    return await showPlan(session, planFileOf(session, { answer, request, input, last }));
  },
});

function collect(word: string, words: readonly string[] = []): readonly string[] {
  return [...words, word];
}

async function answerTo(session: Session, asked: PlanningRequest, input: PlanInput): Promise<PlanAnswer> {
  const { offline, estate, live } = input;
  if (!offline) {
    if (estate !== undefined || live !== undefined) throw usageFailure('--estate and --live go with --offline: online, the workers hold the estate and read the world.'); // prettier-ignore
    const { loaded, ...rest } = asked;
    const request: PlanRequest = { playbook: loaded.playbook, ...rest };
    return await session.withServer(
      async (server) => await askWorker<PlanAnswer>(session.context, server, { workflow: 'plan', request }),
    );
  }
  if (estate === undefined || live === undefined) {
    throw usageFailure('--offline takes --estate FILE and --live FILE: without live reads there is nothing to aim at.');
  }
  return await planOffline(session.context, asked, { estate, live });
}

interface Planned {
  readonly answer: Extract<PlanAnswer, { readonly kind: 'plan' }>;
  readonly request: PlanningRequest;
  readonly input: PlanInput;
  readonly last: LastPlan | undefined;
}

function planFileOf({ context }: Session, { answer, request, input, last }: Planned): PlanFile {
  const now = context.now();
  const since = sinceLast(last, answer.plan);
  return {
    schema: 'firedoor/plan/v1',
    plan: answer.plan,
    playbook: request.loaded.playbook,
    plannedAt: now.toISOString(),
    startBy: new Date(now.getTime() + startWithinMs).toISOString(),
    offline: input.offline,
    ...(since && { since }),
  };
}

async function showPlan(session: Session, planFile: PlanFile): Promise<ExitCode> {
  const { context, options } = session;
  if (options.file !== undefined) {
    await writeOutput(session, { what: 'plan', path: options.file, text: renderPlanFile(planFile) });
  }
  session.show(planFile, () => {
    const lines = renderPlan(planFile, context.stdout, timesOf(session, planFile));
    return [...lines, '', ...nextLines(planFile, options.file)].join('\n');
  });
  return exitCodes.done;
}

function timesOf(session: Session, planFile: PlanFile): PlanTimes {
  const plannedAt = new Date(planFile.plannedAt);
  const zone = timeOptions(session.context.env);
  return {
    startBy: startByWords(session, planFile),
    after: (lengthMs) => laterWords(plannedAt, lengthMs, zone),
    earlier: (instant) => earlierWords(new Date(instant), plannedAt, zone),
  };
}

function startByWords({ context }: Session, { startBy, offline }: PlanFile): string {
  if (offline) return "offline: it can't be started";
  const [at, zone] = [new Date(startBy), timeOptions(context.env)];
  return `start it by ${timeWords(at, zone)} ${offsetWords(at, zone)}`;
}

function nextLines({ offline }: PlanFile, file: string | undefined): readonly string[] {
  if (offline)
    return [
      "Nothing was changed. Planned from files alone, so it can't be started.",
      'Next: the same without --offline, through a worker.',
    ];
  if (file === undefined) return ['Nothing was changed. Next: the same with -o plan.json, to sign and start it.'];
  return [`Nothing was changed. Next: firedoor start ${escapeControls(file)} --incident INC-42`];
}
