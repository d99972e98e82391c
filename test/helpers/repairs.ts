import type { Playbook } from '../../model/playbook.ts';
import type { Repair } from '../../model/refusal.ts';

/** What a repair adds to the command line; nothing where it changes the playbook alone. */
export function flagsOf(repair: Repair): string {
  return 'flags' in repair ? repair.flags : '';
}

/** The playbook to take instead, where a repair has one. */
export function playbookOf(repair: Repair): Playbook | undefined {
  return repair.playbooks?.[0];
}
