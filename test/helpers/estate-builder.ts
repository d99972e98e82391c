import type { z } from 'zod';
import type { Estate, Site } from '../../model/estate.ts';
import { estateFile } from '../../model/estate.ts';

type EstateInput = z.input<typeof estateFile>;
type SystemInput = NonNullable<EstateInput['systems']>[number];
type ServiceInput = NonNullable<EstateInput['services']>[number];

/** A system `name` in zone `zone`, its hosts the instances of account `retail` tagged `system: <name>`. */
export function system(name: string, parts: Partial<SystemInput> = {}): SystemInput {
  return { name, zone: 'zone', controls: [{ 'aws.ec2': { account: 'retail', tag: { system: name } } }], ...parts };
}

/** A protected service that must stay `normal` at every site, unless the parts say otherwise. */
export function service(name: string, parts: Partial<ServiceInput> = {}): ServiceInput {
  return {
    name,
    protected: true,
    sites: { from: `${name}.csv` },
    floor: [{ share: 1, mode: 'normal' }],
    modes: { normal: {} },
    ...parts,
  };
}

/** Sites `<prefix>-1` to `<prefix>-<count>`, all of weight 1. */
export function sitesOf(count: number, prefix = 'site'): readonly Site[] {
  return Array.from({ length: count }, (_, index) => ({ site: `${prefix}-${index + 1}`, weight: 1 }));
}

/** What an estate is made of here; whatever is left out has a small default. `sites` defaults to ten for each service. */
export type EstateParts = Partial<EstateInput> & { readonly sites?: Readonly<Record<string, readonly Site[]>> };

/**
 * An estate that is valid by its schema: one account `retail`, three people (`ada`, `cy`: ir-lead; `bo`: platform), and
 * the parts given.
 */
export function estate({ sites = {}, ...parts }: EstateParts = {}): Estate {
  const file = estateFile.parse({
    apiVersion: 'firedoor/v1',
    kind: 'Estate',
    name: 'test-estate',
    accounts: [{ name: 'retail', id: '000123456789', region: 'eu-west-2' }],
    people: [
      { id: 'ada@example.org', roles: ['ir-lead'] },
      { id: 'cy@example.org', roles: ['ir-lead'] },
      { id: 'bo@example.org', roles: ['platform'] },
    ],
    ...parts,
  });
  const all = file.services.map(({ name }) => [name, sites[name] ?? sitesOf(10, name)] as const);
  return { ...file, sites: Object.fromEntries(all) };
}
