import { attackerReaches, tryLeakedKey } from '../scenario/attacker.ts';
import { scenarios } from '../scenario/scenarios.ts';
import { isolationOf, plannedHosts, snapshotSets } from './emulator.ts';
import type { Check, PartResult, Story } from './part.ts';
import { partResult, statusOf, waitFor } from './part.ts';

/** Part 3: credentials, isolation in waves, evidence; measured at the emulator, not by the orchestrator's word. */
export async function contained(story: Story): Promise<PartResult> {
  const { company, screen } = story;
  const begun = Date.now();
  const status = await waitFor(story, ({ phase }) => phase === 'contained' || phase === 'holding', {
    timeoutMs: 240_000,
  });
  screen.settle();
  story.seconds['contain'] = (Date.now() - begun) / 1000;
  if (status.phase !== 'contained') screen.say(`  ${status.hold?.detail ?? ''}`);
  await story.observer.wholeRound();
  const { proxy, moto } = company.stack;
  const { compromised } = scenarios[company.world.scenario.name];
  const held = compromised.flatMap((system) => company.world.instances.get(system) ?? []);
  const hosts = await plannedHosts(company);
  const isolated = await isolationOf(moto.url, hosts);
  const sets = await snapshotSets(moto.url, held);
  const view = await attackerReaches(company.world, moto.url);
  const key = await tryLeakedKey(company.world, proxy.url);
  const services = story.observer.report().services.filter((service) => service.protected);
  const breaches = services.flatMap((service) =>
    service.breaches.map((breach) => `${service.service}: ${breach.floor}`),
  );
  const probes = services.reduce((sum, service) => sum + service.probes, 0);
  const checks: Check[] = [
    { promise: 'every stage done', measured: status.phase, ok: status.phase === 'contained' },
    {
      promise: 'every host cut off',
      measured: `${isolated.isolated} of ${hosts.length}`,
      ok: isolated.isolated === hosts.length,
    },
    {
      promise: 'one set of evidence a host',
      measured: `${sets.complete} of ${held.length}, ${sets.doubled} doubled`,
      ok: sets.complete === held.length && sets.doubled === 0,
    },
    {
      promise: 'the attacker reaches nothing',
      measured: view.reaches.join(', ') || 'nothing',
      ok: view.reaches.length === 0,
    },
    { promise: 'the leaked key is dead', measured: key.answer, ok: !key.works },
    {
      promise: 'no floor was broken',
      measured: breaches.join('; ') || `0 breaches in ${probes} probes`,
      ok: breaches.length === 0 && probes > 0,
    },
  ];
  return partResult(
    'contained',
    checks,
    await figures(story, { hosts: hosts.length, isolated: isolated.isolated, probes }),
  );
}

async function figures(
  story: Story,
  measured: { hosts: number; isolated: number; probes: number },
): Promise<PartResult['figures']> {
  const status = await statusOf(story);
  const waves = status.stages.flatMap((stage) => stage.waves);
  return {
    ...measured,
    systems: scenarios[story.company.world.scenario.name].compromised.length,
    targets: waves.reduce((sum, wave) => sum + wave.targets, 0),
    verified: waves.reduce((sum, wave) => sum + wave.verified, 0),
    waves: waves.length,
  };
}
