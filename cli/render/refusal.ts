import type { Place, PlaybookChange, Refusal, RefusalFact, Repair } from '../../model/refusal.ts';
import type { Sink } from '../context.ts';
import { escapeControls } from './escape.ts';
import { renderFacts } from './table.ts';
import { wrap } from './wrap.ts';

/** Refusals as text: each with its facts and where they are written, then the repairs that were planned. */
export function renderRefusals(refusals: readonly Refusal[], sink: Sink): string {
  const width = sink.isTTY ? (sink.columns ?? 80) : Infinity;
  const told = refusals.map((refusal) => renderRefusal(refusal, width).join('\n'));
  return [...told, ...repairBlocks(refusals, width)].join('\n\n');
}

function renderRefusal({ code, message, facts }: Refusal, width: number): readonly string[] {
  const shown = facts.map((fact) => [fact.label, factWords(fact)] as const);
  return [...wrap(`${code} refused: ${escapeControls(message)}`, width), ...renderFacts(shown, { width })];
}

/** Repairs once, where all refusals have the same: each of them clears all. */
function repairBlocks(refusals: readonly Refusal[], width: number): readonly string[] {
  return distinctRepairs(refusals).map((repairs) => repairLines(repairs, refusals.length, width).join('\n'));
}

/** The repairs of refusals, each list of them once. */
export function distinctRepairs(refusals: readonly Refusal[]): readonly (readonly Repair[])[] {
  const distinct = new Map(refusals.map(({ repairs }) => [JSON.stringify(repairs), repairs]));
  return [...distinct.values()].filter((repairs) => repairs.length > 0);
}

function factWords({ text, place }: RefusalFact): string {
  return place ? `${text} (${placeWords(place)})` : text;
}

/** `estate.yaml:31:15`. */
function placeWords({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}

/** Flags and changed lines stand whole, each on a line of its own, so that they can be copied. */
function repairLines(repairs: readonly Repair[], cleared: number, width: number): readonly string[] {
  const head = cleared === 1 ? 'Each of these was planned:' : `Each of these was planned, and clears all ${cleared}:`;
  return [
    `  ${head}`,
    ...repairs.flatMap((repair, index) => oneRepair(repair, String.fromCodePoint(97 + index), width)),
  ];
}

function oneRepair(repair: Repair, letter: string, width: number): readonly string[] {
  const { words, result, changes = [] } = repair;
  return [
    ...renderFacts([[letter, `${words}: ${result}`]], { width }),
    ...('flags' in repair ? [`     ${escapeControls(repair.flags)}`] : []),
    ...changes.flatMap(changeLines),
  ];
}

function changeLines({ at, place, was, becomes }: PlaybookChange): readonly string[] {
  const where = place ? placeWords(place) : `${at.document}: ${at.path.join('.')}`;
  const lines = [
    `${where}`,
    ...was.map((line) => `- ${line.replace(/^- /, '')}`),
    ...becomes.map((line) => `+ ${line.replace(/^- /, '')}`),
  ];
  return lines.map((line) => `     ${escapeControls(line)}`);
}
