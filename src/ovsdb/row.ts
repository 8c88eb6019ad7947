// One codec per chosen table, made from the schema: rows as plain objects of one shape, complete with defaults, never
// changed once handed out, so that an event can carry the old one beside the new.
import { isDeepStrictEqual } from "node:util";
import type { JsonValue } from "../jsonrpc/json.ts";
import { type ColumnCodec, columnCodec } from "./column.ts";
import { OvsdbDecodeError, SelectionError } from "./errors.ts";
import type { Members } from "./members.ts";
import { changeLongSet, isPutOff } from "./put-off-set.ts";
import type { ColumnType, DatabaseSchema } from "./schema.ts";
import type { ColumnValue, GenericRow } from "./values.ts";

/** What every table has besides its own columns (RFC 7047, 3.2). */
const versionType: ColumnType = { key: { type: "uuid" }, min: 1, max: 1 };

/** A row that is being made. */
type Row = Record<string, ColumnValue> & { _uuid: string };

/** Makes rows of one table with certain columns. Every function throws `OvsdbDecodeError`. */
export class RowCodec {
  readonly table: string;
  /** The columns, without `_uuid`. */
  readonly columns: readonly string[];
  readonly #types: ReadonlyMap<string, ColumnType>;
  readonly #codecs: ReadonlyMap<string, ColumnCodec>;
  readonly #template: GenericRow;

  constructor(table: string, types: ReadonlyMap<string, ColumnType>) {
    this.table = table;
    this.columns = [...types.keys()];
    this.#types = types;
    this.#codecs = new Map(
      Array.from(types, ([column, type]) => [column, columnCodec(type, `${table}.${column}`)]),
    );
    const initial = Array.from(this.#codecs, ([column, { initial }]) => [column, initial] as const);
    this.#template = { _uuid: "", ...Object.fromEntries(initial) };
  }

  /** A new row; columns that aren't there have their defaults. */
  decode(uuid: string, wire: Members): GenericRow {
    const row: Row = { ...this.#template, _uuid: uuid };
    for (const column of Object.keys(wire)) {
      row[column] = this.#codec(column).decode(wire[column] as JsonValue);
    }
    return row;
  }

  /** The row after an update2's modify. */
  apply(old: GenericRow, difference: Members): GenericRow {
    const columns = Object.keys(difference);
    const row = columns.some((column) => isPutOff(old, column))
      ? this.#copyWithout(columns, old)
      : { ...old };
    for (const column of columns) {
      const codec = this.#codec(column);
      const change = difference[column] as JsonValue;
      const { elements } = codec;
      if (elements !== undefined && changeLongSet(row, old, column, () => elements(change))) continue;
      row[column] = codec.apply(old[column], change);
    }
    return row;
  }

  /** Whether the rows that another makes have the same columns of the same types. */
  isLike(other: RowCodec | undefined): boolean {
    return other === this || (other !== undefined && isDeepStrictEqual(this.#types, other.#types));
  }

  /** Whether two rows of a codec like this one have the same values. */
  equal(one: GenericRow, other: GenericRow): boolean {
    for (const [column, codec] of this.#codecs) {
      if (!codec.equal(one[column], other[column])) return false;
    }
    return true;
  }

  /** A copy for which these columns weren't looked at. */
  #copyWithout(columns: readonly string[], old: GenericRow): Row {
    const row: Row = { ...this.#template, _uuid: old._uuid };
    for (const column of this.columns) {
      if (!columns.includes(column)) row[column] = old[column];
    }
    return row;
  }

  #codec(column: string): ColumnCodec {
    const codec = this.#codecs.get(column);
    if (codec === undefined) throw new OvsdbDecodeError(`${this.table}.${column}`, "not asked for");
    return codec;
  }
}

/** The codec of a table's columns; `all` that the schema has. Throws `SelectionError` for what it hasn't. */
export function rowCodec(
  schema: DatabaseSchema,
  table: string,
  columns: readonly string[] | "all",
): RowCodec {
  const tableSchema = schema.tables.get(table);
  if (tableSchema === undefined) throw new SelectionError(schema.name, table);
  const chosen = columns === "all" ? [...tableSchema.columns.keys()] : columns;
  const types = chosen
    .filter((column) => column !== "_uuid")
    .map((column) => {
      const type = column === "_version" ? versionType : tableSchema.columns.get(column)?.type;
      if (type === undefined) throw new SelectionError(schema.name, table, column);
      return [column, type] as const;
    });
  return new RowCodec(table, new Map(types));
}
