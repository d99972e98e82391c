import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { openEye } from './eye.ts';
import type { Answer, Answers, EyeOptions } from './eye.ts';
import { readSites } from './sites.ts';
import type { Truth } from './truth.ts';

/** The estate twin: answers each site's health from the emulator's state as it is. */
export interface Twin {
  /** Such as `http://127.0.0.1:40001`. Sites answer at `/<service>/<site>/<mode>`, the twin itself at `/healthz`. */
  readonly url: string;
  /** What works as of the last look. */
  readonly truth: () => Truth;
  /** Looks at the emulator now. */
  readonly refresh: () => Promise<Truth>;
  /** Calls back at every look, also when nothing changed; gives a function that ends it. */
  readonly onLook: (listener: (truth: Truth) => void) => () => void;
  /** Requests answered so far. */
  readonly answered: () => number;
  /** Ends the server and the looking. May be called again. */
  readonly stop: () => Promise<void>;
}

/** Starts the twin on a free loopback port; it has looked once by then. Throws if the emulator does not answer. */
export async function startTwin(options: EyeOptions): Promise<Twin> {
  const { scenario } = options.world;
  const sites = await readSites(scenario);
  const known = new Map([...sites].map(([service, list]) => [service, new Set(list.map(({ site }) => site))]));
  const eye = await openEye(options);
  let answered = 0;
  const server = createServer((request, response) => {
    answered++;
    answer({ request, response }, eye.answers(), known);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    truth: eye.truth,
    refresh: eye.look,
    onLook: eye.onLook,
    answered: () => answered,
    stop: async () => {
      await eye.close();
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const unknown: Answer = { status: 404, body: 'no such service, site or mode\n' };

function answer(
  exchange: { readonly request: IncomingMessage; readonly response: ServerResponse },
  answers: Answers | undefined,
  known: ReadonlyMap<string, ReadonlySet<string>>,
): void {
  const [, service = '', site = '', mode = ''] = (exchange.request.url ?? '').split('/');
  if (service === 'healthz') return send(exchange.response, { status: 200, body: 'ok\n' });
  if (known.get(service)?.has(site) !== true) return send(exchange.response, unknown);
  if (answers === undefined) return send(exchange.response, { status: 503, body: 'the emulator does not answer\n' });
  send(exchange.response, answers.get(`${service}/${mode}`) ?? unknown);
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(body) }).end(body);
}
