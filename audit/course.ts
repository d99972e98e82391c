import { actions } from '../model/actions/index.ts';
import type { Failing, Standing } from '../model/continuity.ts';
import { continuityOf } from '../planner/continuity.ts';
import type { Happening } from './story/happening.ts';
import type { Story } from './story/story.ts';

/** How a service stood from an instant on. */
export interface CoursePoint {
  readonly at: string;
  readonly standing: Standing;
}

/** How one service stood, from the first look at it to the end: a point where it changed. */
export interface Course {
  readonly service: string;
  readonly protected: boolean;
  readonly points: readonly CoursePoint[];
}

/**
 * How every service stood, computed again from what the histories hold, with the function the guard used: what was contained or
 * on its way, which hosts did not run, and what probes found, at each look, wave and giving back. Needs gone with time alone
 * are not counted in; the clocks of the incident say those.
 *
 * @returns nothing without a plan
 */
export function coursesOf({ plan, happenings }: Story): readonly Course[] {
  if (!plan) return [];
  const continuity = continuityOf(plan.slice);
  const world = new World(plan.header.accounts.length);
  const points: { at: string; standings: readonly Standing[] }[] = [];
  for (const happening of happenings) {
    if (!world.changes(happening)) continue;
    points.push({ at: happening.at, standings: continuity.standings(world.now()) });
  }
  return plan.slice.services.map(({ name, protected: isProtected }) => ({
    service: name,
    protected: isProtected,
    points: changesOf(name, points),
  }));
}

/** What is contained, not running and failing, as happenings go by. */
class World {
  readonly #contained = new Set<string>();
  readonly #released = new Map<string, readonly string[]>();
  readonly #accounts: number;
  #answers: (readonly string[])[] = [];
  #down: ReadonlySet<string> = new Set();
  #failing: Failing = [];

  constructor(accounts: number) {
    this.#accounts = accounts;
  }

  now(): { contained: { hosts: ReadonlySet<string>; principals: ReadonlySet<string> }; failing: Failing } {
    const ids = [...this.#contained];
    const principals = new Set(ids.filter((id) => id.startsWith('aws.iam.')));
    return {
      contained: { hosts: new Set([...ids.filter((id) => !principals.has(id)), ...this.#down]), principals },
      failing: this.#failing,
    };
  }

  /** Takes a happening in; true where it changes what a service may stand on. */
  changes(happening: Happening): boolean {
    switch (happening.kind) {
      case 'running':
        return this.#hostsAnswered(happening.down);
      case 'probed':
        this.#failing = happening.failing;
        return true;
      case 'wave':
        if (happening.way === 'release') this.#released.set(happening.child, happening.targets);
        if (happening.action === undefined || actions[happening.action].effect === 'none') return false;
        for (const target of happening.targets) this.#contained.add(target);
        return true;
      case 'wave-end': {
        if (!this.#released.has(happening.child)) return false;
        for (const { target, status } of happening.outcomes ?? [])
          if (status === 'done') this.#contained.delete(target);
        return true;
      }
      case 'planned':
      case 'answered':
      case 'step':
      case 'end':
        return false;
    }
  }

  /** Every account answers for all hosts: one that none of them shows running is down. */
  #hostsAnswered(down: readonly string[]): boolean {
    this.#answers.push(down);
    if (this.#answers.length < this.#accounts) return false;
    const [first = [], ...rest] = this.#answers;
    this.#down = new Set(first.filter((host) => rest.every((answer) => answer.includes(host))));
    this.#answers = [];
    return true;
  }
}

function changesOf(service: string, all: readonly { at: string; standings: readonly Standing[] }[]): CoursePoint[] {
  const points: CoursePoint[] = [];
  for (const { at, standings } of all) {
    const standing = standings.find((one) => one.service === service);
    if (!standing || JSON.stringify(standing) === JSON.stringify(points.at(-1)?.standing)) continue;
    points.push({ at, standing });
  }
  return points;
}
