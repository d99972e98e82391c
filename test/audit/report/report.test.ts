import { describe, expect, it } from 'vitest';
import { coursesOf } from '../../../audit/course.ts';
import { reportHtml } from '../../../audit/report/report.ts';
import { sentences } from '../../../audit/report/sentences.ts';
import { targetStories } from '../../../audit/report/targets.ts';
import type { Happening } from '../../../audit/story/happening.ts';
import { storyOf } from '../../../audit/story/story.ts';
import { codecOf } from '../../../worker/data-converter.ts';
import { runCli } from '../../cli/fake-context.ts';
import type { SampleWords } from '../sample-export.ts';
import { sampleExport } from '../sample-export.ts';

const story = async (words?: SampleWords) => await storyOf(sampleExport(words), codecOf(undefined));
const textOf = (page: string): string => page.replace(/<style>[\s\S]*?<\/style>|<[^>]*>/g, ' ').replace(/\s+/g, ' ');

describe('a report', () => {
  it('says in five sentences what happened', async () => {
    const own = await story();
    expect(sentences({ story: own, courses: coursesOf(own), targets: targetStories(own) })).toMatchInlineSnapshot(`
      [
        "ada@example.org started INC-42 at 2025-04-22T13:02:00.000Z with the playbook intrusion on retail: "VDI beaconing, ticket 881".",
        "4 decisions were sent: 3 accepted, 1 denied.",
        "1 of 1 targets were changed, and reads showed it.",
        "At every look, these were at or above their floor: store-tills, call-centre.",
        "Everything that was to be given back was given back; the incident ended at 2025-04-22T13:03:51.000Z.",
      ]
    `);
  });

  it('says so where a floor fell and where a target was not given back', async () => {
    const own = await story();
    const place = { workflowId: 'firedoor/INC-42', runId: 'x', eventId: '99', at: '2025-04-22T13:10:00.000Z' };
    const down: Happening = {
      ...place,
      kind: 'probed',
      failing: [{ service: 'call-centre', mode: 'manual', sites: ['desk'] }],
    };
    const kept = own.happenings.filter((each) => !(each.kind === 'step' && each.step === 'undo'));
    const worse = { ...own, happenings: [...kept, down] };
    const said = sentences({ story: worse, courses: coursesOf(worse), targets: targetStories(worse) });
    expect(said[3]).toBe('At some look, these were below their floor: call-centre (0% at 2025-04-22T13:10:00.000Z).');
    expect(said[4]).toContain('1 target was not given back');
    expect(textOf(reportHtml(worse))).toContain('i-0ab1 (cut-off) was not given back.');
  });

  it('has each target before, during and after, and who decided what on which plan with which key', async () => {
    const text = textOf(reportHtml(await story()));
    expect(text).toContain('interfaces eni-1 vpc vpc-1 groups sg-1, sg-2');
    expect(text).toContain('isolated, verified 2025-04-22T13:02:36.500Z');
    expect(text).toContain('given back, 2025-04-22T13:03:43.500Z');
    expect(text).toContain('snapshotted snap-1');
    expect(text).toContain(
      'bo@example.org approve cut-off “VDI beaconing, ticket 881” this plan: cut-off: isolate 1 in 1 wave',
    );
    expect(text).toContain('SHA256:bo');
    expect(text).toContain('denied: starter-cannot-approve');
  });

  it('draws a line with its floor for each protected service, and no other', async () => {
    const page = reportHtml(await story());
    expect(page.match(/aria-label="[^"]*"/g)).toEqual(
      [
        'aria-label="store-tills: at worst 100% normal or better; floor 95%"',
        'aria-label="call-centre: at worst 100% manual or better; floor 100%"',
      ].map((words) => words.replace('normal or better', 'degraded or better')),
    );
    expect(page.match(/class="floor"/g)).toHaveLength(2);
  });

  it('is complete in itself: no script, no address that a browser would fetch', async () => {
    const page = reportHtml(await story());
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'`);
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\ssrc=|\shref=|url\(|@import|\son\w+=/i);
  });

  it('shows what an attacker wrote as text', async () => {
    const evil = '</td><script>alert(1)</script>"\'&<svg onload=x>';
    const page = reportHtml(
      await story({ reason: evil, detail: `\u001b[2J\u202e${evil}`, account: evil, group: evil }),
    );
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).toContain('\\u001b[2J\\u202e');
    expect(page).not.toMatch(/<script|<svg onload/i);
    const tags = new Set(page.match(/<[a-z][a-z0-9]*/gi));
    expect(tags).toEqual(new Set(reportHtml(await story()).match(/<[a-z][a-z0-9]*/gi)));
  });

  it('is made of what there is: without plan, status and histories too', async () => {
    const empty = { ...(await story()), happenings: [], rulings: [], runs: [] };
    const { plan: _plan, status: _status, ...bare } = empty;
    expect(textOf(reportHtml(bare))).toContain('No worker answered at the export');
  });

  it('is written by the command, which wants to know where', async () => {
    const files = { 'in.json': JSON.stringify(sampleExport()) };
    const { written, exitCode } = await runCli(['audit', 'report', 'in.json', '-o', 'out.html'], { files });
    expect([exitCode, written['out.html']]).toEqual([0, reportHtml(await story())]);
    expect((await runCli(['audit', 'report', 'in.json'], { files })).exitCode).toBe(2);
  });
});
