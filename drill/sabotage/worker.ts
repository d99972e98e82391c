import { fileURLToPath } from 'node:url';
import { compilePlan } from '../../planner/plan.ts';
import { runWorker } from '../../worker/main.ts';
import type { Compile } from '../../activities/planning.ts';

/** The planner, told that no service is protected: it refuses nothing for a floor. */
const withoutFloors: Compile = (inputs, hash) => {
  const services = inputs.estate.services.map((service) => ({ ...service, protected: false, floor: [] }));
  return compilePlan({ ...inputs, estate: { ...inputs.estate, services } }, hash);
};

await runWorker(process.argv[2] ?? '', {
  compile: withoutFloors,
  workflowEntry: fileURLToPath(new URL('workflows.ts', import.meta.url)),
});
