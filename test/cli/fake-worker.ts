import { compression } from '../../worker/data-converter.ts';
import type { Client } from '@temporalio/client';
import type { Server } from '../../cli/context.ts';

/** A Temporal with one short workflow: what it was started with, and how it ends. */
export function fakeServer(result: () => Promise<unknown>, historyLength = 9): { server: Server; calls: unknown[] } {
  const calls: unknown[] = [];
  const handle = {
    result,
    describe: async () => ({ historyLength }),
    terminate: async (reason: string) => void calls.push({ terminate: reason }),
  };
  const start = async (
    type: string,
    options: { workflowId: string; taskQueue: string; args: unknown[] },
  ): Promise<unknown> => {
    calls.push({ type, workflowId: options.workflowId, taskQueue: options.taskQueue, args: options.args });
    return handle;
  };
  const client = { workflow: { start } } as unknown as Client;
  const close = async (): Promise<void> => void calls.push('closed');
  return { server: { client, codec: compression, address: '127.0.0.1:7233', namespace: 'default', close }, calls };
}
