import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpProbe } from '../../../activities/probes/http.ts';
import { httpProbe, maxBodyBytes } from '../../../activities/probes/http.ts';
import type { LocalServer } from './servers.ts';
import { closedPort, serveHttp, serveTcp, unresolvable } from './servers.ts';

const servers: LocalServer[] = [];
const probes: HttpProbe[] = [];

afterEach(async () => {
  for (const probe of probes.splice(0)) probe.close();
  await Promise.all(servers.splice(0).map(async (server) => await server.stop()));
});

function probeAt(port: number, path = '/{site}/till'): HttpProbe {
  const probe = httpProbe(`http://127.0.0.1:${port}${path}`);
  probes.push(probe);
  return probe;
}

async function http(listener: RequestListener): Promise<LocalServer> {
  const server = await serveHttp(listener);
  servers.push(server);
  return server;
}

async function tcp(listener?: (socket: Socket) => void): Promise<LocalServer> {
  const server = await serveTcp(listener);
  servers.push(server);
  return server;
}

describe('an HTTP probe', () => {
  it.each([
    [200, true],
    [204, true],
    [299, true],
    [300, false],
    [302, false],
    [404, false],
    [503, false],
  ])('takes status %i for %s', async (status, expected) => {
    const server = await http((_request, response) => response.writeHead(status).end());
    expect(await probeAt(server.port).check('one', 2_000)).toBe(expected);
  });

  it('does not follow a redirect, not even to a page that is well', async () => {
    const asked: string[] = [];
    const server = await http((request, response) => {
      asked.push(request.url ?? '');
      if (request.url === '/well') response.end('ok');
      else response.writeHead(301, { location: '/well' }).end();
    });
    expect(await probeAt(server.port).check('one', 2_000)).toBe(false);
    expect(asked).toEqual(['/one/till']);
  });

  it.each([
    ['a b', '/a%20b/till'],
    ['../admin', '/..%2Fadmin/till'],
    ['..', '/../till'],
    ['x?y#z', '/x%3Fy%23z/till'],
    ['$&', '/%24%26/till'],
    ['köln', '/k%C3%B6ln/till'],
  ])('puts site %s into the path as %s', async (site, path) => {
    const asked: string[] = [];
    const server = await http((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    expect(await probeAt(server.port).check(site, 2_000)).toBe(true);
    expect(asked).toEqual([path]);
  });

  it('asks for / where the URL has no path', async () => {
    const server = await http((request, response) => response.writeHead(request.url === '/' ? 200 : 500).end());
    expect(await probeAt(server.port, '').check('one', 2_000)).toBe(true);
  });

  it('fails a site that accepts and stays silent, when the time is over', async () => {
    const server = await tcp();
    expect(await probeAt(server.port).check('one', 100)).toBe(false);
  });

  it('fails a site that never ends its answer', async () => {
    const server = await http((_request, response) => response.writeHead(200).write('so far'));
    expect(await probeAt(server.port).check('one', 100)).toBe(false);
  });

  it('reads no more than it needs of an endless answer', async () => {
    let sent = 0;
    const server = await http((_request, response) => {
      const pour = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(4_096))) sent += 4_096;
        sent += 4_096;
      };
      response.on('drain', pour);
      pour();
    });
    expect(await probeAt(server.port).check('one', 5_000)).toBe(true);
    expect(sent).toBeGreaterThan(maxBodyBytes);
  });

  it.each([
    ['closes at once', (socket: Socket) => socket.destroy()],
    ['does not speak HTTP', (socket: Socket) => void socket.end('SSH-2.0-OpenSSH_9.6\r\n')],
    ['breaks off', (socket: Socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf')],
  ])('fails a site that %s', async (_what, listener) => {
    expect(await probeAt((await tcp(listener)).port).check('one', 2_000)).toBe(false);
  });

  it('fails a site that nobody listens at, and a name that does not resolve', async () => {
    expect(await probeAt(await closedPort()).check('one', 2_000)).toBe(false);
    const nowhere = httpProbe(`http://${unresolvable}/{site}`);
    probes.push(nowhere);
    expect(await nowhere.check('one', 5_000)).toBe(false);
  });

  it('keeps its connection from site to site', async () => {
    const server = await http((_request, response) => response.end('ok'));
    const probe = probeAt(server.port);
    for (const site of ['a', 'b', 'c']) expect(await probe.check(site, 2_000)).toBe(true);
    expect(server.connections()).toBe(1);
  });

  it('does not blame a site for a kept connection that the server closed meanwhile', async () => {
    let served = 0;
    const reply = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok';
    const server = await tcp((socket) => {
      let isFirst = true;
      socket.on('data', () => {
        if (!isFirst) return void socket.resetAndDestroy();
        isFirst = false;
        served += 1;
        socket.write(reply);
      });
    });
    const probe = probeAt(server.port);
    expect(await probe.check('a', 2_000)).toBe(true);
    expect(await probe.check('b', 2_000)).toBe(true);
    expect(served).toBe(2);
  });
});
