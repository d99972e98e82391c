import type { Estate } from '../model/estate.ts';
import { byText } from './graph.ts';

/** How something came to be reached: from itself, by a `reaches` entry, or through a principal the system before uses. */
export type Step =
  | { readonly kind: 'start' }
  | { readonly kind: 'reaches'; readonly from: string }
  | { readonly kind: 'uses'; readonly from: string }
  | { readonly kind: 'opens'; readonly principal: string };

/** Everything whoever owns the systems asked about can get to, each with its last step; nearest first, then by name. */
export interface Reach {
  readonly systems: ReadonlyMap<string, Step>;
  readonly principals: ReadonlyMap<string, Step>;
}

/**
 * Reach of systems (DESIGN.md, *Continuity, exactly*): over `reaches`, and over principals, since a system gives what it
 * uses to whoever owns it, and a principal gives what it opens. The systems asked about are reached by themselves.
 */
export function reach(estate: Pick<Estate, 'systems' | 'principals'>, from: readonly string[]): Reach {
  const systemByName = new Map(estate.systems.map((system) => [system.name, system]));
  const opens = new Map(estate.principals.map((principal) => [principal.id, principal.opens]));
  const systems = new Map<string, Step>();
  const principals = new Map<string, Step>();
  const enter = (name: string, step: Step): void => {
    if (systemByName.has(name) && !systems.has(name)) systems.set(name, step);
  };
  for (const name of from.toSorted(byText)) enter(name, { kind: 'start' });
  // A Map hands out what is added while it is walked: this is the breadth-first queue.
  for (const name of systems.keys()) {
    const system = systemByName.get(name);
    for (const next of system?.reaches.toSorted(byText) ?? []) enter(next, { kind: 'reaches', from: name });
    for (const principal of system?.uses.toSorted(byText) ?? []) {
      if (!principals.has(principal)) principals.set(principal, { kind: 'uses', from: name });
      for (const next of opens.get(principal)?.toSorted(byText) ?? []) enter(next, { kind: 'opens', principal });
    }
  }
  return { systems, principals };
}
