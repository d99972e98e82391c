import { describe, expect, it } from 'vitest';
import { timelineCsv, timesketchLine, csvCell } from '../../audit/timeline-forms.ts';
import { timelineOf } from '../../audit/timeline.ts';
import { storyOf } from '../../audit/story/story.ts';
import { codecOf } from '../../worker/data-converter.ts';
import { runCli } from '../cli/fake-context.ts';
import type { SampleWords } from './sample-export.ts';
import { sampleExport } from './sample-export.ts';

const plain = codecOf(undefined);

const story = async (words?: SampleWords) => await storyOf(sampleExport(words), plain);

describe('a timeline', () => {
  it('tells decisions with what became of them, work as reads have shown it, and phases, in order', async () => {
    const lines = timelineOf(await story()).map(
      ({ at, what, by, detail }) => `${at.slice(17, 19)} ${what} ${by ?? '-'} ${detail}`,
    );
    expect(lines).toMatchInlineSnapshot(`
      [
        "00 accepted ada@example.org start: VDI beaconing, ticket 881, key SHA256:ada",
        "02 planned - the workers planned again from the facts of that moment",
        "03 waiting - gate cut-off is open",
        "20 refused ada@example.org approve cut-off: VDI beaconing, ticket 881 (starter-cannot-approve)",
        "30 accepted bo@example.org approve cut-off: VDI beaconing, ticket 881, key SHA256:bo",
        "33 wave - cut-off, wave 1: 1 target",
        "34 captured firedoor eu-1 aws.ec2.isolate in retail: state of i-0ab1",
        "36 isolated firedoor eu-1 aws.ec2.isolate in retail: i-0ab1",
        "43 wave - evidence, wave 1: 1 target",
        "44 captured firedoor eu-1 aws.ec2.snapshot in retail: state of i-0ab1",
        "46 snapshotted firedoor eu-1 aws.ec2.snapshot in retail: i-0ab1 (snap-1)",
        "00 contained - all stages done",
        "40 accepted ada@example.org release: VDI beaconing, ticket 881, key SHA256:ada",
        "41 give back - people, wave 1: 1 target",
        "43 given back firedoor eu-1 aws.ec2.isolate in retail: i-0ab1",
        "51 end - firedoor/INC-42 completed",
        "51 closed - nothing of ours is left",
      ]
    `);
  });

  it('has the place in the histories of all that they hold', async () => {
    const entries = timelineOf(await story());
    expect(entries.filter(({ place }) => !place).map(({ what }) => what)).toEqual(['waiting', 'contained', 'closed']);
    const isolated = entries.find(({ what }) => what === 'isolated');
    expect(isolated).toMatchObject({
      targets: ['i-0ab1'],
      place: { workflowId: 'firedoor/INC-42/cut-off/1/1', eventId: '10' },
    });
  });

  it('is made without a status from the histories alone', async () => {
    const { status: _status, ...export_ } = sampleExport();
    const alone = await storyOf({ ...export_, status: null, plan: null }, plain);
    expect(alone.plan?.header.estate.name).toBe('retail');
    expect(alone.rulings.map(({ verdict }) => verdict)).toEqual(['accepted', 'denied', 'accepted', undefined]);
    expect(timelineOf(alone).map(({ what }) => what)).toContain('isolated');
  });

  it('counts what it cannot read, and goes on', async () => {
    const sealed = sampleExport();
    const [first] = sealed.runs;
    const unreadable = { payloads: [{ metadata: { encoding: btoa('binary/sealed') }, data: 'AAAA' }] };
    const events = first!.history.events.map((event) =>
      'activityTaskCompletedEventAttributes' in event
        ? { ...event, activityTaskCompletedEventAttributes: { scheduledEventId: '2', result: unreadable } }
        : event,
    );
    const read = await storyOf(
      { ...sealed, runs: [{ ...first!, history: { events } }, ...sealed.runs.slice(1)] },
      plain,
    );
    expect(read.unread).toBe(3);
    expect(timelineOf(read).map(({ what }) => what)).toContain('isolated');
  });
});

describe('for Timesketch', () => {
  it('each line has its three fields, and the time in microseconds', async () => {
    const line = timesketchLine('INC-42', timelineOf(await story())[0]!);
    expect(line).toMatchObject({
      message: expect.stringContaining('accepted: start') as string,
      datetime: '2025-04-22T13:02:00.000+00:00',
      timestamp: 1_745_326_920_000_000,
      timestamp_desc: 'firedoor accepted',
    });
  });
});

describe('for spreadsheets', () => {
  it.each([
    ['=cmd|"/c calc"!A0', `"'=cmd|""/c calc""!A0"`],
    ['+1', `"'+1"`],
    ['-1', `"'-1"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    [' =1', `"' =1"`],
    ['"=1', `"'""=1"`],
    ['＝1', `"'＝1"`],
    ['\t=1', `"'\\u0009=1"`],
    ['\r', `"'\\u000d"`],
    ['a\nb', 'a\\u000ab'],
    ['a;b', '"a;b"'],
    ['plain', 'plain'],
  ])('a cell that could be a formula, %j, is text', (text, cell) => {
    expect(csvCell(text)).toBe(cell);
  });

  it('every row has as many cells as the head, and none begins like a formula, whatever people wrote', async () => {
    const entries = timelineOf(await story({ reason: '=HYPERLINK("https://evil.example")', detail: '@x,\n"=1' }));
    const rows = timelineCsv('INC-42', entries).trimEnd().split('\r\n');
    expect(rows).toHaveLength(entries.length + 1);
    for (const row of rows) {
      const cells = row.match(/"(?:[^"]|"")*"|[^,]+|(?<=,)(?=,|$)|^(?=,)/g) ?? [];
      expect(cells).toHaveLength(9);
      for (const cell of cells) expect(cell).not.toMatch(/^"?[=+\-@\t\r]/);
    }
  });
});

describe('firedoor audit timeline', () => {
  const hostile = JSON.stringify(sampleExport({ reason: 'x', detail: '\u001b[2Jgone\u202e' }));

  it('prints one line an entry, and nothing that steers a terminal', async () => {
    const { stdout, exitCode } = await runCli(['audit', 'timeline', 'in.json'], { files: { 'in.json': hostile } });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('\\u001b[2Jgone\\u202e');
    for (const steering of ['\u001b', '\u202e']) expect(stdout).not.toContain(steering);
    expect(stdout.split('\n')[0]).toBe('Tue 22 April 2025, +00:00');
  });

  it('gives JSON, Timesketch lines and CSV, to stdout or a file by its name', async () => {
    const files = { 'in.json': hostile };
    const json = await runCli(['audit', 'timeline', 'in.json', '--json'], { files });
    expect(JSON.parse(json.stdout)).toMatchObject({ schema: 'firedoor/audit-timeline/v1', incident: 'INC-42' });
    const lines = (await runCli(['audit', 'timeline', 'in.json', '--jsonl'], { files })).stdout;
    for (const line of lines.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('timestamp_desc');
    const csv = (await runCli(['audit', 'timeline', 'in.json', '--csv'], { files })).stdout;
    const written = await runCli(['audit', 'timeline', 'in.json', '-o', 'out.csv'], { files });
    expect(written.written['out.csv']).toBe(csv);
    expect((await runCli(['audit', 'timeline', 'in.json', '-o', 'out.jsonl'], { files })).written['out.jsonl']).toBe(
      lines,
    );
    expect((await runCli(['audit', 'timeline', 'in.json', '-o', 'out.txt'], { files })).exitCode).toBe(2);
  });
});
