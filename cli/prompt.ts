import { usageFailure } from './failure.ts';
import type { Session } from './session.ts';

/** True where a question can be asked: on a terminal, and not under `--no-input`. */
export function canAsk({ context, options }: Session): boolean {
  return options.input && context.stdin.isTTY;
}

/**
 * Asks a moderate question; the default answer is No. `--yes` answers it.
 *
 * @throws CliFailure usage, where nobody can be asked and `--yes` is missing
 */
export async function confirm(session: Session, question: string): Promise<boolean> {
  if (session.options.yes) return true;
  if (!canAsk(session)) throw usageFailure(`Nobody to ask "${question}". Without a terminal say so with --yes.`);
  const answer = await session.context.stdin.ask(`${question} [y/N] `);
  return /^y(es)?$/i.test(answer.trim());
}

/** What a severe question is about, and what the command line said beforehand. */
export interface SevereQuestion {
  /** What is about to happen, one line. */
  readonly what: string;
  readonly incident: string;
  /** The value of `--confirm`, where given. */
  readonly confirmed: string | undefined;
}

/**
 * Asks a severe question, answered by typing the incident's id. `--confirm INC-42` answers it; `--yes` does not.
 *
 * @throws CliFailure usage, where the id given is another one, or nobody can be asked
 */
export async function confirmIncident(session: Session, question: SevereQuestion): Promise<boolean> {
  const { what, incident, confirmed } = question;
  if (confirmed !== undefined) {
    if (confirmed === incident) return true;
    throw usageFailure(`--confirm says "${confirmed}", the incident is "${incident}". Nothing was done.`);
  }
  if (!canAsk(session)) throw usageFailure(`${what} Without a terminal this takes --confirm ${incident}.`);
  const answer = await session.context.stdin.ask(`${what}\nType ${incident} to go on: `);
  return answer.trim() === incident;
}
