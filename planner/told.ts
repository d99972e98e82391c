import type { ToldRoles } from '../model/notification.ts';
import type { GateDefinition, Unknowns } from '../model/plan.ts';

/** Gates with roles that nobody tells of them, in the order they open. Who attests holds one of a gate's roles too. */
export function untoldGates(gates: readonly GateDefinition[], told: ToldRoles): NonNullable<Unknowns['untoldGates']> {
  if (told === 'all') return [];
  return gates.flatMap(({ id, quorum }) => {
    const roles = Object.keys(quorum)
      .filter((role) => !told.includes(role))
      .toSorted();
    return roles.length === 0 ? [] : [{ gate: id, roles }];
  });
}
