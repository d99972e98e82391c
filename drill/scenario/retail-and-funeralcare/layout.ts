import { commonRoles, commonUsers, drillAccountId, drillRegion } from '../common-layout.ts';
import type { Layout } from '../layout.ts';

/** 103 hosts in three networks, two of them known to nobody. */
export const layout: Layout = {
  accountId: drillAccountId,
  region: drillRegion,
  vpcs: [
    { name: 'stores', cidr: '10.10.0.0/16' },
    { name: 'corporate', cidr: '10.20.0.0/16' },
    { name: 'online', cidr: '10.30.0.0/16' },
  ],
  subnets: [
    { name: 'stores', vpc: 'stores', cidr: '10.10.1.0/24' },
    { name: 'back-office', vpc: 'corporate', cidr: '10.20.1.0/24' },
    { name: 'identity', vpc: 'corporate', cidr: '10.20.2.0/24' },
    { name: 'data', vpc: 'corporate', cidr: '10.20.3.0/24' },
    { name: 'funeral', vpc: 'corporate', cidr: '10.20.4.0/24' },
    { name: 'logistics', vpc: 'corporate', cidr: '10.20.5.0/24' },
    { name: 'control', vpc: 'corporate', cidr: '10.20.8.0/24' },
    { name: 'management', vpc: 'corporate', cidr: '10.20.9.0/24' },
    { name: 'online', vpc: 'online', cidr: '10.30.1.0/24' },
  ],
  hosts: [
    { system: 'till-gateway', subnet: 'stores', count: 3, role: 'till-gateway' },
    { system: 'till-gateway-spare', subnet: 'stores', count: 1 },
    { system: 'card-link', subnet: 'stores', count: 4 },
    { system: 'call-centre-vdi', subnet: 'back-office', count: 18, role: 'vdi-fleet' },
    { system: 'telephony', subnet: 'back-office', count: 2 },
    { system: 'back-office-files', subnet: 'back-office', count: 8 },
    { system: 'finance', subnet: 'back-office', count: 6 },
    { system: 'directory', subnet: 'identity', secondSubnet: 'management', count: 6 },
    { system: 'member-data', subnet: 'data', secondSubnet: 'management', count: 4 },
    { system: 'funeral-app', subnet: 'funeral', count: 6 },
    { system: 'phone-gateway', subnet: 'funeral', count: 2 },
    { system: 'shop-web', subnet: 'online', count: 10 },
    { system: 'shop-orders', subnet: 'online', count: 5, role: 'shop' },
    { system: 'stock-ordering', subnet: 'logistics', count: 8 },
    { system: 'depot-dispatch', subnet: 'logistics', count: 12 },
    { system: 'firedoor-workers', subnet: 'control', count: 3 },
    { system: 'temporal', subnet: 'control', count: 3 },
    { system: 'forgotten', subnet: 'back-office', count: 2, claimed: false },
  ],
  users: [...commonUsers, { name: 'stock-interface', allows: ['sqs:SendMessage'] }],
  roles: [...commonRoles, { name: 'shop', allows: ['sqs:SendMessage'], trusts: 'hosts' }],
};
