import { normalize } from 'node:path';
import type { Files } from '../../documents/files.ts';

/** Files in memory, by normalised path; every path is its own real path unless `links` says where it leads. */
export function memoryFiles(
  content: Readonly<Record<string, string | Uint8Array>>,
  links: Readonly<Record<string, string>> = {},
): Files {
  const missing = (path: string): Error => Object.assign(new Error(`no ${path}`), { code: 'ENOENT' });
  return {
    read: async (path) => {
      const found = content[normalize(path)];
      if (found === undefined) throw missing(path);
      return typeof found === 'string' ? new TextEncoder().encode(found) : found;
    },
    realPath: async (path) => {
      const known = links[normalize(path)] ?? normalize(path);
      const exists =
        known === '.' || Object.keys(content).some((name) => name === known || name.startsWith(`${known}/`));
      if (!exists && !(normalize(path) in links)) throw missing(path);
      return known;
    },
  };
}
