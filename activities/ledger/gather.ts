import type { Holdings } from '../../model/ledger.ts';
import type { LedgerPort } from './port.ts';

/** What incidents say when a ledger is made whole or checked. */
export interface Gathered {
  /** Of incidents that are open, or whose waves are still at work: what each claims, in its own words. */
  readonly told: readonly Holdings[];
  /** Of the owners asked about: those ended from outside. */
  readonly dead: readonly string[];
  /** The estate's accounts, whose marks have to be read. */
  readonly accounts: readonly string[];
}

/** For the ledger itself. Makes no call to AWS. */
export interface GatherActivities {
  /**
   * Asks every open incident of the estate, and the owners of claims, what they hold.
   *
   * @throws when one that is open does not answer: a ledger without it would be wrong
   */
  readonly gatherHoldings: (input: { readonly owners: readonly string[] }) => Promise<Gathered>;
}

interface GatherDeps {
  readonly ledger: LedgerPort;
  readonly estate: { readonly name: string; readonly accounts: readonly { readonly name: string }[] };
}

/** Lists lag behind; an incident that came while others were asked shows in the next one. */
async function everybody(port: LedgerPort, ask: (incidents: readonly string[]) => Promise<void>): Promise<void> {
  const asked = new Set<string>();
  for (;;) {
    const listed = [...(await port.openIncidents()), ...(await port.incidentsAtWork())];
    const news = [...new Set(listed)].filter((incident) => !asked.has(incident));
    if (news.length === 0) return;
    await ask(news);
    for (const incident of news) asked.add(incident);
  }
}

/** Gathering over a worker's deps. */
export function gatherActivities({ ledger, estate }: GatherDeps): GatherActivities {
  return {
    gatherHoldings: async ({ owners }) => {
      const told = new Map<string, Holdings>();
      const dead: string[] = [];
      await everybody(ledger, async (incidents) => {
        for (const incident of incidents) told.set(incident, await ledger.holdings(incident));
      });
      for (const incident of owners) {
        if (told.has(incident)) continue;
        // Lists may not know it yet; a description does.
        const fate = await ledger.fateOf(incident);
        if (fate === 'open') told.set(incident, await ledger.holdings(incident));
        if (fate === 'dead') dead.push(incident);
      }
      return {
        told: [...told.values()].filter((one) => one.estate === estate.name),
        dead,
        accounts: estate.accounts.map((account) => account.name),
      };
    },
  };
}
