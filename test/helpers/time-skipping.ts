import path from 'node:path';
import proto from '@temporalio/proto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { ensurePython } from '../../drill/stack/python-environment.ts';
import type { BenchServer } from './incident-harness.ts';

const packages = {
  name: 'temporal-test-server-1.40.0',
  words: "Temporal's time-skipping test server",
  requirements: path.resolve('test/helpers/time-skipping-requirements.txt'),
};

const { INDEXED_VALUE_TYPE_KEYWORD: keyword, INDEXED_VALUE_TYPE_KEYWORD_LIST: keywords } =
  proto.temporal.api.enums.v1.IndexedValueType;
const attributeTypes = {
  FiredoorIncidentId: keyword,
  FiredoorPhase: keyword,
  FiredoorPlaybook: keyword,
  FiredoorAwaitingRole: keywords,
};

/** A server whose clock is turned by tests: timers of days fire at once. */
export interface SkippingServer extends BenchServer {
  /** Lets time pass: whatever waits for less is done by then. */
  readonly sleep: (lengthMs: number) => Promise<void>;
  readonly nowMs: () => Promise<number>;
}

/** Starts it from a cached environment of its own; it never downloads a server by itself. */
export async function startSkippingServer(): Promise<SkippingServer> {
  const python = await ensurePython(packages, () => undefined);
  const executable = { type: 'existing-path', path: path.join(path.dirname(python), 'temporal-test-server') } as const;
  const environment = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  const namespace = environment.namespace ?? 'default';
  await environment.connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: { ...attributeTypes },
  });
  return {
    address: environment.address,
    namespace,
    stop: async () => await environment.teardown(),
    sleep: async (lengthMs) => await environment.sleep(lengthMs),
    nowMs: async () => await environment.currentTimeMs(),
  };
}
