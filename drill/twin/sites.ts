import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scenario } from '../scenario/scenarios.ts';

/** A site, its weight and its tier, as the drill reads the sites files. */
export interface DrillSite {
  readonly site: string;
  readonly weight: number;
  readonly tier?: string;
}

/** The sites of every service of a scenario, by service name. */
export async function readSites(scenario: Scenario): Promise<ReadonlyMap<string, readonly DrillSite[]>> {
  const entries = scenario.wiring.services.map(async ({ name, sites }) => {
    const text = await readFile(join(scenario.directory, sites), 'utf8');
    const [header = '', ...rows] = text.trim().split('\n');
    return [name, rows.map((row) => parseSite(row, header.trim().split(',')))] as const;
  });
  return new Map(await Promise.all(entries));
}

function parseSite(line: string, columns: readonly string[]): DrillSite {
  const fields = line.trim().split(',');
  const field = (name: string): string => fields[columns.indexOf(name)] ?? '';
  const tier = field('tier');
  return { site: field('site'), weight: Number(field('weight') || '1'), ...(tier === '' ? {} : { tier }) };
}
