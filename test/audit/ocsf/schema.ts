import { gunzipSync } from 'node:zlib';

interface Attribute {
  readonly type: string | null;
  readonly requirement: 'required' | 'recommended' | 'optional' | null;
  readonly is_array: boolean | null;
  readonly profile: string | null;
  readonly enum: Readonly<Record<string, unknown>> | null;
}
interface Shape {
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly constraints?: { readonly at_least_one?: readonly string[]; readonly just_one?: readonly string[] } | null;
}
interface DataType {
  readonly type: string | null;
  readonly regex: string | null;
  readonly range: readonly [number, number] | null;
  readonly max_len: number | null;
}

/** The OCSF schema, compiled to one file. */
export interface Schema {
  readonly version: string;
  readonly classes: Readonly<Record<string, Shape & { readonly uid: number }>>;
  readonly objects: Readonly<Record<string, Shape>>;
  readonly types: Readonly<Record<string, DataType>>;
}

export function readSchema(gzipped: Uint8Array): Schema {
  return JSON.parse(gunzipSync(gzipped).toString('utf8')) as Schema;
}

/** Everything wrong with an event: unknown, missing or mistyped attributes, enums, constraints, and numbers that don't add up. */
export function problemsOf(schema: Schema, event: Readonly<Record<string, unknown>>): readonly string[] {
  const shape = Object.values(schema.classes).find(({ uid }) => uid === event['class_uid']);
  if (!shape) return [`class_uid: ${String(event['class_uid'])} is no class`];
  const metadata = event['metadata'] as
    { readonly profiles?: readonly string[]; readonly version?: string } | undefined;
  const problems = new Checker(schema, metadata?.profiles ?? []).shape(shape, event, '');
  const type = Number(event['class_uid']) * 100 + Number(event['activity_id']);
  return [
    ...problems,
    ...(event['type_uid'] === type ? [] : [`type_uid: expected ${type}`]),
    ...(metadata?.version === schema.version ? [] : [`metadata.version: expected ${schema.version}`]),
  ];
}

class Checker {
  readonly #schema: Schema;
  readonly #profiles: readonly string[];

  constructor(schema: Schema, profiles: readonly string[]) {
    this.#schema = schema;
    this.#profiles = profiles;
  }

  shape({ attributes, constraints }: Shape, value: unknown, path: string): readonly string[] {
    if (typeof value !== 'object' || value === null) return [`${path}: expected an object`];
    const given = value as Readonly<Record<string, unknown>>;
    const known = Object.entries(attributes).filter(
      ([, { profile }]) => profile === null || this.#profiles.includes(profile),
    );
    const names = new Set(known.map(([name]) => name));
    const least = constraints?.at_least_one;
    return [
      ...Object.keys(given).flatMap((name) => (names.has(name) ? [] : [`${path}${name}: no such attribute`])),
      ...known.flatMap(([name, attribute]) => this.#attribute(attribute, given[name], `${path}${name}`)),
      ...(least && !least.some((name) => given[name] !== undefined) ? [`${path}: none of ${least.join(', ')}`] : []),
    ];
  }

  #attribute(attribute: Attribute, value: unknown, path: string): readonly string[] {
    if (value === undefined) return attribute.requirement === 'required' ? [`${path}: missing`] : [];
    if (!attribute.is_array) return this.#value(attribute, value, path);
    if (!Array.isArray(value)) return [`${path}: expected a list`];
    return value.flatMap((each, index) => this.#value(attribute, each, `${path}.${index}`));
  }

  #value({ type, enum: allowed }: Attribute, value: unknown, path: string): readonly string[] {
    if (allowed && Object.keys(allowed).length > 0 && !(String(value) in allowed))
      return [`${path}: ${String(value)} is no value of it`];
    const object = this.#schema.objects[type ?? ''];
    if (type === 'object' || type === 'json_t') return [];
    if (object) return this.shape(object, value, `${path}.`);
    return this.#primitive(type ?? '', value, path);
  }

  #primitive(name: string, value: unknown, path: string): readonly string[] {
    const type = this.#schema.types[name];
    if (!type) return [`${path}: the schema has no type ${name}`];
    const root = type.type ?? name;
    const fits =
      root === 'string_t'
        ? typeof value === 'string'
        : root === 'boolean_t'
          ? typeof value === 'boolean'
          : root === 'float_t'
            ? typeof value === 'number'
            : Number.isSafeInteger(value);
    if (!fits) return [`${path}: expected ${name}`];
    const isLong = type.max_len !== null && String(value).length > type.max_len;
    const isOdd = type.regex !== null && !new RegExp(type.regex).test(String(value));
    return isLong || isOdd ? [`${path}: not a ${name}`] : [];
  }
}
