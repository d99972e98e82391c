import { Agent, request } from 'node:http';

/** Asks for health over connections that are kept. */
export interface Prober {
  /** True when the path answers 200. No answer within a second is no. */
  readonly isWell: (path: string) => Promise<boolean>;
  readonly close: () => void;
}

const TIMEOUT_MS = 1_000;

/** Makes a prober of one address with at most so many connections. */
export function createProber(url: string, connections: number): Prober {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const { hostname, port } = new URL(url);
  return {
    isWell: async (path) =>
      await new Promise((resolve) => {
        const asked = request({ agent, hostname, port, path, timeout: TIMEOUT_MS }, (reply) => {
          reply.resume();
          reply.once('end', () => resolve(reply.statusCode === 200));
        });
        asked.once('timeout', () => asked.destroy());
        asked.once('error', () => resolve(false));
        asked.end();
      }),
    close: () => agent.destroy(),
  };
}
