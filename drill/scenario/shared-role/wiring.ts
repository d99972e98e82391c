import type { Wiring } from '../wiring.ts';

/** The truth about the role: tills stop with it, whatever the estate file says. */
export const wiring: Wiring = {
  systems: {
    'call-centre-vdi': { hosts: 2, roles: ['fleet'] },
    'till-gateway': { hosts: 4, roles: ['fleet'] },
  },
  services: [
    {
      name: 'store-tills',
      protected: true,
      sites: 'sites/stores.csv',
      floor: [{ share: 0.95, mode: 'normal' }],
      modes: [{ mode: 'normal', all: ['till-gateway'] }],
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
