import type { Place, Refusal, RefusalFact } from '../../model/refusal.ts';
import type { Sink } from '../context.ts';
import { escapeControls } from './escape.ts';
import { renderFacts } from './table.ts';
import { wrap } from './wrap.ts';

/** Refusals as text: each with its facts, where they are written, and the repairs that were planned. */
export function renderRefusals(refusals: readonly Refusal[], sink: Sink): string {
  return refusals.map((refusal) => renderRefusal(refusal, sink).join('\n')).join('\n\n');
}

function renderRefusal({ code, message, facts, repairs }: Refusal, sink: Sink): readonly string[] {
  const width = sink.isTTY ? (sink.columns ?? 80) : Infinity;
  const shown = facts.map((fact) => [fact.label, factWords(fact)] as const);
  const head = wrap(`${code} refused: ${escapeControls(message)}`, width);
  const lines = [...head, ...renderFacts(shown, { width })];
  return repairs.length === 0 ? lines : [...lines, '', ...repairLines(repairs, width)];
}

function factWords({ text, place }: RefusalFact): string {
  return place ? `${text} (${placeWords(place)})` : text;
}

/** `estate.yaml:31:15`. */
function placeWords({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}

/** The flags of a repair stand whole on their line, so that they can be copied. */
function repairLines(repairs: Refusal['repairs'], width: number): readonly string[] {
  const rows = repairs.flatMap(({ words, flags, result }, index) => [
    [String.fromCodePoint(97 + index), `${words}: ${result}`] as const,
    ['', flags] as const,
  ]);
  return ['  Each of these was planned:', ...renderFacts(rows, { width })];
}
