import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';
import type { Machine } from './report.ts';

/** This machine, with the versions of what ran. */
export function machineWith(software: Readonly<Record<string, string>>): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    platform: `${platform()} ${arch()}`,
    software: { node: process.versions.node, ...software },
  };
}
