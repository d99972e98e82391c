import type { Floor } from '../../model/estate.ts';
import type { ServingMode } from '../../model/modes.ts';

/**
 * How the emulated business really hangs together: the ground truth that the twin answers from. Written by hand beside
 * each scenario and read by nothing of the product, so that an estate file that is wrong about the world, or a planner
 * that is wrong about the estate, takes real stores down.
 */
export interface Wiring {
  readonly systems: Readonly<Record<string, SystemWiring>>;
  readonly services: readonly ServiceWiring[];
}

/** A system works while `hosts` of its hosts serve, every principal works, and every system it leans on works. */
export interface SystemWiring {
  readonly hosts: number;
  /** Names of IAM users and roles. */
  readonly users?: readonly string[];
  readonly roles?: readonly string[];
  readonly leansOn?: readonly string[];
}

/**
 * What a mode of a service takes: all of `all`, at least one of `oneOf`, and none of `outlasts` down for so many seconds or
 * more. Nothing given: it always works.
 */
export interface ModeWiring {
  readonly mode: ServingMode;
  readonly all?: readonly string[];
  readonly oneOf?: readonly string[];
  readonly outlasts?: readonly { readonly system: string; readonly seconds: number }[];
}

/** A service, its sites (a file beside the scenario), its modes from best to worst, and the floor the business set. */
export interface ServiceWiring {
  readonly name: string;
  readonly protected: boolean;
  readonly sites: string;
  readonly floor: readonly Floor[];
  readonly modes: readonly ModeWiring[];
}
