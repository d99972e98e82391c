import type { Estate, EstateFile } from '../model/estate.ts';
import { servingModes } from '../model/modes.ts';
import type { Checks } from './checks.ts';
import { report } from './checks.ts';
import { quote } from './quote.ts';
import { didYouMean } from './suggest.ts';

type Sites = Estate['sites'];

/** A TCP probe asks the host that the sites file gives. */
export function checkTcpProbes(checks: Checks, estate: EstateFile, sites: Sites): void {
  for (const [index, service] of estate.services.entries()) {
    for (const [mode, { probe } = {}] of Object.entries(service.modes)) {
      if (!probe || !('tcp' in probe) || (sites[service.name] ?? []).every((site) => site.host !== undefined)) continue;
      report(checks, ['services', index, 'modes', mode, 'probe', 'tcp'], {
        found: `a TCP probe, and no column "host" in ${service.sites.from}`,
        expected: 'a host for every site',
      });
    }
  }
}

/** What an estate says of its sites, and they of it: tiers that floors name, systems that sites need of their own. */
export function checkSites(checks: Checks, estate: EstateFile, sites: Sites): void {
  const systems = new Set(estate.systems.map(({ name }) => name));
  for (const [index, service] of estate.services.entries()) {
    const own = sites[service.name];
    if (!own) continue;
    const tiers = new Set(own.flatMap(({ tier }) => tier ?? []));
    for (const [position, { tier }] of service.floor.entries()) {
      if (tier === undefined || tiers.has(tier)) continue;
      const found = `${quote(tier)}, a tier of no site in ${service.sites.from}`;
      report(checks, ['services', index, 'floor', position, 'tier'], { found, ...didYouMean(tier, tiers) });
    }
    const named = new Set(own.flatMap(({ needs = {} }) => servingModes.flatMap((mode) => needs[mode] ?? [])));
    for (const name of [...named].filter((each) => !systems.has(each)).toSorted()) {
      const found = `${quote(name)} in ${service.sites.from}, no such system`;
      report(checks, ['services', index, 'sites', 'from'], { found, ...didYouMean(name, systems) });
    }
  }
}
