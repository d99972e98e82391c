import { createInterface } from 'node:readline';

/** Answers questions on stdin, one line of JSON each, until it ends: the child's half of a `LineProcess`. */
export async function answerLines(answer: (question: unknown) => Promise<object> | object): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
  }
}
