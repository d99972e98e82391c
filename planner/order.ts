import { canonical } from '../model/canonical.ts';
import type { Estate } from '../model/estate.ts';
import type { LiveInstance, LivePrincipal, LiveReads } from '../model/live.ts';
import type { Need } from '../model/modes.ts';
import type { Playbook, Selector } from '../model/playbook.ts';
import type { WaiverRequest } from '../model/waiver.ts';
import { byText } from './graph.ts';

/** Lists in these documents are sets: the same things in another order must give the same bytes, and the same digest. */
function sortedBy<Item>(items: readonly Item[], key: (item: Item) => string): Item[] {
  if (items.length < 2) return [...items];
  return items
    .map((item) => ({ item, text: key(item) }))
    .sort((one, other) => byText(one.text, other.text))
    .map(({ item }) => item);
}

/** Texts once each, in order. */
export function sortedTexts(texts: readonly string[]): string[] {
  return texts.length < 2 ? [...texts] : [...new Set(texts)].sort(byText);
}

/** The canonical form of a need; of a name it is its JSON, found without building it for thousands of them. */
function needKey(need: Need): string {
  return typeof need === 'string' ? JSON.stringify(need) : canonical(need);
}

function orderNeed(need: Need): Need {
  if (typeof need === 'string' || 'on' in need) return need;
  if ('all' in need) return { all: sortedBy(need.all.map(orderNeed), needKey) };
  return { atLeast: need.atLeast, of: sortedBy(need.of.map(orderNeed), needKey) };
}

function withOrderedNeeds<Part extends { readonly needs?: Need | undefined }>(part: Part): Part {
  return part.needs === undefined ? part : { ...part, needs: orderNeed(part.needs) };
}

type System = Estate['systems'][number];
type Service = Estate['services'][number];

function orderSystem(system: System): System {
  return {
    ...withOrderedNeeds(system),
    uses: sortedTexts(system.uses),
    reaches: sortedTexts(system.reaches),
    controls: sortedBy(system.controls, canonical),
  };
}

function orderService(service: Service): Service {
  const modes: Service['modes'] = {};
  for (const mode of ['normal', 'degraded', 'manual'] as const) {
    const given = service.modes[mode];
    if (given) modes[mode] = withOrderedNeeds(given);
  }
  return { ...service, floor: sortedBy(service.floor, canonical), modes };
}

/** An estate with every list in the one order its digest is taken in. Says the same. */
export function orderEstate(estate: Estate): Estate {
  const byName = (item: { readonly name: string }): string => item.name;
  return {
    ...estate,
    accounts: sortedBy(estate.accounts, byName),
    people: sortedBy(estate.people, ({ id }) => id).map((person) => ({ ...person, roles: sortedTexts(person.roles) })),
    principals: sortedBy(estate.principals, ({ id }) => id).map((principal) => ({
      ...principal,
      opens: sortedTexts(principal.opens),
    })),
    systems: sortedBy(estate.systems, byName).map(orderSystem),
    services: sortedBy(estate.services, byName).map(orderService),
    neverTouch: sortedTexts(estate.neverTouch),
    sites: Object.fromEntries(
      sortedBy(Object.entries(estate.sites), ([service]) => service).map(([service, sites]) => [
        service,
        sortedBy(sites, ({ site }) => site),
      ]),
    ),
  };
}

function orderInstance(instance: LiveInstance): LiveInstance {
  return {
    ...instance,
    interfaces: sortedBy(instance.interfaces, ({ id }) => id).map((each) => ({
      ...each,
      groups: sortedTexts(each.groups),
    })),
    volumes: sortedTexts(instance.volumes),
  };
}

function orderPrincipal(principal: LivePrincipal): LivePrincipal {
  return {
    ...principal,
    keys: sortedBy(principal.keys, ({ id }) => id),
    inlinePolicies: sortedTexts(principal.inlinePolicies),
  };
}

/** Live reads with every list in the one order their digest is taken in. Says the same. */
export function orderLive(live: LiveReads): LiveReads {
  return {
    instances: sortedBy(live.instances, ({ account, id }) => `${account} ${id}`).map(orderInstance),
    principals: sortedBy(live.principals, ({ id }) => id).map(orderPrincipal),
  };
}

function orderSelector(on: Selector): Selector {
  const ordered: Selector = { ...on };
  for (const key of ['systems', 'reachableFrom', 'principalsOf', 'except'] as const) {
    const list = on[key];
    if (Array.isArray(list)) ordered[key] = sortedTexts(list);
  }
  if (on.principals) ordered.principals = sortedTexts(on.principals);
  return ordered;
}

/** A playbook with its sets in order. Stages and tiers keep theirs: it is the procedure. */
export function orderPlaybook(playbook: Playbook): Playbook {
  return {
    ...playbook,
    stages: playbook.stages.map((stage) => ({ ...stage, on: orderSelector(stage.on) })),
    restore: {
      tiers: playbook.restore.tiers.map((tier) => ({
        ...tier,
        systems: sortedTexts(tier.systems),
        gate: sortedBy(tier.gate, canonical),
      })),
    },
  };
}

/** Waivers asked for, by service. */
export function orderWaivers(requests: readonly WaiverRequest[]): readonly WaiverRequest[] {
  return sortedBy(requests, ({ service }) => service);
}
