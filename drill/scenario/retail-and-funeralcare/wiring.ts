import type { Wiring } from '../wiring.ts';

/** The truth about the Co-operative: what really stops when something is cut. */
export const wiring: Wiring = {
  systems: {
    'till-gateway': { hosts: 2, roles: ['till-gateway'] },
    'till-gateway-spare': { hosts: 1 },
    'card-link': { hosts: 2 },
    'call-centre-vdi': { hosts: 9, roles: ['vdi-fleet'], leansOn: ['directory'] },
    telephony: { hosts: 1 },
    'back-office-files': { hosts: 4, leansOn: ['directory'] },
    finance: { hosts: 3, leansOn: ['directory'] },
    directory: { hosts: 3, users: ['directory-sync'] },
    'member-data': { hosts: 2 },
    'funeral-app': { hosts: 3 },
    'phone-gateway': { hosts: 1 },
    'shop-web': { hosts: 5 },
    'shop-orders': { hosts: 3, roles: ['shop'] },
    'stock-ordering': { hosts: 4, users: ['stock-interface'] },
    'depot-dispatch': { hosts: 6 },
  },
  services: [
    {
      name: 'store-tills',
      protected: true,
      sites: 'sites/stores.csv',
      floor: [{ share: 0.95, mode: 'degraded' }],
      modes: [
        { mode: 'normal', all: ['till-gateway', 'card-link'] },
        { mode: 'degraded', oneOf: ['till-gateway', 'till-gateway-spare'] },
      ],
    },
    {
      name: 'funeral-arrangement',
      protected: true,
      sites: 'sites/funeral-homes.csv',
      floor: [{ share: 1, mode: 'manual' }],
      modes: [{ mode: 'normal', all: ['funeral-app', 'directory'] }, { mode: 'manual' }],
    },
    {
      name: 'funeral-phones',
      protected: true,
      sites: 'sites/phone-lines.csv',
      floor: [{ share: 1, mode: 'normal' }],
      modes: [{ mode: 'normal', all: ['phone-gateway'] }],
    },
    {
      name: 'logistics',
      protected: true,
      sites: 'sites/depots.csv',
      floor: [{ share: 0.5, mode: 'degraded' }],
      modes: [
        { mode: 'normal', all: ['stock-ordering', 'depot-dispatch', 'directory'] },
        { mode: 'degraded', all: ['stock-ordering', 'depot-dispatch'] },
        { mode: 'manual' },
      ],
    },
    {
      name: 'online-shop',
      protected: true,
      sites: 'sites/online-shop.csv',
      floor: [{ share: 1, mode: 'degraded' }],
      modes: [
        { mode: 'normal', all: ['shop-web', 'shop-orders', 'member-data'] },
        { mode: 'degraded', all: ['shop-web', 'shop-orders'] },
      ],
    },
    {
      name: 'call-centre',
      protected: false,
      sites: 'sites/call-centre.csv',
      floor: [],
      modes: [{ mode: 'normal', all: ['call-centre-vdi', 'telephony'] }],
    },
    {
      name: 'back-office',
      protected: false,
      sites: 'sites/head-office.csv',
      floor: [],
      modes: [{ mode: 'normal', all: ['back-office-files', 'finance'] }],
    },
  ],
};
