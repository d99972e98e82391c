import type { PayloadCodec } from '@temporalio/common';
import type { AuditExport } from '../audit/document.ts';
import type { Story } from '../audit/story/story.ts';
import { CliFailure, usageFailure } from './failure.ts';
import { readPayloadKeys } from './payload-keys.ts';
import { escapeControls } from './render/escape.ts';
import type { Session } from './session.ts';

/** Reads what `firedoor audit export` wrote. @throws CliFailure where it can't be read, or a part is not as its sum says */
export async function readAuditFile({ context }: Session, file: string): Promise<AuditExport> {
  const bytes = await context.readFile(file).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw usageFailure(escapeControls(`${file} can't be read: ${why}.`));
  });
  const { readExport } = await import('../audit/document.ts');
  const read = readExport(new TextDecoder().decode(bytes));
  if (read.ok) return read.document;
  const problems = read.problems.slice(0, 20).map((problem) => `  ${escapeControls(problem)}`);
  throw new CliFailure([`${escapeControls(file)} is not a whole export:`, ...problems].join('\n'));
}

/** Reads an export into its story, and says on stderr what could not be read in it. */
export async function readStory(session: Session, file: string): Promise<Story> {
  const document = await readAuditFile(session, file);
  const { storyOf } = await import('../audit/story/story.ts');
  const story = await storyOf(document, await codecFor(session));
  if (story.unread > 0)
    session.note(
      `${story.unread} payloads can't be read and are left out: damaged, or encrypted with keys that --payload-keys did not give.`,
    );
  if (!story.plan) session.note('There is no plan in it that this version reads: what it says is left out.');
  return story;
}

async function codecFor({ options, context }: Session): Promise<PayloadCodec> {
  const { codecOf } = await import('../worker/data-converter.ts');
  return codecOf(await readPayloadKeys(options.server, context.env));
}
