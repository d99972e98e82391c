/** The head of an estate that is valid by itself. */
export const estateHead = `apiVersion: firedoor/v1
kind: Estate
name: retail
accounts:
  - { name: retail, id: "000123456789", region: eu-west-2 }
`;

/** A small estate that holds together, for the sites of {@link storesCsv}. */
export const smallEstate = `${estateHead}people:
  - { id: ada@example.org, roles: [ir-lead] }
  - { id: bo@example.org, roles: [platform] }
principals:
  - { id: aws.iam.user:retail/directory-sync, opens: [directory] }
systems:
  - name: vdi
    zone: back-office
    needs: { all: [directory] }
    controls: [{ aws.ec2: { account: retail, tag: { system: vdi } } }]
  - name: directory
    zone: identity
    uses: [aws.iam.user:retail/directory-sync]
    reaches: [vdi]
    controls: [{ aws.ec2: { account: retail, tag: { system: directory } } }]
  - name: till-gateway
    zone: stores
    capacity: { hosts: 1 }
    controls: [{ aws.ec2: { account: retail, tag: { system: till-gateway } } }]
services:
  - name: store-tills
    protected: true
    sites: { from: sites/stores.csv }
    floor: [{ share: 0.95, mode: normal }]
    modes: { normal: { needs: { all: [till-gateway] } } }
  - name: call-centre
    sites: { from: sites/stores.csv }
    modes: { normal: { needs: { all: [vdi] } } }
`;

export const storesCsv = 'site,weight\nstore-1,1\nstore-2,2.5\n';
