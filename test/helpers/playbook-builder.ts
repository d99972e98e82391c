import type { z } from 'zod';
import type { Playbook } from '../../model/playbook.ts';
import { playbook as playbookSchema } from '../../model/playbook.ts';

type PlaybookInput = z.input<typeof playbookSchema>;

/** A playbook that is valid by its schema, with a required parameter `compromised`. */
export function playbook(parts: Pick<PlaybookInput, 'stages'> & Partial<PlaybookInput>): Playbook {
  return playbookSchema.parse({
    apiVersion: 'firedoor/v1',
    kind: 'Playbook',
    name: 'test-playbook',
    parameters: { compromised: { type: 'systems', required: true } },
    ...parts,
  });
}
