import type { ActionDefinition } from '../model/actions/definition.ts';
import { namesIn } from '../model/modes.ts';
import type { Affected, Target } from '../model/plan.ts';
import type { Context } from './context.ts';
import { sortedTexts } from './order.ts';
import { directNeeds } from './slice.ts';

/** Who shares whose fate: found once for an estate and its live reads, and asked for every wave. */
export interface Fate {
  /** Live hosts that lose a principal with its containment: those that run with it, and those of systems listed to use it. */
  readonly hostsLosing: (principal: string) => readonly string[];
  /** Services that need any of these systems, in whatever mode and however far, by name. */
  readonly servicesOn: (systems: readonly string[]) => readonly string[];
}

function appendTo(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function losers({ estate, claims }: Pick<Context, 'estate' | 'claims'>): Fate['hostsLosing'] {
  const runningWith = new Map<string, string[]>();
  for (const [host, role] of claims.roleOf) appendTo(runningWith, role, host);
  const users = new Map<string, string[]>();
  for (const { name, uses } of estate.systems) for (const id of uses) appendTo(users, id, name);
  return (principal) => {
    const used = (users.get(principal) ?? []).flatMap((name) => claims.hostsOf.get(name) ?? []);
    return [...new Set([...(runningWith.get(principal) ?? []), ...used])];
  };
}

function leaningServices({ whole }: Pick<Context, 'whole'>): Fate['servicesOn'] {
  const leaners = new Map<string, string[]>();
  const services = new Map<string, string[]>();
  for (const { name, needs } of whole.systems) for (const needed of namesIn(needs)) appendTo(leaners, needed, name);
  for (const service of whole.services) for (const name of directNeeds(service)) appendTo(services, name, service.name);
  const known = new Map<string, readonly string[]>();
  return (systems) => {
    const key = systems.join(' ');
    const before = known.get(key);
    if (before) return before;
    const fallen = new Set(systems);
    // A Set hands out what is added while it is walked.
    for (const name of fallen) for (const leaner of leaners.get(name) ?? []) fallen.add(leaner);
    const found = sortedTexts([...fallen].flatMap((name) => services.get(name) ?? []));
    known.set(key, found);
    return found;
  };
}

/** Prepares {@link Fate} (DESIGN.md, *Continuity, exactly*: an action declares what it touches, the model lifts that to systems). */
export function fateOf(context: Pick<Context, 'estate' | 'claims' | 'whole'>): Fate {
  return { hostsLosing: losers(context), servicesOn: leaningServices(context) };
}

/** What falls with some targets of an action: hosts, the targets among them, and the services that lean on their systems. */
export function affectedBy(action: ActionDefinition, targets: readonly Target[], fate: Fate): Affected {
  if (action.effect === 'none') return { hosts: 0, services: [] };
  const hosts = targets.flatMap(({ kind, id }) => (kind === 'instance' ? [id] : fate.hostsLosing(id)));
  const services = fate.servicesOn(sortedTexts(targets.flatMap(({ systems }) => systems)));
  return { hosts: new Set(hosts).size, services: [...services] };
}
