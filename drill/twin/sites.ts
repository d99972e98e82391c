import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scenario } from '../scenario/scenarios.ts';

/** A site and its weight, as the drill reads the sites files. */
export interface DrillSite {
  readonly site: string;
  readonly weight: number;
}

/** The sites of every service of a scenario, by service name. */
export async function readSites(scenario: Scenario): Promise<ReadonlyMap<string, readonly DrillSite[]>> {
  const entries = scenario.wiring.services.map(async ({ name, sites }) => {
    const text = await readFile(join(scenario.directory, sites), 'utf8');
    return [name, text.trim().split('\n').slice(1).map(parseSite)] as const;
  });
  return new Map(await Promise.all(entries));
}

function parseSite(line: string): DrillSite {
  const [site = '', weight = '1'] = line.trim().split(',');
  return { site, weight: Number(weight) };
}
