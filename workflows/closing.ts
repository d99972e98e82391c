import { evidenceOf } from './activities.ts';
import type { IncidentContext } from './context.ts';
import { failureWords } from './failure.ts';
import { obey } from './obey.ts';

/** Before an incident closes, its snapshots are complete, or reported (DESIGN.md, *The incident*). */
export async function evidenceIsWhole(context: IncidentContext): Promise<void> {
  const captures = context.undo.by('aws.ec2.snapshot');
  const accounts = [...new Set(captures.map((capture) => capture.account))].toSorted();
  for (const account of accounts) await evidenceOfAccount(context, account);
}

async function evidenceOfAccount(context: IncidentContext, account: string): Promise<void> {
  const { incident, record, control } = context;
  for (;;) {
    if ((await obey(context, { name: 'evidence', isContainment: false })) !== 'go') return;
    try {
      const { failed } = await context.continuing.rest(
        async () => await evidenceOf(account).awaitEvidence({ account, incident }),
      );
      record.report('evidence', failed);
      return;
    } catch (error) {
      control.stop('aws', `the evidence in ${account} can't be read: ${failureWords(error)}`, Date.now());
    }
  }
}
