import { z } from 'zod';
import { decision } from '../../model/decision.ts';
import { estateFile } from '../../model/estate.ts';
import { planFile } from '../../model/plan.ts';
import { notification } from '../../model/notification.ts';
import { playbook } from '../../model/playbook.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';

const schemas = { estate: estateFile, playbook, plan: planFile, decision, notification } as const;
const kinds = ['estate', 'playbook', 'plan', 'decision', 'notification'] as const;

/** `firedoor schema estate`: the JSON Schema (draft 2020-12) of a file, for editors and other programs. */
export const schemaCommand = defineCommand({
  name: 'schema',
  summary: 'prints the JSON Schema of a document: estate, playbook, plan, decision or notification',
  define: (command) => command.argument('<kind>', kinds.join(', ')),
  input: z.strictObject({ kind: z.enum(kinds, { error: `expected one of ${kinds.join(', ')}` }) }),
  run: async (session, { kind }) => {
    const schema = z.toJSONSchema(schemas[kind], { target: 'draft-2020-12', io: 'input' });
    session.write(`${JSON.stringify({ ...schema, title: `firedoor ${kind}` }, null, 2)}\n`);
    return exitCodes.done;
  },
});
