import { fileURLToPath } from 'node:url';
import { layout as logisticsLayout } from './logistics/layout.ts';
import { wiring as logisticsWiring } from './logistics/wiring.ts';
import { layout as retailLayout } from './retail-and-funeralcare/layout.ts';
import { wiring as retailWiring } from './retail-and-funeralcare/wiring.ts';
import { layout as sharedRoleLayout } from './shared-role/layout.ts';
import { wiring as sharedRoleWiring } from './shared-role/wiring.ts';
import { layout as smallLayout } from './small/layout.ts';
import { wiring as smallWiring } from './small/wiring.ts';
import { layout as twoIncidentsLayout } from './two-incidents/layout.ts';
import { wiring as twoIncidentsWiring } from './two-incidents/wiring.ts';
import type { Layout } from './layout.ts';
import type { Wiring } from './wiring.ts';

/** An emulated estate and what happens to it. */
export interface Scenario {
  readonly name: ScenarioName;
  /** The folder of its estate file, sites and playbooks. */
  readonly directory: string;
  readonly layout: Layout;
  readonly wiring: Wiring;
  /** Systems the attacker holds at the start. */
  readonly compromised: readonly string[];
  /** Systems the attacker must be cut off from. */
  readonly targets: readonly string[];
  /** Systems to leave out of the second plan, so that it keeps every floor. */
  readonly except: readonly string[];
}

const held = ['call-centre-vdi', 'directory'];

/** The scenarios there are: one of ten hosts for tests, the whole story, and one for each story of its own (`story/stories.ts`). */
export const scenarios = {
  small: {
    name: 'small',
    directory: folder('small'),
    layout: smallLayout,
    wiring: smallWiring,
    compromised: held,
    targets: ['till-gateway'],
    except: ['till-gateway', 'till-gateway-spare'],
  },
  'retail-and-funeralcare': {
    name: 'retail-and-funeralcare',
    directory: folder('retail-and-funeralcare'),
    layout: retailLayout,
    wiring: retailWiring,
    compromised: held,
    targets: ['member-data'],
    except: ['member-data', 'till-gateway', 'till-gateway-spare'],
  },
  logistics: {
    name: 'logistics',
    directory: folder('logistics'),
    layout: logisticsLayout,
    wiring: logisticsWiring,
    compromised: ['stock-ordering', 'depot-dispatch'],
    targets: [],
    except: [],
  },
  'shared-role': {
    name: 'shared-role',
    directory: folder('shared-role'),
    layout: sharedRoleLayout,
    wiring: sharedRoleWiring,
    compromised: ['call-centre-vdi'],
    targets: [],
    except: [],
  },
  'two-incidents': {
    name: 'two-incidents',
    directory: folder('two-incidents'),
    layout: twoIncidentsLayout,
    wiring: twoIncidentsWiring,
    compromised: ['call-centre-vdi'],
    targets: [],
    except: [],
  },
} as const satisfies Record<string, Omit<Scenario, 'name'> & { name: string }>;
export type ScenarioName = 'small' | 'retail-and-funeralcare' | 'logistics' | 'shared-role' | 'two-incidents';

function folder(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
