import type { CutThing } from '../../../model/advice.ts';

/** A thing as the slow check calls it. */
export function nameOf({ kind, id }: Pick<CutThing, 'kind' | 'id'>): string {
  return kind === 'sessions' ? `sessions ${id}` : id;
}
