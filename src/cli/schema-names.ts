// Tables and columns as people name them: in any case, with - for _, and by any beginning that only one of them has. A
// name that fits none comes with the one that was meant.
import type { ColumnType, DatabaseSchema, TableSchema } from "../ovsdb/schema.ts";
import { nearest } from "./suggestion.ts";
import { InputError } from "./usage-error.ts";

/** A table and what it is called in full. */
export interface NamedTable {
  readonly name: string;
  readonly schema: TableSchema;
}

/** A column and what it is called in full. */
export interface NamedColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Such as `Port.tag`. */
  readonly path: string;
  /** Whether it can be written after the row was made. */
  readonly mutable: boolean;
}

/** What every table has besides its own columns (RFC 7047, 3.2). */
const ownType: ColumnType = { key: { type: "uuid" }, min: 1, max: 1 };
const ownColumns: readonly string[] = ["_uuid", "_version"];

/** The table of this name. Throws `InputError`. */
export function tableNamed({ name, tables }: DatabaseSchema, word: string): NamedTable {
  const full = fullName(word, [...tables.keys()], { one: `${name} has no table`, many: "tables" });
  const schema = tables.get(full);
  if (schema === undefined) throw new InputError(word, `${name} has no table "${word}"`);
  return { name: full, schema };
}

/** The table's column of this name, `_uuid` and `_version` in full too. Throws `InputError`. */
export function columnNamed(table: NamedTable, word: string): NamedColumn {
  const { columns } = table.schema;
  const own = ownColumns.find((name) => name === folded(word));
  if (own !== undefined) return ownColumn(table.name, own);
  const full = fullName(word, [...columns.keys()], { one: `${table.name} has no column`, many: "columns" });
  const column = columns.get(full);
  if (column === undefined) throw new InputError(word, `${table.name} has no column "${word}"`);
  return { name: full, type: column.type, path: `${table.name}.${full}`, mutable: column.mutable };
}

/** The column that every table has. */
export function uuidColumn(table: string): NamedColumn {
  return ownColumn(table, "_uuid");
}

function ownColumn(table: string, name: string): NamedColumn {
  return { name, type: ownType, path: `${table}.${name}`, mutable: false };
}

/** `_uuid` and the table's own columns in the order of the alphabet. */
export function allColumns(table: NamedTable): readonly NamedColumn[] {
  const names = [...table.schema.columns.keys()].toSorted();
  return ["_uuid", ...names].map((name) => columnNamed(table, name));
}

function fullName(
  word: string,
  known: readonly string[],
  { one, many }: { readonly one: string; readonly many: string },
): string {
  const wanted = folded(word);
  const equal = known.find((name) => name === word) ?? known.find((name) => folded(name) === wanted);
  if (equal !== undefined) return equal;
  const begun = wanted === "" ? [] : known.filter((name) => folded(name).startsWith(wanted));
  const [only] = begun;
  if (only !== undefined && begun.length === 1) return only;
  if (only !== undefined) {
    throw new InputError(word, `several ${many} begin with "${word}": ${begun.toSorted().join(", ")}`);
  }
  const guess = nearest(wanted, known.map(folded));
  const meant = known.find((name) => folded(name) === guess);
  const hint = meant === undefined ? `there are ${known.toSorted().join(", ")}` : `did you mean "${meant}"?`;
  throw new InputError(word, `${one} "${word}"; ${hint}`);
}

function folded(name: string): string {
  return name.toLowerCase().replaceAll("-", "_");
}
