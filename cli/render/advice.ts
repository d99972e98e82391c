import type { Advice, AdvisedService, CutThing, NoCut, WeighedCut } from '../../model/advice.ts';
import type { Sink } from '../context.ts';
import { escapeControls } from './escape.ts';
import type { Column } from './table.ts';
import { renderFacts, renderTable } from './table.ts';
import { countWords, fewWords, listWords, percentWords } from './words.ts';
import { wrap } from './wrap.ts';

type Facts = readonly (readonly [label: string, text: string])[];
type FoundCut = Extract<Advice, { readonly kind: 'cut' }>;

const cutColumns: readonly Column[] = [
  { title: 'cut' },
  { title: 'why', wraps: true },
  { title: 'loss', align: 'right' },
];
const serviceColumns: readonly Column[] = [
  { title: 'service' },
  { title: 'value', align: 'right' },
  { title: 'floor' },
  { title: 'under the cut' },
  { title: 'loss', align: 'right' },
];
const mostNames = 6;

/** Advice as text: what to cut and why, what it costs each service, what is safe then and what is not. */
export function renderAdvice(advice: Advice, sink: Sink): readonly string[] {
  const width = sink.isTTY ? (sink.columns ?? 80) : Infinity;
  return [...wrap(headline(advice), width), '', ...body(advice, { sink, width })];
}

interface Page {
  readonly sink: Sink;
  readonly width: number;
}

function headline({ estate, compromised, suspected }: Advice): string {
  const held = [
    ...(compromised.length > 0 ? [`${listWords(compromised)} compromised`] : []),
    ...(suspected.length > 0 ? [`${listWords(suspected)} suspected`] : []),
  ];
  return escapeControls(`advice on ${estate}: ${held.join(', ')}`);
}

function body(advice: Advice, page: Page): readonly string[] {
  const { width } = page;
  switch (advice.kind) {
    case 'nothing-to-cut':
      return renderFacts(
        [['nothing', 'to cut: from there nothing is reached that must be kept safe'], ...lostFacts(advice)],
        {
          width,
        },
      );
    case 'no-cut':
      return noCutLines(advice, page);
    case 'cut':
      return [...cutTables(advice.cut, page), '', ...renderFacts(cutFacts(advice), { width })];
  }
}

function cutTables({ things, services }: WeighedCut, { sink }: Page): readonly string[] {
  const options = { sink, indent: sink.isTTY ? '  ' : '' };
  const shown = services.filter((service) => service.protected || service.lost > 0);
  return [
    ...renderTable(cutColumns, things.map(thingRow), options),
    '',
    ...renderTable(serviceColumns, shown.map(serviceRow), options),
  ];
}

function thingRow({ kind, id, because, costs }: CutThing): readonly string[] {
  const name = kind === 'sessions' ? `sessions of ${id}` : id;
  return because === 'free'
    ? [name, 'the attacker has it; costs no more', '-']
    : [name, 'closes a way', lossWords(costs)];
}

function serviceRow({ name, value, floor, after, lost, breaks }: AdvisedService): readonly string[] {
  const floors = floor.map(({ share, mode }) => `${percentWords(share)} ${mode}`).join(', ');
  const stands = `${after.mode === 'down' ? '0%' : percentWords(after.share)} ${after.mode}`;
  return [name, lossWords(value), floors || '-', breaks ? `${stands}, below` : stands, lossWords(value * lost)];
}

/** `2.75`; at most two decimals, and never 0 for something. */
function lossWords(loss: number): string {
  const rounded = Math.round(loss * 100) / 100;
  return loss > 0 && rounded === 0 ? '<0.01' : String(rounded);
}

function cutFacts(advice: FoundCut): Facts {
  const { cut, isExact, candidates, keepSafe } = advice;
  const tried = countWords(candidates, 'candidate');
  const before = cut.lossBefore > 0 ? `, ${lossWords(cut.lossBefore)} of it before any cut` : '';
  const isBest = isExact
    ? `exact: no cut loses less (${tried})`
    : `the best found among ${tried}, perhaps not the best there is`;
  const ownCut = keepSafe.filter((name) => cut.things.some(({ id }) => id === name));
  return [
    ['loses', `${lossWords(cut.loss)} of ${lossWords(cut.lossAtMost)}${before}; ${isBest}`],
    ['safe', fewWords(keepSafe, mostNames)],
    ...(advice.cutsKeptSafe
      ? [['cut off', `${listWords(ownCut)}: no cut around it holds. It is safe, and nobody can use it`] as const]
      : []),
    ...lostFacts(advice),
    ...leftFacts(cut),
    ['still open', cut.stillReached.length === 0 ? 'nothing else' : fewWords(cut.stillReached, mostNames)],
  ];
}

function leftFacts({ left }: WeighedCut): Facts {
  return left.map(({ name, costs, breaks }, index) => [
    index === 0 ? 'left' : '',
    `${name}, with the attacker in it: cutting it too ${breaks ? 'breaks a floor' : `loses ${lossWords(costs)} more`}`,
  ]);
}

function lostFacts({ lost }: Advice): Facts {
  return lost.length === 0 ? [] : [['not safe', `${listWords(lost)}: the attacker has it already`]];
}

function noCutLines(advice: Extract<Advice, { readonly kind: 'no-cut' }>, page: Page): readonly string[] {
  const { because, keepSafe } = advice;
  const tables = because.kind === 'floors' ? [...cutTables(because.cut, page), ''] : [];
  const facts: Facts = [
    ['no cut', noCutWords(because)],
    ['not safe', fewWords(keepSafe, mostNames)],
    ...lostFacts(advice),
  ];
  return [...tables, ...renderFacts(facts, { width: page.width })];
}

function noCutWords(because: NoCut): string {
  switch (because.kind) {
    case 'open-way':
      return `${because.way.join(' → ')} is a way with nothing on it that may be cut: it has no live host, or stands under neverTouch`;
    case 'floors': {
      const broken = because.cut.services.filter(({ breaks }) => breaks).map(({ name }) => name);
      return `holds every floor. The cut of least loss, shown here, takes ${listWords(broken)} below`;
    }
    case 'not-found':
      return 'was found that holds every floor, though not all were tried';
  }
}
