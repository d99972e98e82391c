import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { countWords } from '../cli/render/words.ts';
import { wrap } from '../cli/render/wrap.ts';
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

const promiseWidth = 42;
const measuredAt = '  BROKEN  '.length + promiseWidth + 1;
const tableWidth = 80;

/** Promise, measured how, held or not: the last screen, at 80 columns. */
export function summaryTable(summary: DrillSummary): string {
  const checks = summary.parts.flatMap((part) => part.checks.flatMap(tableLines));
  const services = summary.services.flatMap(({ service, sites, worstShare, worstMode, breaches, probes }) =>
    tableLines({
      ok: breaches === 0,
      promise: `${service}, ${countWords(sites, 'site')}`,
      measured:
        `at worst ${(worstShare * 100).toFixed(1)}% within the floor, ${worstMode}; ` +
        `${countWords(breaches, 'breach', 'breaches')} in ${countWords(probes, 'probe')}`,
    }),
  );
  return [...checks, ...services].join('\n');
}

function tableLines({ ok, promise, measured }: { ok: boolean; promise: string; measured: string }): readonly string[] {
  const [first = '', ...rest] = wrap(measured, tableWidth - measuredAt);
  const head = `  ${ok ? 'held   ' : 'BROKEN '} ${promise.padEnd(promiseWidth)} ${first}`;
  return [head, ...rest.map((part) => ' '.repeat(measuredAt) + part)];
}

/** Writes `summary.json` into a folder, which is made if need be. */
export async function writeSummary(folder: string, summary: DrillSummary): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
}
