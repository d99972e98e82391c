import { canonical } from '../model/canonical.ts';
import type { PlanHeader, PlannedService, PlannedStage, PlannedTier } from '../model/plan.ts';
import { quorumWords } from '../model/quorum.ts';
import type { Waiver } from '../model/waiver.ts';
import { sortedTexts } from './order.ts';
import { countWords, forecastWords, listWords, waiverWords } from './words.ts';

function isSame(one: unknown, other: unknown): boolean {
  return canonical(one ?? null) === canonical(other ?? null);
}

interface Named {
  readonly name: string;
}

/** Lines for what is in one list only, and what `compare` says of what is in both; by name, in the order of now. */
function byName<Item extends Named>(
  kind: string,
  lists: { readonly shown: readonly Item[]; readonly now: readonly Item[] },
  compare: (shown: Item, now: Item) => readonly string[],
): readonly string[] {
  const { shown, now } = lists;
  const gone = shown.filter(({ name }) => !now.some((item) => item.name === name));
  return [
    ...now.flatMap((item) => {
      const before = shown.find(({ name }) => name === item.name);
      return before ? compare(before, item) : [`${kind} ${item.name} is new`];
    }),
    ...gone.map(({ name }) => `${kind} ${name} is gone`),
  ];
}

interface WaveLike {
  readonly index: number;
  readonly targets: number;
  readonly chunk: string;
}

function waveLines(where: string, shown: readonly WaveLike[], now: readonly WaveLike[]): readonly string[] {
  const both = now.flatMap((wave, position) => {
    const before = shown[position];
    if (!before || before.chunk === wave.chunk) return [];
    const moved =
      before.targets === wave.targets
        ? `has other targets, or they changed (${countWords(wave.targets)})`
        : `has ${countWords(wave.targets)} targets instead of ${countWords(before.targets)}`;
    return [`${where} wave ${wave.index} ${moved}`];
  });
  if (shown.length === now.length) return both;
  return [...both, `${where} has ${now.length} waves instead of ${shown.length}`];
}

type Gated = Pick<PlannedStage, 'gate'>;

function gateLines(where: string, shown: Gated, now: Gated): readonly string[] {
  if (isSame(shown.gate, now.gate)) return [];
  const words = ({ gate }: Gated): string => (gate ? quorumWords(gate.quorum) : 'no gate');
  const [before, after] = [words(shown), words(now)];
  return [before === after ? `gate of ${where} changed` : `gate of ${where} asks for ${after} instead of ${before}`];
}

function stageLines(shown: PlannedStage, now: PlannedStage): readonly string[] {
  const where = `stage ${now.name}`;
  const waves = waveLines(where, shown.waves, now.waves);
  return [
    ...(shown.action === now.action ? [] : [`${where} does ${now.action} instead of ${shown.action}`]),
    ...gateLines(where, shown, now),
    ...waves,
    // With other targets it goes without saying.
    ...(waves.length === 0 ? affectedLines(where, shown.affected.hosts, now.affected.hosts) : []),
  ];
}

function affectedLines(where: string, shown: number, now: number): readonly string[] {
  if (shown === now) return [];
  return [`${where} affects ${countWords(now)} hosts instead of ${countWords(shown)}`];
}

function tierLines(shown: PlannedTier, now: PlannedTier): readonly string[] {
  const where = `restore tier ${now.name}`;
  return [
    ...(isSame(shown.systems, now.systems) ? [] : [`${where} holds other systems`]),
    ...(shown.probe === now.probe ? [] : [`${where} ${now.probe ? 'now waits' : 'no longer waits'} for probes`]),
    ...gateLines(where, shown, now),
    ...waveLines(where, shown.waves, now.waves),
  ];
}

function serviceLines(shown: PlannedService, now: PlannedService): readonly string[] {
  const where = `service ${now.name}`;
  const [before, after] = [forecastWords(shown.worst), forecastWords(now.worst)];
  return [
    ...(before === after ? [] : [`${where} at worst: ${after}, instead of ${before}`]),
    ...(isSame(shown.floor, now.floor) && shown.protected === now.protected ? [] : [`${where} has another floor`]),
    ...(shown.sites === now.sites
      ? []
      : [`${where} has ${countWords(now.sites)} sites instead of ${countWords(shown.sites)}`]),
  ];
}

function waiverLines({ waivers: shown = [] }: PlanHeader, { waivers: now = [] }: PlanHeader): readonly string[] {
  const named = (waivers: readonly Waiver[]): readonly (Waiver & Named)[] =>
    waivers.map((one) => ({ ...one, name: one.service }));
  return byName('waiver of', { shown: named(shown), now: named(now) }, (before, after) =>
    isSame(before, after)
      ? []
      : [`waiver of ${after.service}: ${waiverWords(after)}, instead of ${waiverWords(before)}`],
  );
}

function rosterLines({ roster: shown }: PlanHeader, { roster: now }: PlanHeader): readonly string[] {
  const people = (roster: PlanHeader['roster']): readonly Named[] => roster.people.map(({ id }) => ({ name: id }));
  const rolesOf = (roster: PlanHeader['roster'], name: string): readonly string[] =>
    roster.people.find(({ id }) => id === name)?.roles ?? [];
  return [
    ...byName('person', { shown: people(shown), now: people(now) }, (_, { name }) =>
      isSame(rolesOf(shown, name), rolesOf(now, name))
        ? []
        : [`person ${name} is ${listWords(rolesOf(now, name))} instead of ${listWords(rolesOf(shown, name))}`],
    ),
    ...(shown.allowedSigners === now.allowedSigners ? [] : ['the keys in allowed_signers changed']),
    ...(shown.revocations === now.revocations ? [] : ['the list of revoked keys changed']),
    ...(isSame(shown.authority, now.authority) ? [] : ['who may say what (authority) changed']),
  ];
}

function listLine(what: string, shown: readonly string[], now: readonly string[]): readonly string[] {
  if (isSame(shown, now)) return [];
  const words = (names: readonly string[]): string => (names.length === 0 ? 'nothing' : listWords(names));
  return [`${what}: ${words(now)}, instead of ${words(shown)}`];
}

function inputLines(shown: PlanHeader, now: PlanHeader): readonly string[] {
  const names = sortedTexts([...Object.keys(shown.parameters), ...Object.keys(now.parameters)]);
  return [
    ...(isSame(shown.estate, now.estate) ? [] : [`the estate ${now.estate.name} changed`]),
    ...(isSame(shown.playbook, now.playbook) ? [] : [`the playbook ${now.playbook.name} changed`]),
    ...names.flatMap((name) => listLine(`parameter ${name}`, shown.parameters[name] ?? [], now.parameters[name] ?? [])),
    ...listLine('left out', shown.except, now.except),
    ...listLine('narrowed', shown.narrow, now.narrow),
    ...(shown.live === now.live ? [] : ['what runs in AWS changed']),
  ];
}

/**
 * What moved between the plan people saw and the plan made now, one plain line each: inputs first, then stages, tiers,
 * services and roster. Empty only where the headers are the same.
 */
export function differences(shown: PlanHeader, now: PlanHeader): readonly string[] {
  const lines = [
    ...inputLines(shown, now),
    ...byName('stage', { shown: shown.stages, now: now.stages }, stageLines),
    ...byName('restore tier', { shown: shown.tiers, now: now.tiers }, tierLines),
    ...byName('service', { shown: shown.services, now: now.services }, serviceLines),
    ...waiverLines(shown, now),
    ...rosterLines(shown, now),
  ];
  return lines.length === 0 && !isSame(shown, now) ? ['other parts of the plan changed'] : lines;
}
