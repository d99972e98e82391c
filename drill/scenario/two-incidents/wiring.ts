import type { Wiring } from '../wiring.ts';

/** The truth about the gateways: either is enough, and without both no till rings. */
export const wiring: Wiring = {
  systems: {
    'gateway-north': { hosts: 2, roles: ['till-gateway'] },
    'gateway-south': { hosts: 2, roles: ['till-gateway'] },
    'call-centre-vdi': { hosts: 2, roles: ['vdi-fleet'] },
  },
  services: [
    {
      name: 'store-tills',
      protected: true,
      sites: 'sites/stores.csv',
      floor: [{ share: 0.95, mode: 'normal' }],
      modes: [{ mode: 'normal', oneOf: ['gateway-north', 'gateway-south'] }],
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
