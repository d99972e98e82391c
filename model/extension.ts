import { duration, durationMs } from './duration.ts';

/** What an `extend` asks for: a restore tier is due back so long after the accepted start. */
export interface Extension {
  readonly tier: string;
  readonly releaseByMs: number;
}

/** The `gate` of an `extend`: `restore/<tier>/<duration>`, the duration counted from the accepted start. */
export function extensionGate({ tier, releaseByMs }: Extension): string {
  return `restore/${tier}/PT${Math.ceil(releaseByMs / 60_000)}M`;
}

/** Reads what {@link extensionGate} writes; undefined for anything else. */
export function extensionOf(gate: string | undefined): Extension | undefined {
  const match = /^restore\/([a-z0-9-]+)\/(P[0-9A-Z]+)$/.exec(gate ?? '');
  const [, tier, length] = match ?? [];
  if (tier === undefined || length === undefined || !duration.safeParse(length).success) return undefined;
  return { tier, releaseByMs: durationMs(length) };
}
