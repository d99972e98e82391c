import type { Wiring } from '../wiring.ts';

/** The truth about ten hosts. */
export const wiring: Wiring = {
  systems: {
    'till-gateway': { hosts: 2, roles: ['till-gateway'] },
    'till-gateway-spare': { hosts: 1 },
    'call-centre-vdi': { hosts: 2, roles: ['vdi-fleet'], leansOn: ['directory'] },
    directory: { hosts: 1, users: ['directory-sync'] },
  },
  services: [
    {
      name: 'store-tills',
      protected: true,
      sites: 'sites/stores.csv',
      floor: [{ share: 0.95, mode: 'degraded' }],
      modes: [
        { mode: 'normal', all: ['till-gateway'] },
        { mode: 'degraded', oneOf: ['till-gateway', 'till-gateway-spare'] },
      ],
    },
    {
      name: 'funeral-arrangement',
      protected: true,
      sites: 'sites/funeral-homes.csv',
      floor: [{ share: 1, mode: 'manual' }],
      modes: [{ mode: 'normal', all: ['directory'] }, { mode: 'manual' }],
    },
    {
      name: 'call-centre',
      protected: false,
      sites: 'sites/call-centre.csv',
      floor: [],
      modes: [{ mode: 'normal', all: ['call-centre-vdi'] }],
    },
  ],
};
