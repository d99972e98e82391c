import { commonRoles, commonUsers, drillAccountId, drillRegion } from '../common-layout.ts';
import type { Layout } from '../layout.ts';

/** Seven hosts in two networks: two of each gateway, and three desktops. */
export const layout: Layout = {
  accountId: drillAccountId,
  region: drillRegion,
  vpcs: [
    { name: 'stores', cidr: '10.10.0.0/16' },
    { name: 'corporate', cidr: '10.20.0.0/16' },
  ],
  subnets: [
    { name: 'stores', vpc: 'stores', cidr: '10.10.1.0/24' },
    { name: 'back-office', vpc: 'corporate', cidr: '10.20.1.0/24' },
  ],
  hosts: [
    { system: 'gateway-north', subnet: 'stores', count: 2, role: 'till-gateway' },
    { system: 'gateway-south', subnet: 'stores', count: 2, role: 'till-gateway' },
    { system: 'call-centre-vdi', subnet: 'back-office', count: 3, role: 'vdi-fleet' },
  ],
  users: commonUsers,
  roles: commonRoles,
};
