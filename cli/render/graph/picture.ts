import type { Impact, Radius, ReachedThing } from '../../../model/radius.ts';
import { escapeControls } from '../escape.ts';
import { numberWords, percentWords } from '../words.ts';

/** What a node of a picture is; drawn as a shape, and said in its label as a word. */
export type PictureKind = 'start' | 'reached' | 'principal' | 'keep-safe' | 'fallen' | 'service';

/** One node: its label, line by line. */
export interface PictureNode {
  readonly id: string;
  readonly kind: PictureKind;
  readonly lines: readonly string[];
}

/** One edge: the attacker's way, or what takes down what. */
export interface PictureEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: 'way' | 'breaks';
}

/** A graph to draw, apart from any format. Ids are plain; labels are of printable characters. */
export interface Picture {
  readonly title: string;
  readonly nodes: readonly PictureNode[];
  readonly edges: readonly PictureEdge[];
}

/** More than this is no picture; what is nearest is drawn. */
const mostNodes = 150;

function kindOf({ kind, steps, keepSafe }: ReachedThing): PictureKind {
  if (steps === 0) return 'start';
  if (keepSafe !== undefined) return 'keep-safe';
  return kind === 'principal' ? 'principal' : 'reached';
}

function reachedLines({ id, steps, keepSafe }: ReachedThing): readonly string[] {
  if (steps === 0) return [id, 'compromised'];
  return keepSafe === undefined ? [id] : [id, 'must be kept safe'];
}

type Service = Impact['services'][number];

function serviceLines({ name, after, breaksMs }: Service): readonly string[] {
  const stands = `${after.mode === 'down' ? '0%' : percentWords(after.share)} ${after.mode}`;
  return [name, stands, ...(breaksMs === undefined ? [] : ['below its floor'])];
}

/** Nodes by the name of what they stand for; names of services are apart. */
class Drawing {
  readonly nodes: PictureNode[] = [];
  readonly edges: PictureEdge[] = [];
  readonly #ids = new Map<string, string>();

  add(name: string, kind: PictureKind, lines: readonly string[]): void {
    if (this.#ids.has(name)) return;
    const id = `n${this.nodes.length}`;
    this.#ids.set(name, id);
    this.nodes.push({ id, kind, lines: lines.map(escapeControls) });
  }

  /** Draws an edge where both its ends are drawn. */
  connect(from: string, to: string, kind: PictureEdge['kind']): void {
    const [start, end] = [this.#ids.get(from), this.#ids.get(to)];
    if (start !== undefined && end !== undefined) this.edges.push({ from: start, to: end, kind });
  }
}

/** A radius as a picture: the attacker's shortest ways, and what falls where what is compromised is contained. */
export function radiusPicture({ estate, from, reached, alone }: Radius): Picture {
  const drawing = new Drawing();
  const shown = reached.slice(0, mostNodes);
  for (const thing of shown) drawing.add(thing.id, kindOf(thing), reachedLines(thing));
  if (shown.length < reached.length) {
    drawing.add('…', 'reached', [`and ${numberWords(reached.length - shown.length)} more, farther away`]);
  }
  const falls = alone.falls.slice(0, mostNodes);
  for (const { name } of falls) drawing.add(name, 'fallen', [name, 'falls']);
  for (const service of alone.services) drawing.add(`service ${service.name}`, 'service', serviceLines(service));
  for (const thing of shown) if (thing.from !== undefined) drawing.connect(thing.from, thing.id, 'way');
  for (const { name, because } of falls) drawing.connect(because.id, name, 'breaks');
  for (const { name, without } of alone.services) {
    for (const system of without) drawing.connect(system, `service ${name}`, 'breaks');
  }
  const title = escapeControls(`radius of ${from.join(', ')} on ${estate}`);
  return { title, nodes: drawing.nodes, edges: drawing.edges };
}
