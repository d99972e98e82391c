import { smallEstate, storesCsv } from '../documents/estate-text.ts';

/** With a second ir-lead: gates must be fillable without whoever starts. */
const estate = smallEstate.replace('people:\n', 'people:\n  - { id: cy@example.org, roles: [ir-lead] }\n');

const instance = (id: string, system: string): object => ({
  id,
  account: 'retail',
  region: 'eu-west-2',
  state: 'running',
  tags: { system },
  interfaces: [{ id: `eni-${id}`, subnet: 'subnet-1', vpc: 'vpc-1', groups: ['sg-1'] }],
  volumes: [`vol-${id}`],
});

const live = {
  instances: [
    ...[1, 2, 3, 4, 5].map((index) => instance(`i-0v${index}`, 'vdi')),
    instance('i-0d1', 'directory'),
    instance('i-0t1', 'till-gateway'),
    instance('i-0t2', 'till-gateway'),
    instance('i-0x1', 'mystery'),
  ],
  principals: [
    { id: 'aws.iam.user:retail/directory-sync', keys: [{ id: 'AKIA1', status: 'Active' }], inlinePolicies: [] },
  ],
};

const intrusion = `apiVersion: firedoor/v1
kind: Playbook
name: intrusion
parameters:
  compromised: { type: systems, required: true }
stages:
  - name: credentials
    action: aws.iam.contain
    on: { principalsOf: $compromised }
  - name: cut-off
    action: aws.ec2.isolate
    on: { systems: $compromised, reachableFrom: $compromised }
    approve: { quorum: { ir-lead: 1, platform: 1 }, within: PT10M }
    waves: { canary: 1, size: 25% }
restore:
  tiers:
    - name: identity
      systems: [directory]
      gate: [probe, attest: rebuilt-from-clean-image]
      approve: { quorum: { ir-lead: 1 } }
`;

/** Everything an offline plan is made from; the tills stand outside what the directory reaches. */
export const planningFiles: Readonly<Record<string, string>> = {
  'estate.yaml': estate,
  'sites/stores.csv': storesCsv,
  'playbooks/intrusion.yaml': intrusion,
  'live.json': JSON.stringify(live),
};
