import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** Response bodies are read up to here and then cut off, as the kubelet does (kubernetes: pkg/probe/http, maxRespBodyLength). */
export const maxBodyBytes = 10 * 1024;

/** An HTTP probe of one mode, made ready once for all sites of a service. */
export interface HttpProbe {
  /** True when the site answers 2xx, whole, in time. Never throws. */
  readonly check: (site: string, timeoutMs: number) => Promise<boolean>;
  /** Ends every connection; checks under way count as failing. */
  readonly close: () => void;
}

/**
 * Makes an HTTP probe from a URL in which `{site}` may stand in the path. Redirects are not followed: they are not 2xx.
 * Connections are kept from site to site.
 *
 * @param url a URL as the estate's schema allows it: no user, no query, no fragment
 */
export function httpProbe(url: string): HttpProbe {
  const [, origin = url, path = '/'] = /^(https?:\/\/[^/]+)(\/.*)?$/.exec(url) ?? [];
  const { protocol, hostname, port } = new URL(origin);
  const isPlain = protocol === 'http:';
  const agent = isPlain ? new HttpAgent({ keepAlive: true }) : new HttpsAgent({ keepAlive: true });
  const send = isPlain ? httpRequest : httpsRequest;
  const host = hostname.replace(/^\[|\]$/g, '');
  const ask = (site: string): ClientRequest =>
    // Host and path apart: a URL parser would fold a site named `..` into the path before it.
    send({ agent, host, port, path: path.replace('{site}', () => encodeURIComponent(site)) });
  return {
    check: async (site, timeoutMs) => {
      const first = await isWell(ask, site, timeoutMs);
      return first === 'stale' ? (await isWell(ask, site, timeoutMs)) === true : first;
    },
    close: () => agent.destroy(),
  };
}

/** `stale`: a kept connection that the server had closed meanwhile; worth one more try, and no word on the site. */
type Answer = boolean | 'stale';

async function isWell(ask: (site: string) => ClientRequest, site: string, timeoutMs: number): Promise<Answer> {
  return await new Promise((resolve) => {
    const request = ask(site);
    const finish = (answer: Answer): void => {
      clearTimeout(timer);
      resolve(answer);
    };
    const timer = setTimeout(() => {
      finish(false);
      request.destroy();
    }, timeoutMs);
    request.on('error', (error: NodeJS.ErrnoException) => {
      finish(request.reusedSocket && error.code === 'ECONNRESET' ? 'stale' : false);
    });
    request.on('response', (response) => readBounded(request, response, finish));
    request.end();
  });
}

function readBounded(request: ClientRequest, response: IncomingMessage, finish: (isWell: boolean) => void): void {
  const status = response.statusCode ?? 0;
  const isGood = status >= 200 && status < 300;
  let bytes = 0;
  response.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes <= maxBodyBytes) return;
    finish(isGood);
    request.destroy();
  });
  response.on('end', () => finish(isGood));
  response.on('error', () => finish(false));
}
