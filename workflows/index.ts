import { weighWave } from '../planner/guard.ts';
import { incidentWith } from './incident.ts';

export { giveBack } from './give-back.ts';
export { ledger } from './ledger.ts';
export { advise, plan, radius } from './plan.ts';
export { wave } from './wave.ts';

/** The incident, with the guard of the planner. */
export const incident = incidentWith(weighWave);
