import { once } from 'node:events';
import type * as Net from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { isListening } from '../../../activities/probes/tcp.ts';
import { closedPort, serveTcp, unresolvable } from './servers.ts';

const unanswered = vi.hoisted(() => ({ port: 1, sockets: [] as Net.Socket[] }));

/** No loopback port leaves a SYN unanswered, so one port number stands for that: a socket that never gets anywhere. */
vi.mock('node:net', async (original) => {
  const net = await original<typeof Net>();
  return {
    ...net,
    connect: (options: { host: string; port: number }) => {
      if (options.port !== unanswered.port) return net.connect(options);
      const socket = new net.Socket();
      unanswered.sockets.push(socket);
      return socket;
    },
  };
});

describe('a TCP probe', () => {
  it('is well where a connection is accepted, and closes it', async () => {
    const accepted: Promise<unknown>[] = [];
    const server = await serveTcp((socket) => void accepted.push(once(socket.resume(), 'close')));
    try {
      expect(await isListening({ host: '127.0.0.1', port: server.port, timeoutMs: 2_000 })).toBe(true);
      await vi.waitFor(() => expect(accepted).toHaveLength(1));
      await Promise.all(accepted);
    } finally {
      await server.stop();
    }
  });

  it('fails where nobody listens, and where the name does not resolve', async () => {
    const port = await closedPort();
    expect(await isListening({ host: '127.0.0.1', port, timeoutMs: 2_000 })).toBe(false);
    expect(await isListening({ host: unresolvable, port, timeoutMs: 5_000 })).toBe(false);
  });

  it('fails when the time is over, and lets go of the socket', async () => {
    expect(await isListening({ host: '127.0.0.1', port: unanswered.port, timeoutMs: 30 })).toBe(false);
    expect(unanswered.sockets.map((socket) => socket.destroyed)).toEqual([true]);
  });
});
