import type { LoadedPlaybook } from '../../documents/playbook.ts';
import { loadPlaybook } from '../../documents/playbook.ts';
import type { Parameters } from '../../model/playbook.ts';
import type { WaiverRequest } from '../../model/waiver.ts';
import type { Context } from '../context.ts';
import { usageFailure } from '../failure.ts';
import { expectLoaded } from '../input.ts';
import { escapeControls } from '../render/escape.ts';

/** What a plan is asked for, read from the command line. */
export interface PlanningRequest {
  readonly loaded: LoadedPlaybook;
  readonly parameters: Parameters;
  readonly except: readonly string[];
  readonly narrow: readonly string[];
  readonly breakGlass: readonly WaiverRequest[];
}

/** Reads a playbook: a path, or a bare name that stands for `playbooks/<name>.yaml`. @throws CliFailure usage */
export async function readPlaybook(context: Context, named: string): Promise<LoadedPlaybook> {
  const isName = /^[a-z0-9][a-z0-9-]*$/.test(named);
  return expectLoaded(await loadPlaybook(isName ? `playbooks/${named}.yaml` : named, context.files));
}

/** Reads `-p name=a,b`, once for each parameter. @throws CliFailure usage */
export function readParameters(words: readonly string[]): Parameters {
  const parameters = new Map<string, readonly string[]>();
  for (const word of words) {
    const at = word.indexOf('=');
    const [name, values] = [word.slice(0, Math.max(0, at)), splitNames(word.slice(at + 1))];
    if (name === '' || values.length === 0) {
      throw usageFailure(`-p takes name=system,system; found "${escapeControls(word)}".`);
    }
    if (parameters.has(name)) {
      throw usageFailure(`-p ${escapeControls(name)} is given twice. Give it once, its systems separated by commas.`);
    }
    parameters.set(name, values);
  }
  return Object.fromEntries(parameters);
}

/** Splits `a,b` at commas; empty parts are dropped. */
export function splitNames(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
