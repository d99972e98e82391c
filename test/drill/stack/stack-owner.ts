/** Run as a process of its own by stack.test.ts: starts a stack, prints its process ids, and waits to be ended. */
import { leftoverPids } from '../../../drill/stack/process.ts';
import { startStack } from '../../../drill/stack/stack.ts';

await startStack({ log: () => undefined, headless: true, moto: process.argv[2] === 'SIGKILL' });
process.stdout.write(`${JSON.stringify(leftoverPids())}\n`);
setInterval(() => undefined, 60_000);
if (process.argv[2] === 'exit') process.stdin.once('data', () => process.exit(0));
