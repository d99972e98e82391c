import { actions } from '../../model/actions/index.ts';
import { atLeastWords, countWords, forecastWords, listWords, percentWords } from '../../planner/words.ts';
import { coursesOf } from '../course.ts';
import type { Ruling } from '../story/decisions.ts';
import type { Story } from '../story/story.ts';
import { timelineOf } from '../timeline.ts';
import type { Span } from './chart.ts';
import { chart } from './chart.ts';
import { Html, html, table } from './html.ts';
import type { Findings } from './sentences.ts';
import { sentences } from './sentences.ts';
import { style } from './style.ts';
import { targetStories } from './targets.ts';

/** The report of an incident: one HTML file, complete in itself, without scripts, that prints on A4. */
export function reportHtml(story: Story): string {
  const findings: Findings = { story, courses: coursesOf(story), targets: targetStories(story) };
  const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
  const { incident, plan, status, exportedAt } = story;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${new Html(policy)}" />
        <meta name="viewport" content="width=device-width" />
        <title>${incident}: report</title>
        <style>
          ${new Html(style)}
        </style>
      </head>
      <body>
        <header>
          <h1>${incident}</h1>
          <p class="meta">
            ${plan?.header.playbook.name ?? status?.playbook} on ${plan?.header.estate.name ?? status?.estate}. Made
            from an export of ${exportedAt}; all times are UTC. Plan <code>${plan?.digest ?? status?.plan}</code>
          </p>
        </header>
        <h2>What happened</h2>
        ${sentences(findings).map((sentence) => html`<p>${sentence}</p>`)}
        <h2>Protected services</h2>
        ${services(findings)}
        <h2>Decisions</h2>
        ${decisions(story)}
        <h2>Targets</h2>
        ${targets(findings)}
        <h2>Evidence and custody</h2>
        ${evidence(findings)}
        <h2>Still open</h2>
        ${open(findings)}
        <h2>Timeline</h2>
        ${timeline(story)}
        <h2>How to check this</h2>
        ${checks(story)}
      </body>
    </html> `;
  return page.source;
}

function spanOf({ happenings, rulings, exportedAt }: Story): Span {
  const times = [...happenings, ...rulings].map(({ at }) => Date.parse(at)).filter((time) => !Number.isNaN(time));
  const exportedMs = Date.parse(exportedAt);
  return {
    fromMs: times.reduce((least, time) => Math.min(least, time), exportedMs),
    untilMs: times.reduce((most, time) => Math.max(most, time), 0) || exportedMs,
  };
}

function services({ story, courses }: Findings): Html {
  const guarded = courses.filter((course) => course.protected);
  if (guarded.length === 0)
    return html`<p>There is no plan to compute them from, or no service in it is protected.</p>`;
  const others = courses.filter((course) => !course.protected).map(({ service }) => service);
  const beside = others.length === 0 ? '' : ` Not protected: ${listWords(others)}.`;
  return html`${guarded.map((course) => chart(course, spanOf(story)))}
    <p class="note">
      The share of sites by weight (thin: in normal mode; dashed: the floor), computed again from the histories with the
      function the guard used: from what was contained, which hosts ran, and what probes found at each look. What time
      alone takes away is not drawn.${beside}
    </p>`;
}

function decisions(story: Story): Html {
  const rows = story.rulings.map((ruling) => {
    const { at, decision, verdict, why, fingerprint, via, eventId, document } = ruling;
    const what = decision ? `${decision.verb} ${decision.gate ?? ''}` : `a ${via} that is no decision`;
    const result = `${verdict ?? 'the export does not say'}${why === undefined ? '' : `: ${why}`}`;
    const said = decision ? html`${what}<br />“${decision.reason}”` : html`${what}`;
    const key = html`<code>${fingerprint ?? 'none'}</code><br />document <code>${document}</code>, event ${eventId}`;
    return [shortTime(at), decision?.by ?? '', said, seen(story, ruling), result, key];
  });
  const head = ['When', 'Who', 'Decision', 'What they saw', 'Verdict', 'Key and document'];
  return html`${table(head, rows, 'Nobody decided anything.')}
    <p class="note">
      The key of a decision that was not accepted is the one its signature names, and proves nothing.
    </p>`;
}

/** What a decision was signed for, in the words of the plan it names. */
function seen({ plan }: Story, { decision }: Ruling): Html {
  if (!decision) return html`unknown`;
  const isThis = plan?.digest === decision.plan;
  const digest = isThis ? html`this plan` : html`plan <code>${decision.plan}</code>`;
  if (!plan || !isThis) return digest;
  const { header } = plan;
  const stages = decision.verb === 'start' ? header.stages : header.stages.filter(({ name }) => name === decision.gate);
  const work = stages.map(({ name, action, waves }) => {
    const count = waves.reduce((sum, wave) => sum + wave.targets, 0);
    return `${name}: ${actions[action].verb} ${countWords(count)} in ${countWords(waves.length)} ${waves.length === 1 ? 'wave' : 'waves'}`;
  });
  const tier = header.tiers.find(({ name }) => decision.gate?.startsWith(`restore/${name}`));
  const back = tier ? [`gives back ${listWords(tier.systems)}`] : [];
  const worst =
    stages.length === 0 ? [] : header.services.map((service) => `${service.name} ${forecastWords(service.worst)}`);
  const parts = [...work, ...back, ...(worst.length === 0 ? [] : [`at worst: ${worst.join(', ')}`])];
  return parts.length === 0 ? digest : html`${digest}: ${parts.join('; ')}`;
}

function targets({ targets: all }: Findings): Html {
  const rows = all.map(({ target, account, stage, before, during, after }) => [
    html`<code>${target}</code><br />${account}, ${stage}`,
    html`<code>${before}</code>`,
    during,
    after,
  ]);
  return table(['Target', 'Before', 'During', 'After'], rows, 'No target was captured, so none was changed.');
}

function evidence({ targets: all }: Findings): Html {
  const rows = all.map(({ target, account, action, capturedAt, mac, detail, worker, doneAt, place }) => {
    const isKept = actions[action].undo === 'kept';
    const what = isKept ? `${actions[action].done} ${detail ?? ''}` : `the state before ${action}`;
    const when = isKept ? (doneAt ?? capturedAt) : capturedAt;
    return [
      html`${what}<br />of <code>${target}</code>`,
      worker ?? '',
      when,
      account,
      html`MAC <code>${mac}</code><br />${place}`,
    ];
  });
  return html`${table(['What', 'Collected by', 'When', 'From', 'Proof and place in the histories'], rows, 'None was taken.')}
    <p class="note">
      A capture is read before anything changes and bears a MAC of the worker's key. Snapshots stay in their account;
      AWS gives no sum of their content.
    </p>`;
}

function open({ story, targets: all }: Findings): Html {
  const { status } = story;
  const lines = [
    ...all.filter(({ isOpen }) => isOpen).map(({ target, stage }) => `${target} (${stage}) was not given back.`),
    ...(status?.exceptions ?? []).map(
      ({ target, stage, status: how, detail }) =>
        `${target} (${stage}): ${how}${detail === undefined ? '' : `, ${detail}`}.`,
    ),
    ...(status?.hold ? [`It holds since ${status.hold.since}: ${status.hold.detail}.`] : []),
    ...(status?.gates ?? [])
      .filter(({ state }) => state === 'open')
      .map(({ id }) => `The gate ${id} waits for people.`),
    ...(status?.clocks ?? []).map(({ name, endsAt, because }) => `${name}: ${because}, ${endsAt}.`),
    ...(status && status.phase !== 'closed' && status.phase !== 'rejected' ? [`The incident is ${status.phase}.`] : []),
    ...(status ? [] : ['No worker answered at the export: phases, gates and exceptions are not known.']),
    ...(story.unread > 0
      ? [`${countWords(story.unread)} payloads could not be read, and what they hold is missing here.`]
      : []),
  ];
  return lines.length === 0
    ? html`<p>Nothing.</p>`
    : html`<ul>
        ${lines.map((line) => html`<li>${line}</li>`)}
      </ul>`;
}

function timeline(story: Story): Html {
  const rows = timelineOf(story).map(({ at, what, by, detail }) => [shortTime(at), what, by ?? '', detail]);
  return table(['When', 'What', 'By', 'Detail'], rows, 'The export holds nothing.');
}

function checks({ runs, plan }: Story): Html {
  const floors = (plan?.header.services ?? []).flatMap(({ name, floor }) =>
    floor.map(
      ({ tier, share, mode }) =>
        `${name} ${percentWords(share)} ${atLeastWords(mode)}${tier === undefined ? '' : ` (tier ${tier})`}`,
    ),
  );
  const rows = runs.map(({ workflowId, runId, events, sha256 }) => [
    workflowId,
    html`<code>${runId}</code>`,
    countWords(events),
    html`<code>${sha256}</code>`,
  ]);
  return html`<p>
      This report says what the export holds, and proves nothing by itself. <code>firedoor audit replay</code> shows
      whether the histories are those of the code; signatures are checked with
      <code>ssh-keygen -Y verify -n decision@firedoor</code
      >.${floors.length === 0 ? '' : ` Floors of the plan: ${floors.join('; ')}.`}
    </p>
    ${table(['Workflow', 'Run', 'Events', 'sha256 of its history'], rows, 'There are no histories.')}`;
}

/** `2025-04-22 13:02:31`. */
function shortTime(at: string): string {
  return at.slice(0, 19).replace('T', ' ');
}
