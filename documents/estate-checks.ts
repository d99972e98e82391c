import type { EstateFile, Service } from '../model/estate.ts';
import { isAtLeast, servingModes } from '../model/modes.ts';
import { principalParts } from '../model/names.ts';
import type { Quorum } from '../model/quorum.ts';
import type { Checks } from './checks.ts';
import { checkDistinct, checkNeed, checkReference, checkRoles, report } from './checks.ts';

/** The names an estate defines. */
export interface EstateNames {
  readonly accounts: ReadonlySet<string>;
  readonly principals: ReadonlySet<string>;
  readonly systems: ReadonlySet<string>;
  readonly zones: ReadonlySet<string>;
  readonly roles: ReadonlySet<string>;
}

/** Gathers the names an estate defines. */
export function estateNames(estate: EstateFile): EstateNames {
  return {
    accounts: new Set(estate.accounts.map(({ name }) => name)),
    principals: new Set(estate.principals.map(({ id }) => id)),
    systems: new Set(estate.systems.map(({ name }) => name)),
    zones: new Set(estate.systems.map(({ zone }) => zone)),
    roles: new Set(estate.people.flatMap(({ roles }) => roles)),
  };
}

/** Everything within the estate file that the schema can't see: names twice, names that dangle, floors nothing can hold. */
export function checkEstate(checks: Checks, estate: EstateFile): void {
  const names = estateNames(estate);
  checkNamesOnce(checks, estate);
  checkAuthority(checks, estate, names);
  checkPrincipals(checks, estate, names);
  checkSystems(checks, estate, names);
  checkServices(checks, estate, names);
  checkNeverTouch(checks, estate, names);
}

function checkNamesOnce(checks: Checks, estate: EstateFile): void {
  for (const list of ['accounts', 'systems', 'services'] as const) {
    checkDistinct(checks, [list], { items: estate[list], key: 'name' });
  }
  for (const list of ['accounts', 'people', 'principals'] as const) {
    checkDistinct(checks, [list], { items: estate[list], key: 'id' });
  }
}

function checkAuthority(checks: Checks, estate: EstateFile, { roles }: EstateNames): void {
  for (const [verb, quorum] of Object.entries(estate.authority)) {
    checkRoles(checks, quorum, { path: ['authority', verb], roles });
    checkTwoPeople(checks, { verb, quorum });
  }
  for (const [effect, quorum] of Object.entries(estate.leastQuorum)) {
    checkRoles(checks, quorum, { path: ['leastQuorum', effect], roles });
  }
}

/** Nobody waives a floor alone, and nobody reviews a waiver alone. */
function checkTwoPeople(checks: Checks, { verb, quorum }: { readonly verb: string; readonly quorum: Quorum }): void {
  const people = Object.values(quorum).reduce((sum, count) => sum + count, 0);
  if ((verb !== 'break-glass' && verb !== 'review') || people >= 2) return;
  report(checks, ['authority', verb], { found: 'one person', expected: 'at least two, such as { break-glass: 2 }' });
}

function checkPrincipals(checks: Checks, estate: EstateFile, { accounts, systems }: EstateNames): void {
  for (const [index, { id, opens }] of estate.principals.entries()) {
    const path = ['principals', index];
    checkReference(checks, {
      path: [...path, 'id'],
      name: principalParts(id).account,
      kind: 'account',
      known: accounts,
    });
    for (const [position, name] of opens.entries()) {
      checkReference(checks, { path: [...path, 'opens', position], name, kind: 'system', known: systems });
    }
  }
}

function checkSystems(checks: Checks, estate: EstateFile, names: EstateNames): void {
  for (const [index, system] of estate.systems.entries()) {
    const path = ['systems', index];
    checkNeed(checks, system.needs, { path: [...path, 'needs'], systems: names.systems });
    for (const [position, name] of system.uses.entries()) {
      checkReference(checks, { path: [...path, 'uses', position], name, kind: 'principal', known: names.principals });
    }
    for (const [position, name] of system.reaches.entries()) {
      checkReference(checks, { path: [...path, 'reaches', position], name, kind: 'system', known: names.systems });
    }
    for (const [position, control] of system.controls.entries()) {
      const at = [...path, 'controls', position, 'aws.ec2', 'account'];
      checkReference(checks, { path: at, name: control['aws.ec2'].account, kind: 'account', known: names.accounts });
    }
  }
}

function checkServices(checks: Checks, estate: EstateFile, { systems }: EstateNames): void {
  for (const [index, service] of estate.services.entries()) {
    const path = ['services', index];
    for (const mode of servingModes) {
      checkNeed(checks, service.modes[mode]?.needs, { path: [...path, 'modes', mode, 'needs'], systems });
    }
    checkFloor(checks, service, index);
  }
}

function checkFloor(checks: Checks, service: Service, index: number): void {
  const modes = servingModes.filter((mode) => service.modes[mode] !== undefined);
  const path = ['services', index];
  if (modes.length === 0)
    report(checks, [...path, 'modes'], { found: 'no mode', expected: 'at least one of normal, degraded, manual' });
  if (service.protected && service.floor.length === 0) {
    report(checks, [...path, 'protected'], {
      found: 'a protected service without a floor',
      expected: 'a floor such as [{ share: 0.95, mode: degraded }]',
    });
  }
  for (const [position, floor] of service.floor.entries()) {
    if (modes.length === 0 || modes.some((mode) => isAtLeast(mode, floor.mode))) continue;
    report(checks, [...path, 'floor', position, 'mode'], {
      found: `a floor in ${floor.mode}, which no site can hold`,
      expected: `a mode the service has: ${modes.join(', ')}`,
    });
  }
}

function checkNeverTouch(checks: Checks, estate: EstateFile, { accounts, systems }: EstateNames): void {
  for (const [index, entry] of estate.neverTouch.entries()) {
    const path = ['neverTouch', index];
    if (entry.startsWith('system:')) {
      checkReference(checks, { path, name: entry.slice('system:'.length), kind: 'system', known: systems });
    } else {
      checkReference(checks, { path, name: principalParts(entry).account, kind: 'account', known: accounts });
    }
  }
}
