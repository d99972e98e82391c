import { commonRoles, commonUsers, drillAccountId, drillRegion } from '../common-layout.ts';
import type { Layout } from '../layout.ts';

/** Ten hosts in two networks. */
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
    { name: 'identity', vpc: 'corporate', cidr: '10.20.2.0/24' },
    { name: 'management', vpc: 'corporate', cidr: '10.20.9.0/24' },
  ],
  hosts: [
    { system: 'till-gateway', subnet: 'stores', count: 3, role: 'till-gateway' },
    { system: 'till-gateway-spare', subnet: 'stores', count: 1 },
    { system: 'call-centre-vdi', subnet: 'back-office', count: 4, role: 'vdi-fleet' },
    { system: 'directory', subnet: 'identity', secondSubnet: 'management', count: 2 },
  ],
  users: commonUsers,
  roles: commonRoles,
};
