import { createLogUpdate } from 'log-update';
import type { IncidentStatus, TimelineEntry } from '../../model/incident.ts';
import { timeOptions } from '../incident/clock.ts';
import { newEntries } from '../incident/follow.ts';
import type { Session } from '../session.ts';
import { escapeControls } from './escape.ts';
import { hang } from './hang.ts';
import { eventLine, nextLine, statusLines } from './status.ts';
import { offsetWords } from './time.ts';

/** How a running incident is shown: redrawn, or one line an event. */
export interface WatchView {
  readonly show: (status: IncidentStatus) => void;
  /** Nobody answers just now; the last that was seen stays true of then. */
  readonly miss: (last: IncidentStatus) => void;
  readonly end: (status: IncidentStatus) => void;
  /** Leaves the screen as it is. */
  readonly close: () => void;
}

/** The view that fits: redrawn on a terminal, lines when piped or `--plain`, JSON lines, or one JSON document at the end. */
export function watchView(session: Session): WatchView {
  const { options, context } = session;
  if (options.format === 'jsonl') return jsonLines(session);
  if (options.format === 'json' || options.format === 'none') return onlyTheEnd(session);
  return context.stdout.isTTY && !options.plain ? redrawn(session) : textLines(session);
}

function redrawn(session: Session): WatchView {
  const { context } = session;
  const { stdout } = context;
  // Ends with the process whatever happens to it, since the cursor is never hidden.
  const log = createLogUpdate(stdout as unknown as NodeJS.WriteStream, { showCursor: true });
  const draw = (status: IncidentStatus, last: string): void => {
    const width = stdout.columns ?? 80;
    const lines = statusLines(status, {
      now: context.now(),
      time: timeOptions(context.env),
      width,
      draws: true,
      events: 6,
    });
    log([...lines, '', ...hang(last, width)].map(escapeControls).join('\n'));
  };
  return {
    show: (status) => draw(status, `${nextLine(status)}   ^C detach`),
    miss: (last) => draw(last, 'No answer just now; this is what was seen last. Trying again.   ^C detach'),
    end: (status) => draw(status, nextLine(status)),
    close: () => log.done(),
  };
}

function textLines(session: Session): WatchView {
  const { context } = session;
  const time = timeOptions(context.env);
  const write = (line: string): void => context.stdout.write(`${escapeControls(line)}\n`);
  const news = follower();
  let isFirst = true;
  let isMissing = false;
  return {
    show: (status) => {
      if (isFirst) write(`${status.incident} ${status.playbook}, times at ${offsetWords(context.now(), time)}`);
      isFirst = false;
      isMissing = false;
      for (const entry of news(status)) write(eventLine(entry, time));
    },
    miss: () => {
      if (!isMissing) session.note('No answer just now. Trying again.');
      isMissing = true;
    },
    end: (status) => write(`${status.incident} is ${status.phase}. ${nextLine(status)}`),
    close: () => undefined,
  };
}

function jsonLines({ context }: Session): WatchView {
  const news = follower();
  return {
    show: (status) => {
      for (const entry of news(status)) {
        const { incident, phase } = status;
        context.stdout.write(`${JSON.stringify({ schema: 'firedoor/event/v1', incident, ...entry, phase })}\n`);
      }
    },
    miss: () => undefined,
    end: () => undefined,
    close: () => undefined,
  };
}

function onlyTheEnd(session: Session): WatchView {
  return {
    show: () => undefined,
    miss: () => undefined,
    end: (status) => session.show(status, () => ''),
    close: () => undefined,
  };
}

/** Gives each entry of a growing timeline once. */
function follower(): (status: IncidentStatus) => readonly TimelineEntry[] {
  let last: TimelineEntry | undefined;
  return ({ timeline }) => {
    const entries = newEntries(timeline, last);
    last = entries.at(-1) ?? last;
    return entries;
  };
}
