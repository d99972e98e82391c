import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DrillSummary } from '../../drill/summary.ts';

const drillMs = 300_000;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firedoor-drill-test-'));
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

/** Runs the drill as a person would, in a process of its own. */
async function drill(args: readonly string[]): Promise<{ code: number; out: string; summary: DrillSummary }> {
  const out = path.join(folder, args.join('_').replaceAll(/[^a-z_]/g, ''));
  const run = await new Promise<{ code: number; out: string }>((resolve) => {
    execFile(
      process.execPath,
      ['drill/main.ts', '--fast', '--out', out, ...args],
      { timeout: drillMs, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code ?? 1) : 0, out: stdout + stderr }),
    );
  });
  const text = await readFile(path.join(out, 'summary.json'), 'utf8').catch(() => undefined);
  if (text === undefined) throw new Error(`the drill wrote no summary:\n${run.out}`);
  return { ...run, summary: JSON.parse(text) as DrillSummary };
}

describe('npm run drill', () => {
  test(
    'the whole story holds, measured from the emulator and the twin',
    async () => {
      const { code, out, summary } = await drill([]);
      const broken = summary.parts.flatMap((part) => part.checks.filter((check) => !check.ok));
      expect(broken, out).toEqual([]);
      expect(summary).toMatchObject({ schema: 'firedoor/drill/v1', ok: true, sabotage: false });
      expect(summary.parts.map((part) => part.name)).toEqual([
        'refused',
        'approved',
        'contained',
        'killed',
        'released',
        'audited',
      ]);
      const sites = summary.services.reduce((sum, service) => sum + service.sites, 0);
      expect(sites).toBeGreaterThanOrEqual(3_110);
      expect(summary.services.every((service) => service.breaches === 0 && service.probes > 0)).toBe(true);
      expect(code).toBe(0);
    },
    drillMs,
  );

  test(
    'logistics: refused where shelves would be empty first, and back in time where not',
    async () => {
      const { code, out, summary } = await drill(['--scenario', 'logistics']);
      expect(
        summary.parts.flatMap((part) => part.checks.filter((check) => !check.ok)),
        out,
      ).toEqual([]);
      expect(summary.parts.map((part) => part.name)).toEqual(['refused', 'contained', 'released', 'audited']);
      expect({ code, ok: summary.ok }).toEqual({ code: 0, ok: true });
    },
    drillMs,
  );

  test(
    'shared role: refused whole, taken from the compromised hosts alone, and no till notices',
    async () => {
      const { code, out, summary } = await drill(['--scenario', 'shared-role']);
      expect(
        summary.parts.flatMap((part) => part.checks.filter((check) => !check.ok)),
        out,
      ).toEqual([]);
      expect(summary.parts.map((part) => part.name)).toEqual(['refused', 'contained', 'released', 'audited']);
      expect({ code, ok: summary.ok }).toEqual({ code: 0, ok: true });
    },
    drillMs,
  );

  test(
    'two incidents: either gateway may go and not both; the desktops are shared, and the last one out gives back',
    async () => {
      const { code, out, summary } = await drill(['--scenario', 'two-incidents']);
      expect(
        summary.parts.flatMap((part) => part.checks.filter((check) => !check.ok)),
        out,
      ).toEqual([]);
      const names = ['opened', 'contained', 'shared', 'released', 'audited', 'audited'];
      expect(summary.parts.map((part) => part.name)).toEqual(names);
      expect({ code, ok: summary.ok }).toEqual({ code: 0, ok: true });
    },
    drillMs,
  );

  test(
    'with guard and planner sabotaged, stores go down and the drill says so',
    async () => {
      const { code, summary } = await drill(['--sabotage', 'guard', '--scenario', 'small']);
      const tills = summary.services.find((service) => service.service === 'store-tills');
      expect(tills?.breaches).toBeGreaterThan(0);
      expect(tills?.worstShare).toBeLessThan(0.95);
      expect(summary.ok).toBe(false);
      expect(code).toBe(1);
    },
    drillMs,
  );
});
