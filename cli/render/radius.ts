import { durationWords } from '../../model/duration.ts';
import type { Impact, ImpactedService, Radius, ReachedThing } from '../../model/radius.ts';
import type { Sink } from '../context.ts';
import { escapeControls } from './escape.ts';
import type { Column } from './table.ts';
import { renderFacts, renderTable } from './table.ts';
import { countWords, fewWords, listWords, percentWords } from './words.ts';
import { wrap } from './wrap.ts';

const reachedColumns: readonly Column[] = [
  { title: 'reached' },
  { title: 'from', wraps: true },
  { title: 'keep safe' },
];
const mostReached = 40;
const mostNames = 6;

/** A radius as text: how far the attacker gets and by which way, and what containing it would break. */
export function renderRadius(radius: Radius, sink: Sink): readonly string[] {
  const width = sink.isTTY ? (sink.columns ?? 80) : Infinity;
  const options = { sink, indent: sink.isTTY ? '  ' : '' };
  const { estate, from, reached } = radius;
  const others = reached.filter(({ steps }) => steps > 0);
  return [
    ...wrap(escapeControls(`radius of ${listWords(from)} on ${estate}`), width),
    '',
    ...(others.length === 0
      ? ['  Nothing else is reached from there.']
      : renderTable(
          reachedColumns,
          others.slice(0, mostReached).map((each) => reachedRow(each, reached)),
          options,
        )),
    ...moreLine(others.length - mostReached),
    '',
    ...impactLines(radius, { width, options }),
  ];
}

function moreLine(count: number): readonly string[] {
  return count > 0 ? [`  and ${countWords(count, 'thing')} more, farther away: all of them with --json`] : [];
}

/** `vdi, vdi-fleet`: the way from the start, step by step, without its end. */
function reachedRow({ id, from, keepSafe }: ReachedThing, reached: Radius['reached']): readonly string[] {
  const byId = new Map(reached.map((thing) => [thing.id, thing]));
  const way: string[] = [];
  for (let at = from; at !== undefined; at = byId.get(at)?.from) way.push(at);
  const safe = keepSafe === undefined ? '' : keepSafe === 'marked' ? 'marked so' : 'needed';
  return [id, way.reverse().join(' → '), safe];
}

interface Page {
  readonly width: number;
  readonly options: { readonly sink: Sink; readonly indent: string };
}

/** One column for what is compromised alone, and one for all of it, where that is more. */
function impactLines({ from, alone, whole }: Radius, { width, options }: Page): readonly string[] {
  const isMore = whole.systems.length > from.length;
  const columns: readonly Column[] = [
    { title: 'service' },
    { title: 'floor' },
    { title: from.length === 1 ? 'contain it' : `contain the ${from.length}`, wraps: true },
    ...(isMore ? [{ title: `contain all ${whole.systems.length}` }] : []),
  ];
  const names = [...new Set([...alone.services, ...whole.services].map(({ name }) => name))];
  const rows = names.map((name) => serviceRow(name, isMore ? [alone, whole] : [alone]));
  return [
    ...(names.length === 0 ? ['  Containing it breaks nothing.'] : renderTable(columns, rows, options)),
    '',
    ...renderFacts(
      [
        ...fallFacts('falls', alone),
        ...(isMore ? fallFacts('with all', whole) : []),
        lossFact(alone, isMore ? whole : undefined),
      ],
      { width },
    ),
  ];
}

function serviceRow(name: string, impacts: readonly Impact[]): readonly string[] {
  const found = impacts.map(({ services }) => services.find((service) => service.name === name));
  const floor = found.find((service) => service !== undefined)?.floor ?? [];
  const floors = floor.map(
    ({ tier, share, mode }) => `${percentWords(share)} ${mode}${tier === undefined ? '' : ` in ${tier}`}`,
  );
  return [name, floors.join(', ') || '-', ...found.map((service) => (service ? standingWords(service) : 'as it is'))];
}

function standingWords({ after, later, breaksMs }: ImpactedService): string {
  const stands = `${after.mode === 'down' ? '0%' : percentWords(after.share)} ${after.mode}`;
  if (breaksMs === 0) return `${stands}, below`;
  const [next] = breaksMs === undefined ? later : later.filter(({ atMs }) => atMs === breaksMs);
  if (!next) return stands;
  return `${stands}; ${breaksMs === undefined ? next.mode : 'below'} after ${durationWords(next.atMs)}`;
}

function fallFacts(label: string, { falls }: Impact): readonly (readonly [string, string])[] {
  const because = { needs: 'needs', uses: 'loses', hosts: 'shares hosts with' } as const;
  const words = falls.map(({ name, because: { kind, id } }) => `${name} (${because[kind]} ${id})`);
  return words.length === 0 ? [] : [[label, `${fewWords(words, mostNames)} beside what is contained`]];
}

function lossFact(alone: Impact, whole: Impact | undefined): readonly [string, string] {
  const all = whole ? `; ${lossWords(whole.loss)} to contain all of it` : '';
  return ['loss', `${lossWords(alone.loss)} to contain what is compromised${all}`];
}

function lossWords(loss: number): string {
  return String(Math.round(loss * 100) / 100);
}
