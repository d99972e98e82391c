import { durationMs } from '../../../model/duration.ts';
import type { Mode, Need } from '../../../model/modes.ts';
import { modes, namesIn, servingModes } from '../../../model/modes.ts';
import type { AdviceInputs } from '../../../planner/advice/advise.ts';
import { hourMs } from '../brute-force.ts';

/** Everything about one set of things: bit `n` of the set is thing `n`. */
export interface World {
  /** Just before all is given back. */
  readonly loss: number;
  readonly floorsHold: boolean;
  /** What must be kept safe and the attacker gets to. */
  readonly goalsReached: readonly string[];
}

/** The slow check of advice: every set of things is tried, by rules written a second time, hour by hour. */
export interface Exhaustive {
  /** Systems by name, principals by id, and the sessions of a system as `sessions <name>`. */
  readonly setOf: (names: Iterable<string>) => number;
  readonly worldOf: (set: number) => World;
  /** How many sets {@link leastLoss} has to try. */
  readonly sets: (mayCutGoals: boolean) => number;
  /** The least loss of any set that is a cut and holds every floor; goals may be in it where that is said. */
  readonly leastLoss: (mayCutGoals: boolean) => number | undefined;
}

const lostIn = { normal: 0, degraded: 0.25, manual: 0.5, down: 1 } as const;

/** Systems that are up, and since when the others are down. */
interface Hour {
  readonly hour: number;
  readonly up: number;
  readonly downSince: readonly (number | undefined)[];
}
type Holds = (at: Hour) => boolean;

function hoursOf(text: string): number {
  return durationMs(text) / hourMs;
}

