import { parseArgs } from 'node:util';
import { scenarios } from './scenario/scenarios.ts';
import type { ScenarioName } from './scenario/scenarios.ts';

/** What was asked of a drill. */
export interface DrillOptions {
  readonly out: string | undefined;
  /** For machines: the sites are probed in longer rounds, and the web UI stays off. */
  readonly fast: boolean;
  readonly sabotage: boolean;
  readonly scenario: ScenarioName;
  readonly show: ShowOptions;
}

/** What was asked of the local stack. */
export interface DevOptions {
  readonly scenario: ScenarioName;
  readonly show: ShowOptions;
}

/** How it shows itself. */
export interface ShowOptions {
  /** One document on stdout at the end, everything for people on stderr. */
  readonly json: boolean;
  /** One line an event, no redraw. */
  readonly plain: boolean;
}

/** Options that are wrong; the message is one line. Exit 2. */
export class DrillUsageError extends Error {
  override readonly name = 'DrillUsageError';
}

const shown = {
  json: { type: 'boolean', default: false },
  jsonl: { type: 'boolean', default: false },
  plain: { type: 'boolean', default: false },
  'no-color': { type: 'boolean', default: false },
} as const;

/** Reads the drill's flags. @throws DrillUsageError for what is wrong */
export function readDrillOptions(argv: readonly string[]): DrillOptions {
  const values = attempt(() =>
    parseArgs({
      args: [...argv],
      options: {
        out: { type: 'string' },
        fast: { type: 'boolean', default: false },
        sabotage: { type: 'string' },
        scenario: { type: 'string', default: 'retail-and-funeralcare' },
        ...shown,
      },
    }),
  );
  const { out, fast, sabotage, scenario } = values;
  if (sabotage !== undefined && sabotage !== 'guard') {
    throw new DrillUsageError(`--sabotage: found "${sabotage}", expected guard.`);
  }
  return { out, fast, sabotage: sabotage === 'guard', scenario: scenarioOf(scenario), show: showOf(values) };
}

/** Reads the local stack's flags. @throws DrillUsageError for what is wrong */
export function readDevOptions(argv: readonly string[]): DevOptions {
  const options = { scenario: { type: 'string', default: 'retail-and-funeralcare' }, ...shown } as const;
  const values = attempt(() => parseArgs({ args: [...argv], options }));
  return { scenario: scenarioOf(values.scenario), show: showOf(values) };
}

function attempt<Values>(parse: () => { readonly values: Values }): Values {
  try {
    return parse().values;
  } catch (error) {
    const [what = 'wrong options'] = (error instanceof Error ? error.message : String(error)).split('. ');
    throw new DrillUsageError(`${what.replace(/\.$/, '')}.`, { cause: error });
  }
}

function scenarioOf(name: string): ScenarioName {
  const found = Object.values(scenarios).find((scenario) => scenario.name === name);
  if (found) return found.name;
  throw new DrillUsageError(`--scenario: found "${name}", expected ${Object.keys(scenarios).join(' or ')}.`);
}

function showOf({ json, jsonl, plain }: { json: boolean; jsonl: boolean; plain: boolean }): ShowOptions {
  return { json: json || jsonl, plain };
}
