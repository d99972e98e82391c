import type { PlaybookChange, Repair } from '../../model/refusal.ts';
import type { CleanAttempt } from './attempt.ts';
import { resultWords } from './outcome.ts';

/** A way out that was planned: what is done beside the mends that the planning itself made. */
export interface Way {
  readonly kind: Repair['kind'];
  readonly words: string;
  readonly flags?: string;
  readonly changes?: readonly PlaybookChange[];
  readonly clean: CleanAttempt;
}

/** A way as people are told it, with the mends it needed and how protected services come out of it. */
export function repairOf({ kind, words, flags, changes = [], clean }: Way, services: readonly string[]): Repair {
  const { draft, context, mends } = clean;
  const all = [...changes, ...mends.flatMap((mend) => mend.changes)];
  const common = {
    words: [words, ...mends.map((mend) => mend.words)].join('; '),
    result: resultWords(draft, services),
  };
  const changed = { changes: all, playbooks: [context.playbook] };
  switch (kind) {
    case 'leave-out':
    case 'narrower':
    case 'break-glass':
      return { ...common, kind, flags: flags ?? '', ...(all.length > 0 && changed) };
    case 'leave-out-stage':
    case 'fallback-first':
    case 'reorder':
    case 'split':
    case 'sooner':
    case 'more-people':
      return { ...common, kind, ...changed };
  }
}
