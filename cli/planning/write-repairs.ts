import { renderPlaybook } from '../../documents/write-playbook.ts';
import type { Refusal, Repair } from '../../model/refusal.ts';
import { escapeControls } from '../render/escape.ts';
import { distinctRepairs } from '../render/refusal.ts';
import type { Session } from '../session.ts';
import { writeOutput } from '../write-output.ts';

/** A playbook that a repair came to, and the file it goes to. */
interface RepairFile {
  readonly letter: string;
  readonly path: string;
  readonly text: string;
}

function filesOf(name: string, repairs: readonly Repair[]): readonly RepairFile[] {
  return repairs.flatMap(({ playbooks = [], words, ...repair }, index) => {
    const letter = String.fromCodePoint(97 + index);
    const flags = 'flags' in repair ? [`Goes with ${repair.flags}.`] : [];
    return playbooks.map((playbook, part) => ({
      letter,
      path: `${name}-${letter}${playbooks.length > 1 ? `-${part + 1}` : ''}.yaml`,
      text: renderPlaybook(playbook, [`A repair that was planned: ${words}.`, ...flags]),
    }));
  });
}

/**
 * Writes the playbooks that repairs came to, `<name>-<letter>.yaml`, and says which. Without a name it says how to get them.
 *
 * @throws CliFailure usage, where one can't be written
 */
export async function writeRepairs(
  session: Session,
  refusals: readonly Refusal[],
  name: string | undefined,
): Promise<readonly string[]> {
  const [repairs = []] = distinctRepairs(refusals);
  const files = filesOf(name ?? '', repairs);
  if (files.length === 0) return [];
  if (name === undefined) return ['The same with --repairs NAME writes each changed playbook to a file.'];
  for (const { path, text } of files) await writeOutput(session, { what: 'playbook', path, text });
  return files.map(({ letter, path }) => `${letter} is written to ${escapeControls(path)}`);
}
