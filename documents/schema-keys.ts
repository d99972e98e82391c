import type { z } from 'zod';

/** The parts of a zod definition that lead to keys (https://zod.dev/packages/core). */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly element?: z.core.$ZodType;
  readonly keyType?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly innerType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly entries?: Readonly<Record<string, string | number>>;
  readonly getter?: () => z.core.$ZodType;
}

/** The keys a schema knows at a path: of every alternative, where it has several. */
export function knownKeys(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  return [...new Set(schemasAt(schema, path).flatMap(keysOf))];
}

function schemasAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly z.core.$ZodType[] {
  return path.reduce<readonly z.core.$ZodType[]>(
    (schemas, step) => schemas.flatMap((candidate) => stepInto(candidate, step)),
    unwrap(schema),
  );
}

function stepInto(schema: z.core.$ZodType, step: PropertyKey): readonly z.core.$ZodType[] {
  const { shape, element, valueType } = definitionOf(schema);
  const next = shape ? shape[String(step)] : (element ?? valueType);
  return next ? unwrap(next) : [];
}

function keysOf(schema: z.core.$ZodType): readonly string[] {
  const { shape, keyType } = definitionOf(schema);
  if (shape) return Object.keys(shape);
  return keyType ? Object.keys(definitionOf(keyType).entries ?? {}) : [];
}

/** Through optional, default, lazy and union to what is inside. */
function unwrap(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  const { innerType, options, getter } = definitionOf(schema);
  if (innerType) return unwrap(innerType);
  if (getter) return unwrap(getter());
  return options ? options.flatMap(unwrap) : [schema];
}

function definitionOf(schema: z.core.$ZodType): Definition {
  return schema._zod.def;
}
