import { readPlanFile } from '../../documents/plan-file.ts';
import type { PlanFile } from '../../model/plan.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { numberedFailure, usageFailure } from '../failure.ts';
import { expectLoaded } from '../input.ts';
import { escapeControls } from '../render/escape.ts';
import { timeWords } from '../render/time.ts';
import { timeOptions } from './clock.ts';

/**
 * Reads the plan to start, and holds it to what it says of itself.
 *
 * @throws CliFailure usage, for a file that is no plan or an offline one; exit 7 after it should have been started
 */
export async function readStartablePlan(context: Context, path: string): Promise<PlanFile> {
  const bytes = await context.readFile(path).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw usageFailure(
      escapeControls(`The plan ${path} can't be read: ${why}. Make one: firedoor plan PLAYBOOK -o ${path}`),
    );
  });
  const { planFile } = expectLoaded(readPlanFile(path, bytes));
  if (planFile.offline) {
    throw usageFailure(
      escapeControls(
        `${path} was planned offline, from files alone, so it can't be started. Plan it through a worker: firedoor plan ${planFile.playbook.name} -o ${path}`,
      ),
    );
  }
  const startBy = new Date(planFile.startBy);
  if (startBy.getTime() < context.now().getTime()) {
    const at = timeWords(startBy, timeOptions(context.env));
    throw numberedFailure('FD-209', escapeControls(`${path} was to be started by ${at}.`), {
      exitCode: exitCodes.stale,
    });
  }
  return planFile;
}
