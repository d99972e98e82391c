import { commonRoles, commonUsers, drillAccountId, drillRegion } from '../common-layout.ts';
import type { Layout } from '../layout.ts';

/** Nine hosts, all of them running with one role that somebody once found convenient. */
export const layout: Layout = {
  accountId: drillAccountId,
  region: drillRegion,
  vpcs: [{ name: 'corporate', cidr: '10.20.0.0/16' }],
  subnets: [
    { name: 'stores', vpc: 'corporate', cidr: '10.20.1.0/24' },
    { name: 'back-office', vpc: 'corporate', cidr: '10.20.2.0/24' },
  ],
  hosts: [
    { system: 'call-centre-vdi', subnet: 'back-office', count: 3, role: 'fleet' },
    { system: 'till-gateway', subnet: 'stores', count: 6, role: 'fleet' },
  ],
  users: commonUsers,
  roles: [...commonRoles, { name: 'fleet', allows: ['s3:GetObject', 'sqs:SendMessage'], trusts: 'hosts' }],
};
