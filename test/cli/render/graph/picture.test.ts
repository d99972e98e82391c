import { expect, test } from 'vitest';
import { mermaidOf } from '../../../../cli/render/graph/mermaid.ts';
import type { Picture } from '../../../../cli/render/graph/picture.ts';
import { radiusPicture } from '../../../../cli/render/graph/picture.ts';
import { dotOf, svgOf } from '../../../../cli/render/graph/svg.ts';
import type { Radius, ReachedThing } from '../../../../model/radius.ts';

const hostile = 'a"; rm \\N <script>#&`';
const picture: Picture = {
  title: hostile,
  nodes: [
    { id: 'n0', kind: 'start', lines: [hostile, 'compromised'] },
    { id: 'n1', kind: 'service', lines: ['tills'] },
  ],
  edges: [{ from: 'n0', to: 'n1', kind: 'breaks' }],
};

test('no name ends a DOT string or becomes one of its escapes', async () => {
  expect(dotOf(picture)).toContain('n0 [label="a\\"; rm \\\\N <script>#&`\\ncompromised", shape=doubleoctagon');
  const svg = await svgOf(picture);
  expect(svg).toContain('>a&quot;; rm \\N &lt;script&gt;#&amp;`</text>');
  expect(svg).not.toContain('<script>');
});

test('no name ends a Mermaid label, opens a tag or becomes an entity', () => {
  expect(mermaidOf(picture)).toContain(
    '  n0[["a#quot;; rm \\N #lt;script#gt;#35;#amp;#96;<br/>compromised"]]\n  n1[("tills")]\n  n0 -.-> n1\n',
  );
});

test('characters that steer a terminal are shown, not passed on', () => {
  const drawn = radiusPicture(radiusOf([{ kind: 'system', id: 'a\u001b[2J', steps: 0 }]));
  expect(drawn.nodes[0]?.lines[0]).toBe('a\\u001b[2J');
});

test('a picture shows what is nearest, and says how much it leaves out', () => {
  const reached = Array.from({ length: 400 }, (_, steps): ReachedThing => ({ kind: 'system', id: `s${steps}`, steps }));
  const { nodes } = radiusPicture(radiusOf(reached));
  expect(nodes).toHaveLength(151);
  expect(nodes.at(-1)?.lines).toEqual(['and 250 more, farther away']);
});

function radiusOf(reached: readonly ReachedThing[]): Radius {
  const nothing = { systems: [], principals: [], services: [], falls: [], loss: 0 };
  return { estate: 'retail', from: ['a'], reached, alone: nothing, whole: nothing };
}
