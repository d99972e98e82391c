import type { Bench } from './bench.ts';
import { plannerBench } from './planner/planner-bench.ts';

/** Every bench there is, in the order they run. */
export const benches: readonly Bench[] = [plannerBench];
