/** JSON data: what plans, decisions and captures are made of. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

type Members = Readonly<Record<string, unknown>>;

function isAscending(keys: readonly string[]): boolean {
  for (let index = 1; index < keys.length; index += 1) if ((keys[index - 1] ?? '') > (keys[index] ?? '')) return false;
  return true;
}

/** Names of the members there are, by UTF-16 units. */
function namesOf(members: Members): readonly string[] {
  const names = Object.keys(members);
  return isAscending(names) ? names : names.sort();
}

const strangers: ReadonlySet<string> = new Set(['bigint', 'function', 'symbol']);

function requireJson(value: unknown): void {
  const isStrange =
    typeof value === 'number'
      ? !Number.isFinite(value)
      : strangers.has(typeof value) || (typeof value === 'object' && value !== null && 'toJSON' in value);
  if (isStrange) throw new TypeError(`not a JSON value: ${String(value)}`);
}

/** True for names that an object holds elsewhere than where they are put: numbers come first, and one is no member at all. */
function isMoving(name: string): boolean {
  return (name >= '0' && name < ':') || name === '__proto__';
}

/** Copies values with their members in order, so that the engine's own writer, which is far faster, can write them. */
class InOrder {
  /** True where some key would not stay where it was put. */
  isMoved = false;

  copy(value: unknown): unknown {
    if (typeof value === 'string') return value;
    requireJson(value);
    if (typeof value !== 'object' || value === null) return value;
    return Array.isArray(value) ? value.map((each) => this.copy(each)) : this.#members(value as Members);
  }

  #members(members: Members): Members {
    const copy: Record<string, unknown> = {};
    for (const name of namesOf(members)) {
      if (isMoving(name)) this.isMoved = true;
      else copy[name] = this.copy(members[name]);
    }
    return copy;
  }
}

/** The form, member by member: for what {@link InOrder} can't hold. */
function slowForm(value: unknown): string {
  requireJson(value);
  if (typeof value === 'string' && /\p{Surrogate}/u.test(value)) {
    throw new TypeError('not a JSON value: half of a surrogate pair');
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((each) => slowForm(each ?? null)).join(',')}]`;
  const members = value as Members;
  const written = namesOf(members).filter((name) => members[name] !== undefined);
  return `{${written.map((name) => `${slowForm(name)}:${slowForm(members[name])}`).join(',')}}`;
}

/**
 * The RFC 8785 form of a JSON value: the one form whose bytes are hashed, signed and compared. Members that are undefined
 * are left out.
 *
 * @throws TypeError for what is no JSON value
 */
export function canonical(value: unknown): string {
  if (value === undefined) throw new TypeError('not a JSON value: undefined');
  const inOrder = new InOrder();
  const copy = inOrder.copy(value);
  const text = inOrder.isMoved ? '' : JSON.stringify(copy);
  // The writer escapes half of a surrogate pair, which has no form, as it escapes nothing else.
  return inOrder.isMoved || text.includes('\\ud') ? slowForm(value) : text;
}
