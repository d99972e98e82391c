import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import type { ListedIncident } from '../incident/incidents.ts';
import { listIncidents } from '../incident/incidents.ts';
import { renderTable } from '../render/table.ts';
import type { Session } from '../session.ts';

/** `firedoor list`: the incidents of the namespace. */
export const listCommand = defineCommand({
  name: 'list',
  summary: 'lists incidents: phase, playbook, who is awaited',
  define: (command) => command.option('--running', 'only those not over'),
  input: z.strictObject({ running: z.boolean().default(false) }),
  run: async (session, { running }) => {
    const incidents = await session.withServer(async (server) => await listIncidents(server, running));
    session.show({ schema: 'firedoor/incidents/v1', incidents }, () => listText(session, incidents));
    return exitCodes.done;
  },
});

function listText({ context }: Session, incidents: readonly ListedIncident[]): string {
  const [newest] = incidents;
  if (!newest) return 'No incidents. Next: firedoor plan PLAYBOOK -o plan.json';
  const hasGlass = incidents.some(({ glass }) => glass !== undefined);
  const table = renderTable(
    [
      { title: 'incident' },
      { title: 'phase' },
      { title: 'playbook' },
      { title: 'started' },
      ...(hasGlass ? [{ title: 'glass' }] : []),
      { title: 'awaits', wraps: true },
    ],
    incidents.map(({ incident, phase, playbook, startedAt, awaitingRoles, glass = '-' }) => [
      incident,
      phase,
      playbook,
      startedAt.replace(/\.\d+Z$/, 'Z'),
      ...(hasGlass ? [glass] : []),
      awaitingRoles.join(' '),
    ]),
    { sink: context.stdout },
  );
  return context.stdout.isTTY
    ? [...table, '', `Next: firedoor status ${newest.incident}`].join('\n')
    : table.join('\n');
}
