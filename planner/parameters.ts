import type { Estate } from '../model/estate.ts';
import type { Parameters, Playbook, Selector } from '../model/playbook.ts';
import type { Refusal } from '../model/refusal.ts';
import type { WaiverRequest } from '../model/waiver.ts';
import { sortedTexts } from './order.ts';

/** What the names in a playbook and a request are checked against, and resolved with. */
export interface NamesQuestion {
  readonly estate: Estate;
  readonly playbook: Playbook;
  readonly parameters: Parameters;
  readonly except: readonly string[];
  readonly narrow: readonly string[];
  readonly breakGlass?: readonly WaiverRequest[];
}

function valueOf(
  name: string,
  { playbook, parameters }: Pick<NamesQuestion, 'playbook' | 'parameters'>,
): readonly string[] {
  // Own keys only: a parameter may be called `constructor`.
  const given = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  return given ?? playbook.parameters[name]?.default ?? [];
}

/** Values by parameter: given, else the default, else none; each once and in order. */
export function resolveParameters(question: Pick<NamesQuestion, 'playbook' | 'parameters'>): Parameters {
  const own = Object.keys(question.playbook.parameters).toSorted();
  return Object.fromEntries(own.map((name) => [name, sortedTexts(valueOf(name, question))]));
}

/** The systems a list in a selector stands for: as written, or the value of the parameter it refers to. */
export function resolveSystems(
  list: string | readonly string[] | undefined,
  parameters: Parameters,
): readonly string[] {
  if (list === undefined) return [];
  return typeof list === 'string' ? (parameters[list.slice(1)] ?? []) : list;
}

type Where = NonNullable<Refusal['facts'][number]['at']>['path'];

function refuse(message: string, expected: string, path?: Where): Refusal {
  const at = path && { document: 'playbook' as const, path };
  return { code: 'FD-102', message, facts: [{ label: 'expected', text: expected, ...(at && { at }) }], repairs: [] };
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.toSorted().join(', ');
}

function parameterProblems(question: NamesQuestion): readonly Refusal[] {
  const { playbook, parameters } = question;
  const declared = Object.keys(playbook.parameters).toSorted();
  const isMissing = (name: string): boolean =>
    playbook.parameters[name]?.required === true && valueOf(name, question).length === 0;
  return [
    ...declared
      .filter(isMissing)
      .map((name) => refuse(`parameter ${name} is required and was not given.`, `-p ${name}=<system>,<system>`)),
    ...Object.keys(parameters)
      .filter((name) => !declared.includes(name))
      .toSorted()
      .map((name) => refuse(`the playbook has no parameter ${name}.`, `one of: ${listed(declared)}`)),
  ];
}

/** FD-102 for every name that no system of the estate has. `where` says where it was given: `--except`. */
export function unknownSystems(
  { systems }: Pick<Estate, 'systems'>,
  names: readonly string[],
  where: string,
): readonly Refusal[] {
  const known = new Set(systems.map(({ name }) => name));
  return sortedTexts(names.filter((name) => !known.has(name))).map((name) =>
    refuse(`${where} names ${name}, and the estate has no such system.`, 'the name of a system of the estate'),
  );
}

function unknownIn(question: NamesQuestion): readonly Refusal[] {
  const unknown = (names: readonly string[], where: string): readonly Refusal[] =>
    unknownSystems(question.estate, names, where);
  return [
    ...Object.entries(resolveParameters(question)).flatMap(([name, values]) => unknown(values, `parameter ${name}`)),
    ...unknown(question.except, '--except'),
    ...sortedTexts(question.narrow)
      .filter((name) => !question.playbook.stages.some((stage) => stage.name === name))
      .map((name) => refuse(`--narrow names ${name}, and the playbook has no such stage.`, 'the name of a stage')),
  ];
}

const systemKeys = ['systems', 'reachableFrom', 'principalsOf', 'except'] as const;

function listProblems(list: string | readonly string[], known: ReadonlySet<string>, path: Where): readonly Refusal[] {
  if (typeof list === 'string') {
    if (known.has(list)) return [];
    return [refuse(`the playbook refers to ${list}, which is no parameter of it.`, 'a declared parameter', path)];
  }
  return list
    .filter((name) => !known.has(name))
    .map((name) => refuse(`the playbook names ${name}, and the estate has no such system.`, 'a system', path));
}

function selectorProblems({ estate, playbook }: NamesQuestion, on: Selector, path: Where): readonly Refusal[] {
  const known = new Set([
    ...estate.systems.map(({ name }) => name),
    ...Object.keys(playbook.parameters).map((name) => `$${name}`),
  ]);
  const problems = systemKeys.flatMap((key) => listProblems(on[key] ?? [], known, [...path, key]));
  if (on.zone !== undefined && !estate.systems.some(({ zone }) => zone === on.zone)) {
    problems.push(refuse(`the playbook names zone ${on.zone}, and no system is in it.`, 'a zone', [...path, 'zone']));
  }
  const principals = new Set(estate.principals.map(({ id }) => id));
  for (const id of on.principals?.filter((each) => !principals.has(each)) ?? []) {
    const message = `the playbook names ${id}, and the estate has no such principal.`;
    problems.push(refuse(message, 'a principal', [...path, 'principals']));
  }
  return problems;
}

function waiverProblems({ estate, breakGlass = [] }: NamesQuestion): readonly Refusal[] {
  const tiersOf = (service: string): ReadonlySet<string | undefined> =>
    new Set(estate.services.find(({ name }) => name === service)?.floor.map(({ tier }) => tier));
  return breakGlass.flatMap(({ service, floor = [] }, index) => {
    const where = `--break-glass names ${service}`;
    if (!estate.services.some(({ name }) => name === service)) {
      return [refuse(`${where}, and the estate has no such service.`, 'the name of a protected service')];
    }
    if (breakGlass.findIndex((other) => other.service === service) !== index) {
      return [refuse(`${where} twice.`, 'each service once')];
    }
    const tiers = tiersOf(service);
    return floor
      .filter(({ tier }) => tier !== undefined && !tiers.has(tier))
      .map(({ tier }) =>
        refuse(`${where}/${tier ?? ''}, and ${service} has no floor of that tier.`, 'a tier with a floor'),
      );
  });
}

/** Every name in playbook, parameters, `--except` and `--break-glass` that means nothing here, as FD-102 refusals. */
export function nameProblems(question: NamesQuestion): readonly Refusal[] {
  const { estate, playbook } = question;
  const known = new Set(estate.systems.map(({ name }) => name));
  return [
    ...parameterProblems(question),
    ...unknownIn(question),
    ...waiverProblems(question),
    ...playbook.stages.flatMap(({ on }, index) => selectorProblems(question, on, ['stages', index, 'on'])),
    ...playbook.restore.tiers.flatMap(({ systems }, index) =>
      listProblems(systems, known, ['restore', 'tiers', index, 'systems']),
    ),
  ];
}
