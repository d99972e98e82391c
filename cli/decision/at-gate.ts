import type { Decision } from '../../model/decision.ts';
import type { ExitCode } from '../exit-codes.ts';
import { gateByCode } from '../incident/by-code.ts';
import type { IncidentView } from '../incident/reach.ts';
import { readStart } from '../incident/start-decision.ts';
import type { Session } from '../session.ts';
import type { Proposal } from './decide.ts';
import { decide } from './decide.ts';
import type { AtGateInput } from './options.ts';
import type { Signer } from './signer.ts';

/** What a command makes a proposal of. */
export interface AtGate {
  readonly view: IncidentView;
  readonly signer: Signer;
  /** The decision that started it; nothing where it can't be had. */
  readonly readStart: () => Promise<Decision | undefined>;
  /** From `--gate`. */
  readonly named: string | undefined;
  /** The gate a code led to; it waits. */
  readonly found: string | undefined;
}

/** {@link decide}, where the place may be given by the short code of a gate. It is then said first where the code led. */
export async function decideAtGate(
  session: Session,
  { incident: place, gate: named, ...input }: AtGateInput,
  propose: (at: AtGate) => Proposal | Promise<Proposal>,
): Promise<ExitCode> {
  if ('incident' in place) {
    return await decide(
      session,
      { ...input, incident: place.incident },
      async (view, signer, server) =>
        await propose({
          view,
          signer,
          readStart: async () => await readStart(server, view.status),
          named,
          found: undefined,
        }),
    );
  }
  const { incident, gate } = await session.withServer(async (server) => await gateByCode(server, place.code));
  return await decide(session, { ...input, incident }, async (view, signer, server) => {
    const proposal = await propose({
      view,
      signer,
      readStart: async () => await readStart(server, view.status),
      named,
      found: gate,
    });
    return { ...proposal, words: [`${place.code} is gate ${gate} of ${incident}.`, ...proposal.words] };
  });
}
