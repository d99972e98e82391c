import { constants, open, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize, relative, sep } from 'node:path';
import type { Problem } from './problem.ts';
import { quote } from './quote.ts';
import { bytesWords } from './text.ts';

/** Reads at most so many bytes and one more of a file, so that a file over its limit is known by its length. */
export interface Files {
  readonly read: (path: string, limitBytes: number) => Promise<Uint8Array>;
  /** The path with every link followed. */
  readonly realPath: (path: string) => Promise<string>;
}

/** Files on disk. Only regular files are read: a pipe or a device would never end. */
export const diskFiles: Files = {
  read: async (path, limitBytes) => {
    // Without O_NONBLOCK the opening of a pipe waits for a writer that may never come.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (!(await file.stat()).isFile()) throw Object.assign(new Error('not a regular file'), { code: 'ENOTFILE' });
      const { buffer, bytesRead } = await readUpTo(file, limitBytes + 1);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  },
  realPath: async (path) => await realpath(path),
};

async function readUpTo(
  file: Awaited<ReturnType<typeof open>>,
  wanted: number,
): Promise<{ buffer: Uint8Array; bytesRead: number }> {
  const { size } = await file.stat();
  const buffer = new Uint8Array(Math.min(wanted, size + 1));
  let bytesRead = 0;
  while (bytesRead < buffer.length) {
    const part = await file.read(buffer, bytesRead, buffer.length - bytesRead);
    if (part.bytesRead === 0) break;
    bytesRead += part.bytesRead;
  }
  return { buffer, bytesRead };
}

/** A file's bytes, or why there are none. */
export type ReadResult =
  { readonly ok: true; readonly bytes: Uint8Array } | { readonly ok: false; readonly problem: Problem };

/** Reads a file; what the disk says against it becomes a problem. */
export async function readBounded(files: Files, path: string, limitBytes: number): Promise<ReadResult> {
  try {
    return { ok: true, bytes: await files.read(path, limitBytes) };
  } catch (error) {
    return { ok: false, problem: wholeFile(path, reasonOf(error), `a file of at most ${bytesWords(limitBytes)}`) };
  }
}

/** A problem of a file as a whole. */
export function wholeFile(file: string, found: string, expected: string): Problem {
  return { file, line: 1, column: 1, path: '', found, expected };
}

function reasonOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'a file that may not be read';
  if (code === 'EISDIR' || code === 'ENOTFILE') return 'no regular file';
  return `a file that can't be read (${typeof code === 'string' ? code : 'unknown reason'})`;
}

/** A path beside a file, or why it may not be followed. */
export type BesideResult =
  { readonly ok: true; readonly path: string } | { readonly ok: false; readonly found: string };

/** Resolves a path that a file names, inside that file's folder: not absolute, no `..`, and no link that leads out. */
export async function resolveBeside(files: Files, file: string, named: string): Promise<BesideResult> {
  const folder = dirname(file);
  if (isAbsolute(named) || named.includes('\\') || named.split('/').includes('..')) {
    return { ok: false, found: `${quote(named)}, which leads out of the folder` };
  }
  const path = normalize(join(folder, named));
  try {
    const way = relative(await files.realPath(folder), await files.realPath(path));
    const leadsOut = isAbsolute(way) || way === '..' || way.startsWith(`..${sep}`);
    return leadsOut ? { ok: false, found: `${quote(named)}, a link that leads out of the folder` } : { ok: true, path };
  } catch (error) {
    return { ok: false, found: `${quote(named)}, ${reasonOf(error)}` };
  }
}
