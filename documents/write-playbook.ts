import { Document, isMap, isScalar, isSeq, visit } from 'yaml';
import type { Playbook } from '../model/playbook.ts';

const lineWidth = 120;
/** Mappings that read best on one line. */
const flat = new Set(['on', 'approve', 'waves', 'quorum']);

/** Without what the schema adds by itself: the file says only what somebody decided. */
function bare({ parameters, stages, restore, ...rest }: Playbook): object {
  return {
    ...rest,
    ...(Object.keys(parameters).length > 0 && {
      parameters: Object.fromEntries(
        Object.entries(parameters).map(([name, { required, ...own }]) => [name, required ? { ...own, required } : own]),
      ),
    }),
    stages,
    ...(restore.tiers.length > 0 && {
      restore: { tiers: restore.tiers.map(({ gate, ...own }) => (gate.length > 0 ? { ...own, gate } : own)) },
    }),
  };
}

/**
 * A playbook as a file that `firedoor check` and `firedoor plan` read, under lines of comment.
 *
 * @param comment - lines without `#`
 */
export function renderPlaybook(playbook: Playbook, comment: readonly string[]): string {
  const document = new Document(bare(playbook));
  document.commentBefore = comment.map((line) => ` ${line}`).join('\n');
  visit(document, {
    Pair: (_, { key, value }) => {
      if (isMap(value) && isScalar(key) && flat.has(String(key.value))) value.flow = true;
    },
    Map: (_, node, path) => {
      const parent = path.at(-2);
      const isParameter = parent !== undefined && isMap(parent) && parent === document.get('parameters');
      if (isParameter) node.flow = true;
    },
    Seq: (_, node) => {
      if (isSeq(node) && node.items.every((item) => isScalar(item) || (isMap(item) && item.items.length === 1)))
        node.flow = true;
    },
  });
  return document.toString({ lineWidth });
}
