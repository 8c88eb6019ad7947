// The words that name elements of a set, or pairs and keys of a map, to be put in or taken out: any number of values, of
// which each word may hold several.
import type { ColumnType } from "../ovsdb/schema.ts";
import type { AtomValue, ColumnValue } from "../ovsdb/values.ts";
import { DatumSyntaxError, parseDatum } from "./datum-syntax.ts";
import type { NamedColumn } from "./schema-names.ts";
import { InputError } from "./usage-error.ts";

const any = { min: 0, max: Number.POSITIVE_INFINITY } as const;

/** Elements, or pairs for a map, to be put in; of a key that is there twice, the first. Throws `InputError` or `DatumSyntaxError`. */
export function parseElements(column: NamedColumn, words: readonly string[]): ColumnValue {
  const elements = elementsIn(column, words);
  const { max } = column.type;
  const count = elements instanceof Map ? elements.size : (elements as readonly AtomValue[]).length;
  if (count > max)
    throw new InputError(column.path, `${column.path}: ${count} values, but at most ${max} fit`);
  return elements;
}

function elementsIn(column: NamedColumn, words: readonly string[]): ColumnValue {
  const { type, path } = checked(column);
  return merged(
    type,
    words.map((text) => parseDatum({ ...type, ...any }, { path, text, from: 0 })),
  );
}

/** Elements, or for a map pairs and keys that go whatever they have. Throws `InputError` or `DatumSyntaxError`. */
export function parseRemovals(
  column: NamedColumn,
  words: readonly string[],
): { readonly elements: ColumnValue; readonly keys: readonly AtomValue[] } {
  const { type, path } = checked(column);
  if (type.value === undefined) return { elements: elementsIn(column, words), keys: [] };
  const keysOnly = words.filter((text) => !isPairs({ ...type, ...any }, path, text));
  const keys = keysOnly.map((text) => parseDatum({ key: type.key, ...any }, { path, text, from: 0 }));
  return {
    elements: elementsIn(
      column,
      words.filter((text) => !keysOnly.includes(text)),
    ),
    keys: merged({ key: type.key, ...any }, keys) as readonly AtomValue[],
  };
}

function checked(column: NamedColumn): NamedColumn {
  const { type, path } = column;
  if (type.value === undefined && type.min === 1 && type.max === 1)
    throw new InputError(path, `${path} has exactly one value, which is written with "db set"`);
  return column;
}

function isPairs(type: ColumnType, path: string, text: string): boolean {
  try {
    parseDatum(type, { path, text, from: 0 });
    return true;
  } catch (error) {
    if (error instanceof DatumSyntaxError) return false;
    throw error;
  }
}

function merged(type: ColumnType, values: readonly ColumnValue[]): ColumnValue {
  if (type.value === undefined) return [...new Set(values.flatMap((value) => value as readonly AtomValue[]))];
  const pairs = values.flatMap((value) => [...(value as ReadonlyMap<AtomValue, AtomValue>)]);
  // Later ones of one key win in a Map.
  return new Map(pairs.toReversed());
}
