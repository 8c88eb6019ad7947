// The words of the database commands that begin with a column: `COLUMN[:KEY]` to read, `COLUMN[:KEY]=VALUE` to write and
// `COLUMN[:KEY] OPERATOR VALUE` to compare (ovs-vsctl(8), "Database Command Syntax"), read by the schema.
import { writtenValue } from "../ovsdb/edit/written-value.ts";
import type { Condition } from "../ovsdb/operations.ts";
import type { BaseType, ColumnType } from "../ovsdb/schema.ts";
import type { AtomValue, ColumnValue, GenericRow } from "../ovsdb/values.ts";
import { type Relation, relations } from "./datum-comparison.ts";
import { type DatumSource, parseAtom, parseDatum, tokenEnd } from "./datum-syntax.ts";
import { columnNamed, type NamedColumn, type NamedTable } from "./schema-names.ts";
import { InputError } from "./usage-error.ts";

/** A column, or what a map column has under a key. */
export interface ColumnArgument {
  readonly column: NamedColumn;
  /** Undefined: the whole column. */
  readonly key: AtomValue | undefined;
}

/** A column or a key of it, with the value that it is to get. */
export interface Assignment extends ColumnArgument {
  readonly value: ColumnValue;
}

/** What a row must be like. */
export interface RowCondition extends ColumnArgument {
  readonly relation: Relation;
  readonly value: ColumnValue;
}

/** Reads `COLUMN[:KEY]`. Throws `InputError` or `DatumSyntaxError`. */
export function parseColumn(table: NamedTable, text: string): ColumnArgument {
  const { column, key, source } = splitColumn(table, text);
  if (source.from < text.length) throw new InputError(text, `"${text}" isn't COLUMN or COLUMN:KEY`);
  return { column, key };
}

/** Reads `COLUMN[:KEY]=VALUE`. Throws `InputError` or `DatumSyntaxError`. */
export function parseAssignment(table: NamedTable, text: string): Assignment {
  const { column, key, source } = splitColumn(table, text);
  const value = sourceOfValue(source, "=");
  if (value === undefined) throw new InputError(text, `"${text}" isn't COLUMN=VALUE or COLUMN:KEY=VALUE`);
  if (key === undefined) return { column, key, value: parseDatum(column.type, value) };
  return { column, key, value: parseAtom(itemType(column, text), value) };
}

const operators: readonly Relation[] = Object.keys(relations)
  .toSorted((one, other) => other.length - one.length)
  .map((name) => name as Relation);

/** Reads `COLUMN[:KEY] OPERATOR VALUE`, written without blanks. Throws `InputError` or `DatumSyntaxError`. */
export function parseCondition(table: NamedTable, text: string): RowCondition {
  const { column, key, source } = splitColumn(table, text);
  const relation = operators.find((operator) => sourceOfValue(source, operator) !== undefined);
  const value = relation === undefined ? undefined : sourceOfValue(source, relation);
  if (relation === undefined || value === undefined) {
    const known = Object.keys(relations).join(" ");
    throw new InputError(text, `"${text}" isn't COLUMN or COLUMN:KEY, one of ${known}, and a value`);
  }
  const any = { min: 0, max: Number.POSITIVE_INFINITY } as const;
  const whole: ColumnType = relation.startsWith("{") ? { ...column.type, ...any } : column.type;
  const type = key === undefined ? whole : { key: itemType(column, text), ...any };
  return { column, key, relation, value: parseDatum(type, value) };
}

/** Whether a row is like that. With an operator that isn't one of sets, a row without the key never is. */
export function satisfies({ column, key, relation, value }: RowCondition, row: GenericRow): boolean {
  const have = row[column.name];
  if (key === undefined) return relations[relation](have, value);
  const item = valueAt(have, key);
  return (item !== undefined || relation.startsWith("{")) && relations[relation](item, value);
}

/** What a map has under a key. */
export function valueAt(value: ColumnValue, key: AtomValue): AtomValue | undefined {
  return value instanceof Map ? (value as ReadonlyMap<AtomValue, AtomValue>).get(key) : undefined;
}

/** The same for the server to choose rows by, where it can do so; {@link satisfies} decides all the same. */
export function serverConditions(conditions: readonly RowCondition[]): readonly Condition[] {
  return conditions.flatMap((condition): readonly Condition[] => {
    const { column, key, relation, value } = condition;
    const { name, type, path } = column;
    const real = type.key.type === "real" || type.value?.type === "real";
    if (relation !== "=" || real) return [];
    if (key === undefined) return [[name, "==", writtenValue(type, value, path)]];
    const [item, ...more] = Array.isArray(value) ? (value as readonly AtomValue[]) : [];
    if (item === undefined || more.length > 0) return [];
    return [[name, "includes", writtenValue(type, new Map([[key, item]]), path)]];
  });
}

interface Split extends ColumnArgument {
  /** The rest begins here. */
  readonly source: DatumSource;
}

function splitColumn(table: NamedTable, text: string): Split {
  const end = tokenEnd({ path: table.name, text }, 0);
  if (end === 0) throw new InputError(text, `"${text}" begins with no column`);
  const column = columnNamed(table, text.slice(0, end));
  const { path } = column;
  if (text[end] !== ":") return { column, key: undefined, source: { path, text, from: end } };
  const keyEnd = tokenEnd({ path, text }, end + 1);
  itemType(column, text);
  const key = parseAtom(column.type.key, { path, text: text.slice(0, keyEnd), from: end + 1 });
  return { column, key, source: { path, text, from: keyEnd } };
}

/** The type of the values of a map. Throws `InputError` for a column that is none. */
function itemType({ path, type }: NamedColumn, text: string): BaseType {
  if (type.value === undefined) throw new InputError(text, `${path} is no map, so that it has no keys`);
  return type.value;
}

/** Where the value behind the operator begins; undefined if there is another operator or no value. */
function sourceOfValue(source: DatumSource, operator: string): DatumSource | undefined {
  const from = source.from + operator.length;
  return source.text.startsWith(operator, source.from) && from < source.text.length
    ? { ...source, from }
    : undefined;
}
