import { z } from 'zod';
import { defineCommand } from '../command.ts';
import type { CheckedFile } from '../check-files.ts';
import { checkFiles } from '../check-files.ts';
import { renderProblems } from '../../documents/problem.ts';
import { exitCodes } from '../exit-codes.ts';
import { escapeControls } from '../render/escape.ts';
import { renderFacts } from '../render/table.ts';

/** `firedoor check FILE…`: estates, playbooks and plans, every problem at once; playbooks against an estate among them. */
export const checkCommand = defineCommand({
  name: 'check',
  summary: 'checks estate, playbook and plan files, and playbooks against the estate among them',
  define: (command) => command.argument('<file...>', 'files, their kind by what stands in them'),
  input: z.strictObject({ file: z.array(z.string()).min(1) }),
  run: async (session, { file }) => {
    const { files, problems } = await checkFiles(session.context.files, file);
    session.show({ schema: 'firedoor/check/v1', ok: problems.length === 0, files, problems }, () =>
      (problems.length > 0 ? renderProblems(problems) : [...fileLines(files), 'Nothing is wrong.']).join('\n'),
    );
    return problems.length === 0 ? exitCodes.done : exitCodes.usage;
  },
});

function fileLines(files: readonly CheckedFile[]): readonly string[] {
  const facts = files.flatMap(({ file, summary, notes }) => [
    [file, summary] as const,
    ...notes.map((note) => ['', `note: ${note}`] as const),
  ]);
  return renderFacts(facts, { width: 80, indent: '' }).map((line) => escapeControls(line));
}