/** Compiles an estate to bits: systems, then principals, then sessions. */
export function exhaustive(inputs: AdviceInputs): Exhaustive {
  const { estate, live } = inputs;
  const systems = estate.systems.map(({ name }) => name);
  const horizon = hoursOf(inputs.releaseBy);
  const hosts = live.instances.map(({ id, tags, state, role }) => {
    const claims = (each: (typeof estate.systems)[number]): boolean =>
      each.controls.some((control) => control['aws.ec2'].tag['system'] === tags['system']);
    return {
      id,
      owners: estate.systems.filter(claims).map(({ name }) => name),
      isRunning: state === 'running',
      role: role?.id,
    };
  });
  const hostsOf = (name: string): typeof hosts => hosts.filter(({ owners }) => owners.includes(name));
  const letsInInstances = (role: string): boolean =>
    live.principals.some(({ id, trustPolicy }) => id === role && trustPolicy === '{}');
  /** Roles that denying a system's hosts their sessions takes from whoever owns it. */
  const byHosts = (name: string): readonly string[] => {
    const roles = hostsOf(name).map(({ role }) => role);
    return [...new Set(roles)].flatMap((role) => (role !== undefined && letsInInstances(role) ? [role] : []));
  };
  const things = [
    ...systems,
    ...estate.principals.map(({ id }) => id),
    ...systems.filter((name) => byHosts(name).length > 0).map((name) => `sessions ${name}`),
  ];
  const bit = (name: string): number => (things.includes(name) ? 1 << things.indexOf(name) : 0);
  const setOf = (names: Iterable<string>): number => [...names].reduce((set, name) => set | bit(name), 0);
  const has = (set: number, name: string): boolean => (set & bit(name)) !== 0;

  const isLost = (set: number, { owners, role }: (typeof hosts)[number]): boolean =>
    owners.some((name) => has(set, name) || (role !== undefined && has(set, `sessions ${name}`))) ||
    (role !== undefined && has(set, role));
  /** Systems that are down by themselves while a set is contained. */
  const struckBy = (set: number): number => {
    const isDown = ({ name, capacity, uses }: (typeof estate.systems)[number]): boolean => {
      const own = hostsOf(name);
      const free = own.filter((host) => host.isRunning && !isLost(set, host)).length;
      return free < (capacity?.hosts ?? Math.max(1, own.length)) || uses.some((id) => has(set, id));
    };
    return setOf(estate.systems.filter(isDown).map(({ name }) => name));
  };

  const compile = (need: Need | undefined): Holds => {
    if (need === undefined) return () => true;
    if (typeof need === 'string') return ({ up }) => has(up, need);
    if ('on' in need) {
      const index = systems.indexOf(need.on);
      return ({ up, hour, downSince }) => has(up, need.on) || hour < (downSince[index] ?? hour) + hoursOf(need.after);
    }
    const parts = ('all' in need ? need.all : need.of).map(compile);
    const least = 'all' in need ? parts.length : need.atLeast;
    return (at) => parts.filter((part) => part(at)).length >= least;
  };
  const systemNeeds = estate.systems.map(({ needs }) => compile(needs));
  const services = estate.services.map((service) => ({
    ...service,
    own: servingModes.flatMap((mode) => {
      const given = service.modes[mode];
      return given
        ? [{ mode, holds: compile(given.needs), limit: given.for === undefined ? Infinity : hoursOf(given.for) }]
        : [];
    }),
    sites: estate.sites[service.name] ?? [],
  }));

  /** Every hour until all is given back, each site in its mode, by service. */
  const walk = (struck: number, last: number, after: number): readonly (readonly (readonly Mode[])[])[] => {
    let downSince: readonly (number | undefined)[] = systems.map(() => undefined);
    const memory = services.map(({ sites }) => sites.map(() => ({ mode: 'down' as Mode, better: [0, 0, 0] })));
    const hours: (readonly (readonly Mode[])[])[] = [];
    for (let hour = 0; hour <= last; hour += 1) {
      let up = setOf(systems) & ~(hour === last ? after : struck);
      for (let before = -1; before !== up;) {
        before = up;
        for (const [index, holds] of systemNeeds.entries()) if (!holds({ hour, up, downSince })) up &= ~(1 << index);
      }
      downSince = systems.map((name, index) => (has(up, name) ? undefined : (downSince[index] ?? hour)));
      const at = { hour, up, downSince };
      hours.push(
        services.map(({ own, sites }, service) =>
          sites.map((site, position) => {
            const state = memory[service]?.[position] ?? { mode: 'down', better: [] };
            if (hour > 0)
              for (let worse = modes.indexOf(state.mode) + 1; worse < 3; worse += 1) state.better[worse] = hour;
            const found = own.find(
              ({ mode, holds, limit }) =>
                hour < (state.better[servingModes.indexOf(mode)] ?? 0) + limit &&
                holds(at) &&
                (site.needs?.[mode] ?? []).every((name) => has(up, name)),
            );
            state.mode = found?.mode ?? 'down';
            return state.mode;
          }),
        ),
      );
    }
    return hours;
  };
  const walks = new Map<number, readonly (readonly (readonly Mode[])[])[]>();
  const struckAtFirst = struckBy(0);
  const courseOf = (set: number): readonly (readonly (readonly Mode[])[])[] => {
    const struck = struckBy(set);
    const known = walks.get(struck) ?? walk(struck, horizon, struckAtFirst);
    walks.set(struck, known);
    return known;
  };

  /** The weight of sites in a mode or better over all, of a tier or of all. */
  const share = (service: number, own: readonly Mode[], of: { mode: Mode; tier?: string | undefined }): number => {
    const sites = (services[service]?.sites ?? []).map((site, index) => ({ ...site, mode: own[index] ?? 'down' }));
    const among = sites.filter(({ tier }) => of.tier === undefined || tier === of.tier);
    const total = among.reduce((sum, { weight }) => sum + weight, 0);
    const well = among.filter(({ mode }) => modes.indexOf(mode) <= modes.indexOf(of.mode));
    return total === 0 ? 1 : well.reduce((sum, { weight }) => sum + weight, 0) / total;
  };
  const lossIn = (hour: readonly (readonly Mode[])[]): number =>
    services.reduce((sum, { value, sites }, service) => {
      const total = sites.reduce((all, { weight }) => all + weight, 0);
      const lost = sites.reduce((all, { weight }, index) => all + weight * lostIn[hour[service]?.[index] ?? 'down'], 0);
      return sum + (value * lost) / total;
    }, 0);
  const floorsHold = (set: number): boolean => {
    const [before, after] = [courseOf(0), courseOf(set)];
    return services.every((service, index) => {
      const isWorse = after.some((hour, at) =>
        servingModes.some(
          (mode) =>
            share(index, hour[index] ?? [], { mode }) < share(index, before[at]?.[index] ?? [], { mode }) - 1e-9,
        ),
      );
      if (!service.protected || !isWorse) return true;
      return after.every((hour) =>
        service.floor.every((floor) => share(index, hour[index] ?? [], floor) >= floor.share - 1e-7),
      );
    });
  };

  const known = new Set(live.principals.map(({ id }) => id));
  const onward = things.map((name) => {
    const system = estate.systems.find((each) => each.name === name);
    if (name.startsWith('sessions ')) return setOf(byHosts(name.slice('sessions '.length)));
    if (!system) return known.has(name) ? setOf(estate.principals.find(({ id }) => id === name)?.opens ?? []) : 0;
    const roles = hostsOf(name).flatMap(({ role }) => role ?? []);
    const direct = [...system.uses, ...roles].filter((id) => !byHosts(name).includes(id));
    return setOf([...system.reaches, ...direct, `sessions ${name}`]);
  });
  const owned = [...inputs.compromised, ...inputs.suspected];
  const heldAtFirst = owned.reduce(
    (set, name) => set | bit(name) | ((onward[things.indexOf(name)] ?? 0) & ~setOf(systems)),
    0,
  );
  const reachPast = (set: number): number => {
    let reached = heldAtFirst & ~set;
    for (let before = -1; before !== reached;) {
      before = reached;
      for (const [index, next] of onward.entries()) if ((reached & (1 << index)) !== 0) reached |= next & ~set;
    }
    return reached;
  };

  const needed = new Set(
    services
      .filter((service) => service.protected)
      .flatMap(({ modes: given, sites }) =>
        servingModes.flatMap((mode) => [
          ...namesIn(given[mode]?.needs),
          ...sites.flatMap(({ needs }) => needs?.[mode] ?? []),
        ]),
      ),
  );
  for (const each of needed) {
    for (const next of namesIn(estate.systems.find(({ name }) => name === each)?.needs)) needed.add(next);
  }
  const safe = estate.systems.filter(({ name, keepSafe }) => keepSafe || needed.has(name)).map(({ name }) => name);
  const goals = setOf(safe) & ~setOf(owned);

  const isNever = (name: string): boolean => estate.neverTouch.includes(`system:${name}`);
  const containable = things.filter((thing) => {
    const name = thing.replace('sessions ', '');
    if (!systems.includes(name)) {
      const isUsedByNever = estate.systems.some(
        (each) =>
          isNever(each.name) && (each.uses.includes(name) || hostsOf(each.name).some(({ role }) => role === name)),
      );
      return known.has(name) && !estate.neverTouch.includes(name) && !isUsedByNever;
    }
    const own = hostsOf(name).filter(({ role }) => thing === name || role !== undefined);
    const mayDeny = thing === name || own.every(({ role }) => !estate.neverTouch.includes(role ?? ''));
    return own.length > 0 && mayDeny && own.every(({ owners }) => !owners.some(isNever));
  });
  const own = (mayCutGoals: boolean): readonly string[] =>
    containable.filter((name) => mayCutGoals || !has(goals, name));

  const worldOf = (set: number): World => ({
    loss: lossIn(courseOf(set)[horizon - 1] ?? []),
    floorsHold: floorsHold(set),
    goalsReached: things.filter((name) => has(reachPast(set) & goals, name)),
  });
  const leastLoss = (mayCutGoals: boolean): number | undefined => {
    const bits = own(mayCutGoals).map(bit);
    let least: number | undefined;
    for (let choice = 0; choice < 2 ** bits.length; choice += 1) {
      const set = bits.reduce((all, each, index) => ((choice & (1 << index)) === 0 ? all : all | each), 0);
      if ((reachPast(set) & goals) !== 0) continue;
      const loss = lossIn(courseOf(set)[horizon - 1] ?? []);
      if ((least === undefined || loss < least) && floorsHold(set)) least = loss;
    }
    return least;
  };
  return { setOf, worldOf, sets: (mayCutGoals) => 2 ** own(mayCutGoals).length, leastLoss };
}
