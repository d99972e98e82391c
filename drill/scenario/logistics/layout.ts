import { commonRoles, commonUsers, drillAccountId, drillRegion } from '../common-layout.ts';
import type { Layout } from '../layout.ts';

/** Five hosts: the tills' gateway, stock ordering, and the depot it cannot do without. */
export const layout: Layout = {
  accountId: drillAccountId,
  region: drillRegion,
  vpcs: [{ name: 'corporate', cidr: '10.20.0.0/16' }],
  subnets: [
    { name: 'stores', vpc: 'corporate', cidr: '10.20.1.0/24' },
    { name: 'logistics', vpc: 'corporate', cidr: '10.20.2.0/24' },
  ],
  hosts: [
    { system: 'till-gateway', subnet: 'stores', count: 2, role: 'till-gateway' },
    { system: 'stock-ordering', subnet: 'logistics', count: 2 },
    { system: 'depot-dispatch', subnet: 'logistics', count: 1 },
  ],
  users: commonUsers,
  roles: commonRoles,
};
