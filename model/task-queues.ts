/** Where workflows run, and activities that need no AWS credentials. */
export const mainTaskQueue = 'firedoor';

/** Where the workers listen that hold an account's credentials (DESIGN.md, *AWS*). */
export function accountTaskQueue(account: string): string {
  return `firedoor-aws-${account}`;
}
