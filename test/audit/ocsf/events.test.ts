import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ocsfEvents } from '../../../audit/ocsf/events.ts';
import type { Happening } from '../../../audit/story/happening.ts';
import { storyOf } from '../../../audit/story/story.ts';
import { codecOf } from '../../../worker/data-converter.ts';
import { runCli } from '../../cli/fake-context.ts';
import { sampleExport } from '../sample-export.ts';
import { problemsOf, readSchema } from './schema.ts';

const published = path.resolve('../shared/data/ocsf-1.8.0.json.gz');
const isPublished = existsSync(published);
/** The sample, and after it a host that is stopped, and a call centre that probes find down and well again. */
async function events() {
  const story = await storyOf(sampleExport({ detail: '=cmd' }), codecOf(undefined));
  const place = { workflowId: 'firedoor/INC-42/stop/1/1', runId: 'stop', at: '2025-04-22T13:10:00.000Z' };
  const down = [{ service: 'call-centre', mode: 'manual' as const, sites: ['desk'] }];
  const step = {
    kind: 'step',
    action: 'aws.ec2.stop',
    account: 'retail',
    beganAt: place.at,
    worker: 'w',
    attempt: 1,
  } as const;
  const outcomes = [
    { target: 'i-0ab1', status: 'done' },
    { target: 'i-0ab2', status: 'refused' },
  ] as const;
  const more: readonly Happening[] = [
    { ...place, ...step, eventId: '5', step: 'verify', outcomes, captures: [] },
    { ...place, kind: 'probed', eventId: '6', failing: down },
    { ...place, kind: 'probed', eventId: '7', at: '2025-04-22T13:11:00.000Z', failing: [] },
  ];
  return ocsfEvents({ ...story, happenings: [...story.happenings, ...more] });
}

describe('an export as OCSF events', () => {
  it('tells the incident, its decisions, each change and giving back, and services that went down', async () => {
    expect(
      (await events()).map((each) => [
        each['type_uid'],
        each['status_id'],
        each['comment'] ?? each['status_code'] ?? null,
      ]),
    ).toMatchInlineSnapshot(`
      [
        [
          200501,
          1,
          "accepted: start by ada@example.org: VDI beaconing, ticket 881",
        ],
        [
          200502,
          2,
          "denied: approve cut-off by ada@example.org: VDI beaconing, ticket 881 (starter-cannot-approve)",
        ],
        [
          200502,
          2,
          "accepted: approve cut-off by bo@example.org: VDI beaconing, ticket 881",
        ],
        [
          700101,
          1,
          "done",
        ],
        [
          700199,
          1,
          "done",
        ],
        [
          200502,
          2,
          "accepted: release by ada@example.org: VDI beaconing, ticket 881",
        ],
        [
          700103,
          1,
          "done",
        ],
        [
          200503,
          5,
          null,
        ],
        [
          700101,
          1,
          "done",
        ],
        [
          600204,
          1,
          null,
        ],
        [
          700101,
          2,
          "refused",
        ],
        [
          600204,
          1,
          null,
        ],
        [
          600203,
          1,
          null,
        ],
      ]
    `);
  });

  it('has an id for each event that no other has, and one that joins those of the incident', async () => {
    const metadata = (await events()).map((each) => each['metadata'] as { uid: string; correlation_uid: string });
    expect(new Set(metadata.map(({ uid }) => uid)).size).toBe(metadata.length);
    expect(new Set(metadata.map(({ correlation_uid }) => correlation_uid))).toEqual(new Set(['INC-42']));
  });

  it('is printed a line an event', async () => {
    const { stdout, exitCode } = await runCli(['audit', 'ocsf', 'in.json'], {
      files: { 'in.json': JSON.stringify(sampleExport()) },
    });
    expect(exitCode).toBe(0);
    for (const line of stdout.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('class_uid');
  });
});

describe.skipIf(!isPublished)(
  `against the published schema${isPublished ? '' : ` (skipped: there is no ${published})`}`,
  () => {
    const schema = isPublished ? readSchema(readFileSync(published)) : undefined;

    it('every event is valid', async () => {
      const all = await events();
      expect(new Set(all.map((each) => each.class_uid))).toEqual(new Set([2005, 6002, 7001]));
      for (const each of all) expect(problemsOf(schema!, each)).toEqual([]);
    });

    it.each([
      ['misses an attribute', { finding_info_list: undefined }, 'finding_info_list: missing'],
      ['has one that is unknown', { colour: 'red' }, 'colour: no such attribute'],
      ['has one of a profile it does not name', { device: {} }, 'device: no such attribute'],
      ['has a value outside an enum', { status_id: 17 }, 'status_id: 17 is no value of it'],
      ['has a wrong type', { time: '2025' }, 'time: expected timestamp_t'],
      ['has no list where one belongs', { finding_info_list: {} }, 'finding_info_list: expected a list'],
      ['is wrong deep inside', { finding_info_list: [{ title: 'x' }] }, 'finding_info_list.0.uid: missing'],
      ['misses all of which one must be there', { assignee: undefined }, ': none of assignee, assignee_group'],
      ['does not add up', { activity_id: 3 }, 'type_uid: expected 200503'],
    ])('the check finds an event that %s', async (_what, change, problem) => {
      const [first] = await events();
      expect(problemsOf(schema!, { ...first, ...change })).toContain(problem);
    });
  },
);
