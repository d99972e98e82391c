import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PartResult } from './story/part.ts';
import type { ObserverReport } from './twin/observer.ts';

/** What a drill comes to: `DIR/summary.json`. Measured at the emulator and the twin, never by the orchestrator's word. */
export interface DrillSummary {
  readonly schema: 'firedoor/drill/v1';
  readonly scenario: string;
  readonly ok: boolean;
  readonly sabotage: boolean;
  readonly parts: readonly PartResult[];
  readonly services: readonly ServiceSummary[];
  readonly seconds: Readonly<Record<string, number>>;
}

interface ServiceSummary {
  readonly service: string;
  readonly floor: readonly { readonly share: number; readonly mode: string }[];
  readonly sites: number;
  readonly worstShare: number;
  readonly worstMode: string;
  readonly probes: number;
  readonly breaches: number;
}

/** How every protected service fared. */
export function summarise(report: ObserverReport): readonly ServiceSummary[] {
  return report.services
    .filter((service) => service.protected)
    .map(({ service, floor, sites, worstShare, worstMode, probes, breaches }) => ({
      service,
      floor,
      sites,
      worstShare,
      worstMode,
      probes,
      breaches: breaches.length,
    }));
}

/** Promise, measured how, held or not: the last screen. */
export function summaryTable(summary: DrillSummary): string {
  const lines = summary.parts.flatMap(({ checks }) =>
    checks.map(({ promise, measured, ok }) => `  ${ok ? 'held   ' : 'BROKEN '} ${promise.padEnd(42)} ${measured}`),
  );
  const services = summary.services.map(
    ({ service, sites, worstShare, worstMode, breaches, probes }) =>
      `  ${breaches === 0 ? 'held   ' : 'BROKEN '} ${`${service}, ${sites.toLocaleString('en-GB')} ${sites === 1 ? 'site' : 'sites'}`.padEnd(42)} ` +
      `at worst ${(worstShare * 100).toFixed(1)}% within the floor, ${worstMode}; ${breaches} breaches in ${probes.toLocaleString('en-GB')} probes`,
  );
  return [...lines, ...services].join('\n');
}

/** Writes `summary.json` into a folder, which is made if need be. */
export async function writeSummary(folder: string, summary: DrillSummary): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
}
