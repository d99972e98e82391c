import { duration, durationMs } from '../../model/duration.ts';
import type { ServingMode } from '../../model/modes.ts';
import type { WaivedFloor, WaiverRequest } from '../../model/waiver.ts';
import { usageFailure } from '../failure.ts';
import { escapeControls } from '../render/escape.ts';

const pattern =
  /^([a-z0-9][a-z0-9-]*)(?:(?:\/([a-z0-9][a-z0-9-]*))?=(\d{1,3}(?:\.\d{1,6})?)%:(normal|degraded|manual))?$/;

interface Word {
  readonly service: string;
  readonly floor?: WaivedFloor;
}

function readWord(word: string): Word {
  const [, service, tier, percent, mode] = pattern.exec(word) ?? [];
  if (service === undefined || Number(percent) > 100) {
    throw usageFailure(
      `--break-glass takes a service, with the lowest share and mode where you set them: store-tills, store-tills=50%:degraded, or for one tier store-tills/lifeline=50%:degraded; found "${escapeControls(word)}".`,
    );
  }
  if (percent === undefined || mode === undefined) return { service };
  // Through a text, so that 29% is 0.29 and not 0.28999999999999998.
  const share = Number(`${percent}e-2`);
  return { service, floor: { ...(tier !== undefined && { tier }), share, mode: mode as ServingMode } };
}

/**
 * Reads `--break-glass` and `--until`: waivers by service. Floors and times not given are the planner's to find.
 *
 * @throws CliFailure usage
 */
export function readWaivers(words: readonly string[], until: string | undefined): readonly WaiverRequest[] {
  if (until !== undefined && words.length === 0) throw usageFailure('--until goes with --break-glass: it says when a waiver ends.'); // prettier-ignore
  if (until !== undefined && !duration.safeParse(until).success) {
    throw usageFailure(`--until takes a time since the start, such as PT4H; found "${escapeControls(until)}".`);
  }
  const read = words.map(readWord);
  return [...new Set(read.map(({ service }) => service))].map((service) => {
    const floor = read.filter((one) => one.service === service).flatMap((one) => one.floor ?? []);
    return {
      service,
      ...(floor.length > 0 && { floor }),
      ...(until !== undefined && { untilMs: durationMs(until) }),
    };
  });
}
