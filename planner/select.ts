import type { Estate } from '../model/estate.ts';
import type { Parameters, Selector } from '../model/playbook.ts';
import { resolveSystems } from './parameters.ts';
import type { Step } from './reach.ts';
import { reach } from './reach.ts';

/** Which key of a selector brought something in, and for `reachableFrom` by which last step. */
export interface Origin {
  readonly key: Exclude<keyof Selector, 'except'>;
  readonly step?: Step;
}

/** What a selector stands for. Exceptions are not taken off yet: they apply to the targets found. */
export interface Selection {
  readonly systems: ReadonlyMap<string, Origin>;
  readonly principals: ReadonlyMap<string, Origin>;
  /** Instances with this tag, of whatever system claims them. */
  readonly tag?: { readonly key: string; readonly value: string };
  /** Systems left out: no host of theirs is touched, and no principal they use. */
  readonly except: ReadonlySet<string>;
}

/** What a selector is resolved with. */
export interface SelectContext {
  readonly estate: Estate;
  readonly parameters: Parameters;
  /** Systems left out by the request. */
  readonly except: readonly string[];
}

/** Resolves a selector: its keys add up, the first that matches is given as the origin (DESIGN.md, *The playbook*). */
export function select(on: Selector, { estate, parameters, except }: SelectContext): Selection {
  const systems = new Map<string, Origin>();
  const principals = new Map<string, Origin>();
  const add = (into: Map<string, Origin>, name: string, origin: Origin): void => {
    if (!into.has(name)) into.set(name, origin);
  };
  for (const name of resolveSystems(on.systems, parameters)) add(systems, name, { key: 'systems' });
  if (on.zone !== undefined) {
    for (const { name, zone } of estate.systems) if (zone === on.zone) add(systems, name, { key: 'zone' });
  }
  const reached = reach(estate, resolveSystems(on.reachableFrom, parameters));
  for (const [name, step] of reached.systems) add(systems, name, { key: 'reachableFrom', step });
  for (const id of on.principals ?? []) add(principals, id, { key: 'principals' });
  const users = new Set(resolveSystems(on.principalsOf, parameters));
  for (const { name, uses } of estate.systems) {
    if (users.has(name)) for (const id of uses) add(principals, id, { key: 'principalsOf' });
  }
  for (const [id, step] of reached.principals) add(principals, id, { key: 'reachableFrom', step });
  const left = new Set([...except, ...resolveSystems(on.except, parameters)]);
  return { systems, principals, except: left, ...(on.tag && { tag: on.tag }) };
}
