/** What the exit code of every command means. Printed by `firedoor help exit-codes`; codes are only ever added. */
export const exitCodes = {
  done: 0,
  error: 1,
  usage: 2,
  incomplete: 3,
  notAuthorised: 4,
  waiting: 5,
  refused: 6,
  stale: 7,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** One line for each exit code, in ascending order. */
export const exitCodeMeanings: Readonly<Record<ExitCode, string>> = {
  0: 'done',
  1: 'error: no Temporal Service reachable, AWS refused, an audit found a bad entry',
  2: 'usage or invalid input: unknown flag, a file with problems (all of them listed)',
  3: 'finished, but not all goals met: targets not contained, released with exceptions',
  4: 'identity or authorisation: unknown key, not in the role, self-approval, expired',
  5: 'still waiting for a person',
  6: 'refused: the plan or the next wave would break a floor or the rules of the estate',
  7: 'stale: the live state or the inputs moved since planning',
  130: 'interrupted: detached, the incident runs on',
};
