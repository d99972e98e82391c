import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, describe, expect, it } from 'vitest';
import type { ProbeRoundInput } from '../../../activities/probes/round.ts';
import { concurrentProbes, probeActivities } from '../../../activities/probes/round.ts';
import type { Probe } from '../../../model/estate.ts';
import type { ProbeRound } from '../../../model/continuity.ts';
import { probeRound as probeRoundSchema } from '../../../model/continuity.ts';
import type { ServingMode } from '../../../model/modes.ts';
import { servingModes } from '../../../model/modes.ts';
import { runActivity } from '../../helpers/activity-deps.ts';
import type { LocalServer } from './servers.ts';
import { closedPort, serveHttp, serveTcp, unresolvable } from './servers.ts';

type Service = ProbeRoundInput['services'][number];

const { probeRound } = probeActivities({} as never);
const servers: LocalServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map(async (server) => await server.stop()));
});

/** A server where the sites and modes named, as `site/mode`, fail; and what it was asked. */
async function sitesServer(bad: readonly string[] = []): Promise<{ readonly port: number; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = await serveHttp((request, response) => {
    const path = (request.url ?? '').slice(1);
    asked.push(path);
    response.writeHead(bad.includes(path) ? 503 : 200).end('till');
  });
  servers.push(server);
  return { port: server.port, asked };
}

function http(port: number, mode: string, timeoutSeconds = 2): Probe {
  return { http: { url: `http://127.0.0.1:${port}/{site}/${mode}` }, timeoutSeconds };
}

function service(
  name: string,
  probes: Partial<Record<ServingMode, Probe | undefined>>,
  sites: readonly string[],
): Service {
  const modes = servingModes
    .filter((mode) => mode in probes)
    .map((mode) => ({ mode, ...(probes[mode] === undefined ? {} : { probe: probes[mode] }) }));
  return { name, protected: true, floor: [], modes, classes: [{ weight: 1, sites: [...sites] }] };
}

async function round(...services: readonly Service[]): Promise<ProbeRound> {
  return await runActivity(probeRound, { services });
}

describe('a round of probes', () => {
  it('answers with no failures when every site is well, asking each once', async () => {
    const { port, asked } = await sitesServer();
    const probes = { normal: http(port, 'normal'), degraded: http(port, 'degraded') };
    expect(await round(service('tills', probes, ['a', 'b']))).toEqual({ failing: [], probes: 2 });
    expect(asked.toSorted()).toEqual(['a/normal', 'b/normal']);
  });

  it('goes down the modes of a site only as far as they fail', async () => {
    const { port, asked } = await sitesServer(['a/normal', 'b/normal', 'b/degraded']);
    const probes = { normal: http(port, 'normal'), degraded: http(port, 'degraded'), manual: http(port, 'manual') };
    expect(await round(service('tills', probes, ['a', 'b', 'c']))).toEqual({
      failing: [
        { service: 'tills', mode: 'normal', sites: ['a', 'b'] },
        { service: 'tills', mode: 'degraded', sites: ['b'] },
      ],
      probes: 6,
    });
    expect(asked).toContain('b/manual');
    expect(asked).not.toContain('a/manual');
  });

  it('believes a mode without a probe, and still asks a worse one, whose failure takes the better modes too', async () => {
    const { port } = await sitesServer(['a/degraded']);
    const tills = service('tills', { normal: undefined, degraded: http(port, 'degraded'), manual: undefined }, ['a']);
    expect(await round(tills)).toEqual({
      failing: [{ service: 'tills', mode: 'degraded', sites: ['a'] }],
      probes: 1,
    });
  });

  it('asks nothing of a service without probes', async () => {
    expect(await round(service('paper', { normal: undefined, manual: undefined }, ['a']))).toEqual({
      failing: [],
      probes: 0,
    });
  });

  it('sorts what it says, whatever the order of services, sites and answers', async () => {
    const { port } = await sitesServer(['c/normal', 'a/normal', 'b/normal']);
    const one = service('tills', { normal: http(port, 'normal') }, ['c', 'a', 'b']);
    const other = service('care', { normal: http(port, 'normal') }, ['b', 'c']);
    const answer = await round(one, other);
    expect(answer.failing).toEqual([
      { service: 'care', mode: 'normal', sites: ['b', 'c'] },
      { service: 'tills', mode: 'normal', sites: ['a', 'b', 'c'] },
    ]);
    expect(await round(other, one)).toEqual(answer);
    expect(probeRoundSchema.parse(answer)).toEqual(answer);
  });

  it('probes TCP at the host of each site, and takes a site without one for failing', async () => {
    const server = await serveTcp();
    servers.push(server);
    const probe: Probe = { tcp: { port: server.port }, timeoutSeconds: 2 };
    const base = service('phones', { normal: probe }, []);
    const phones = { ...base, classes: [{ weight: 1, sites: ['a', 'b'], hosts: ['127.0.0.1', unresolvable] }] };
    const unknown = { ...base, name: 'radios', classes: [{ weight: 1, sites: ['a'] }] };
    expect(await round(phones, unknown)).toEqual({
      failing: [
        { service: 'phones', mode: 'normal', sites: ['b'] },
        { service: 'radios', mode: 'normal', sites: ['a'] },
      ],
      probes: 3,
    });
  });

  it('never throws for sites that hang, refuse or talk nonsense; each is a failure', async () => {
    const silent = await serveTcp();
    const rude = await serveTcp((socket) => void socket.end('no HTTP here'));
    servers.push(silent, rude);
    const at = (name: string, port: number): Service => service(name, { normal: http(port, 'x', 0.1) }, ['a']);
    const answer = await round(at('hanging', silent.port), at('refusing', await closedPort()), at('rude', rude.port));
    expect(answer.failing.map((one) => one.service)).toEqual(['hanging', 'refusing', 'rude']);
  });

  it('keeps to its bound of probes at once, and covers 3,100 sites', async () => {
    let [now, most] = [0, 0];
    const server = await serveHttp((_request, response) => {
      most = Math.max(most, (now += 1));
      setImmediate(() => {
        now -= 1;
        response.end('ok');
      });
    });
    servers.push(server);
    const sites = Array.from({ length: 3_100 }, (_, index) => `site-${index}`);
    expect(await round(service('tills', { normal: http(server.port, 'normal', 10) }, sites))).toEqual({
      failing: [],
      probes: 3_100,
    });
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(concurrentProbes);
    expect(server.connections()).toBeLessThanOrEqual(concurrentProbes);
  });

  it('heartbeats while it waits', async () => {
    const silent = await serveTcp();
    servers.push(silent);
    const environment = new MockActivityEnvironment();
    let beats = 0;
    environment.on('heartbeat', () => (beats += 1));
    const services = [service('hanging', { normal: http(silent.port, 'x', 1.5) }, ['a'])];
    await environment.run(probeRound, { services });
    expect(beats).toBeGreaterThan(0);
  });

  it('ends soon when cancelled, and never passes half a round for a whole one', async () => {
    const silent = await serveTcp();
    servers.push(silent);
    const environment = new MockActivityEnvironment();
    const services = [service('hanging', { normal: http(silent.port, 'x', 30) }, ['a', 'b'])];
    const running = environment.run(probeRound, { services });
    setTimeout(() => environment.cancel(), 50);
    await expect(running).rejects.toMatchObject({ name: 'CancelledFailure' });
  });
});
