import { compareWorlds, readWorld } from '../scenario/world-state.ts';
import { tryLeakedKey } from '../scenario/attacker.ts';
import { leakedKeyUser } from '../scenario/common-layout.ts';
import { worksFromSecret } from './secret.ts';
import type { Check, PartResult, Story } from './part.ts';
import { command, partResult, waitFor } from './part.ts';

/** Part 5: everything is given back, tier by tier; what is left differs only by the keys that were replaced. */
export async function released(story: Story): Promise<PartResult> {
  const { company, screen, incident } = story;
  company.stack.proxy.clearFaults();
  screen.title('5  Release: tier by tier, canary first');
  const begun = Date.now();
  const release = await command(story, 'ada', ['release', incident, '--yes', '--reason', 'images rebuilt']);
  await waitFor(story, (status) =>
    status.gates.some((gate) => gate.id === 'restore/identity' && gate.state === 'open'),
  );
  screen.settle();
  const gate = 'restore/identity';
  const attest = await command(story, 'cy', [
    'attest',
    incident,
    '--gate',
    `${gate}/rebuilt-from-clean-image`,
    '--yes',
    '--reason',
    'rebuilt from 2025-04-20',
  ]);
  const approve = await command(story, 'cy', [
    'approve',
    incident,
    '--gate',
    gate,
    '--yes',
    '--reason',
    'identity first',
  ]);
  const status = await waitFor(story, ({ phase }) => phase === 'closed' || phase === 'holding', { timeoutMs: 240_000 });
  screen.settle();
  story.seconds['release'] = (Date.now() - begun) / 1000;
  await story.observer.wholeRound();
  const after = await readWorld(company.stack.moto.url);
  const differences = compareWorlds(story.before, after, { rotatedUsers: [leakedKeyUser] });
  const key = await tryLeakedKey(company.world, company.stack.proxy.url);
  const renewed = await worksFromSecret(company);
  const breaches = story.observer.report().services.flatMap((service) => (service.protected ? service.breaches : []));
  for (const difference of differences.slice(0, 10)) screen.say(`  left different: ${difference}`);
  const checks: Check[] = [
    {
      promise: 'released by signature',
      measured: `exits ${release.code}, ${attest.code}, ${approve.code}`,
      ok: release.code + attest.code + approve.code === 0,
    },
    {
      promise: 'closed, with nothing left over',
      measured: `${status.phase}, ${status.exceptions.length} exceptions`,
      ok: status.phase === 'closed' && status.exceptions.length === 0,
    },
    {
      promise: 'everything exactly as before',
      measured: `${differences.length} differences`,
      ok: differences.length === 0,
    },
    { promise: 'the leaked key stays dead', measured: key.answer, ok: !key.works },
    { promise: 'its successor works', measured: renewed.answer, ok: renewed.works },
    { promise: 'no floor was broken', measured: `${breaches.length} breaches`, ok: breaches.length === 0 },
  ];
  const tiers = status.tiers.map((tier) => `${tier.name} ${tier.released}/${tier.targets}`);
  return partResult('released', checks, { tiers, differences });
}
