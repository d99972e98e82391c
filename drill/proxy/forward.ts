import { Agent, request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';

/** One HTTP request as it came, with its whole body. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One HTTP reply, with its whole body. */
export interface WireReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends requests on to one address, over connections that are kept. */
export interface Forwarder {
  readonly send: (wire: WireRequest) => Promise<WireReply>;
  readonly close: () => void;
}

/** Makes a forwarder to `target`, such as `http://127.0.0.1:5000`. Headers go through as they are. */
export function createForwarder(target: string): Forwarder {
  const agent = new Agent({ keepAlive: true });
  return {
    send: async (wire) => await sendOnce(target, agent, wire),
    close: () => agent.destroy(),
  };
}

async function sendOnce(target: string, agent: Agent, wire: WireRequest): Promise<WireReply> {
  return await new Promise((resolve, reject) => {
    const { connection: _hopByHop, ...headers } = wire.headers;
    const outgoing = request(new URL(wire.path, target), { agent, method: wire.method, headers }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      reply.on('error', reject);
      reply.on('end', () =>
        resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body: Buffer.concat(chunks) }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(wire.body);
  });
}
