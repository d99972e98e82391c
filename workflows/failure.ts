import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure } from '@temporalio/common';

/** What a nested failure comes down to, in one short line. Messages of ours carry no secrets. */
export function failureWords(error: unknown): string {
  if (error instanceof ChildWorkflowFailure || error instanceof ActivityFailure) {
    return error.cause ? failureWords(error.cause) : error.message;
  }
  if (error instanceof ApplicationFailure) return `${error.type ?? 'failure'}: ${error.message}`.slice(0, 300);
  return error instanceof Error ? error.message.slice(0, 300) : 'unknown failure';
}
