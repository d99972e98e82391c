import { incidentWith } from '../../workflows/incident.ts';

export { giveBack } from '../../workflows/give-back.ts';
export { ledger } from '../../workflows/ledger.ts';
export { plan } from '../../workflows/plan.ts';
export { wave } from '../../workflows/wave.ts';

/** The incident with a guard that lets everything through: it proves that the drill's own eyes see a wrong containment. */
export const incident = incidentWith(() => ({ allowed: true, worsened: [], breached: [], falls: [], standings: [] }));
