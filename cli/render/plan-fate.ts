import { principalParts } from '../../model/names.ts';
import type { Narrower, PlannedStage, PlannedWave } from '../../model/plan.ts';
import { countWords, fewWords, listWords, numberWords } from './words.ts';

/** Lines after which there is only a count: a stage may have hundreds of waves. */
const mostWaves = 4;

/**
 * What falls beside what is touched, a line for each such wave: `credentials, wave 1: 1 target, 2,000 hosts affected, of
 * till-gateway; store-tills leans on them`. Nothing where each wave takes down its targets alone.
 */
export function affectedWords(stages: readonly PlannedStage[]): readonly string[] {
  const lines = stages.flatMap((stage) =>
    stage.waves.filter((wave) => wave.affected.hosts > wave.targets).map((wave) => waveWords(stage, wave)),
  );
  const rest = lines.length - mostWaves;
  return rest > 0 ? [...lines.slice(0, mostWaves), `and ${countWords(rest, 'more wave')}`] : lines;
}

function waveWords({ name }: PlannedStage, { index, targets, systems, affected }: PlannedWave): string {
  const of = systems.length === 0 ? '' : `, of ${fewWords(systems)}`;
  const { services } = affected;
  const lean = services.length === 1 ? 'leans' : 'lean';
  const leaning = services.length === 0 ? '' : `; ${fewWords(services)} ${lean} on them`;
  const counts = `${countWords(targets, 'target')}, ${countWords(affected.hosts, 'host')} affected`;
  return `${name}, wave ${index}: ${counts}${of}${leaning}`;
}

/** What could be done more narrowly, and how to ask for it: `--narrow credentials: take fleet from 2 compromised hosts alone, 1,998 spared`. */
export function narrowerWords(narrower: readonly Narrower[]): readonly string[] {
  return narrower.map(({ flags, roles, hosts, spared }) => {
    const names = listWords(roles.map((id) => principalParts(id).name));
    return `${flags}: take ${names} from ${countWords(hosts, 'compromised host')} alone, ${numberWords(spared)} spared`;
  });
}
