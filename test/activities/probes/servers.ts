import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTcpServer } from 'node:net';

/** A server on a free loopback port. */
export interface LocalServer {
  readonly port: number;
  /** Connections accepted so far. */
  readonly connections: () => number;
  readonly stop: () => Promise<void>;
}

async function listen(server: Server): Promise<LocalServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** An HTTP server that answers as the listener does. */
export async function serveHttp(listener: RequestListener): Promise<LocalServer> {
  return await listen(createServer(listener));
}

/** A TCP server; without a listener it accepts and stays silent. */
export async function serveTcp(listener: (socket: Socket) => void = () => undefined): Promise<LocalServer> {
  return await listen(createTcpServer(listener));
}

/** A loopback port that was free a moment ago and that nobody listens on. */
export async function closedPort(): Promise<number> {
  const server = await serveTcp();
  await server.stop();
  return server.port;
}

/** A name that no resolver asks anybody about: its one label is longer than DNS allows (RFC 1035, 2.3.4). */
export const unresolvable = 'x'.repeat(64);
