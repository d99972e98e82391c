import { estateHead, storesCsv } from '../documents/estate-text.ts';

/** A retailer whose desktops and directory are near what must be kept safe: member data, and the gateway tills need. */
const estate = `${estateHead}people:
  - { id: ada@example.org, roles: [ir-lead] }
  - { id: cy@example.org, roles: [ir-lead] }
  - { id: bo@example.org, roles: [platform] }
leastQuorum: { down: { ir-lead: 1, platform: 1 } }
principals:
  - { id: aws.iam.role:retail/vdi-fleet, opens: [member-data] }
  - { id: aws.iam.user:retail/directory-sync, opens: [directory] }
systems:
  - name: vdi
    zone: back-office
    needs: { all: [directory] }
    uses: [aws.iam.role:retail/vdi-fleet]
    reaches: [files]
    controls: [{ aws.ec2: { account: retail, tag: { system: vdi } } }]
  - name: directory
    zone: identity
    uses: [aws.iam.user:retail/directory-sync]
    reaches: [vdi, jump-host]
    controls: [{ aws.ec2: { account: retail, tag: { system: directory } } }]
  - name: jump-host
    zone: identity
    reaches: [till-gateway]
    controls: [{ aws.ec2: { account: retail, tag: { system: jump-host } } }]
  - name: files
    zone: back-office
    controls: [{ aws.ec2: { account: retail, tag: { system: files } } }]
  - name: member-data
    zone: data
    keepSafe: true
    controls: [{ aws.ec2: { account: retail, tag: { system: member-data } } }]
  - name: till-gateway
    zone: stores
    capacity: { hosts: 1 }
    controls: [{ aws.ec2: { account: retail, tag: { system: till-gateway } } }]
services:
  - name: store-tills
    protected: true
    value: 10
    sites: { from: sites/stores.csv }
    floor: [{ share: 0.95, mode: normal }]
    modes: { normal: { needs: { all: [till-gateway] } } }
  - name: call-centre
    sites: { from: sites/stores.csv }
    modes: { normal: { needs: { all: [vdi] } } }
  - name: back-office
    value: 0.5
    sites: { from: sites/stores.csv }
    modes: { normal: { needs: { all: [files] } }, degraded: {} }
`;

/** Everything an offline question is answered from. */
export const attackFiles: Readonly<Record<string, string>> = { 'estate.yaml': estate, 'sites/stores.csv': storesCsv };

/** The same with other words in the estate. */
export function attackFilesWith(
  ...changes: readonly (readonly [from: string, to: string])[]
): Readonly<Record<string, string>> {
  const changed = changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the estate does not say ${from}`);
    return text.replace(from, to);
  }, estate);
  return { ...attackFiles, 'estate.yaml': changed };
}
