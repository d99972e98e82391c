import type { Wiring } from '../wiring.ts';

/** The truth about shelves: they last 45 seconds. */
export const wiring: Wiring = {
  systems: {
    'till-gateway': { hosts: 1, roles: ['till-gateway'] },
    'stock-ordering': { hosts: 1, leansOn: ['depot-dispatch'] },
    'depot-dispatch': { hosts: 1 },
  },
  services: [
    {
      name: 'store-tills',
      protected: true,
      sites: 'sites/stores.csv',
      floor: [
        { tier: 'lifeline', share: 1, mode: 'normal' },
        { share: 0.95, mode: 'normal' },
      ],
      modes: [{ mode: 'normal', all: ['till-gateway'], outlasts: [{ system: 'stock-ordering', seconds: 45 }] }],
    },
  ],
};
