// A transaction written as reading and changing rows, not as operations: the rows that were looked at become guards, so
// that it is committed only on what it was thought out on.
import { randomUUID } from "node:crypto";
import { OvskitError } from "../../errors.ts";
import { SelectionError } from "../errors.ts";
import type { ColumnOf } from "../model.ts";
import type { Operation } from "../operations.ts";
import type { DatabaseSchema } from "../schema.ts";
import type { GenericRow, Integer } from "../values.ts";
import { type EditedTable, RowEdit } from "./edited-row.ts";
import type { Identified, Written, WrittenValue } from "./written-value.ts";

type SetColumnOf<Row> = {
  [Column in ColumnOf<Row>]: Row[Column] extends readonly unknown[] ? Column : never;
}[ColumnOf<Row>];

type MapColumnOf<Row> = {
  [Column in ColumnOf<Row>]: Row[Column] extends ReadonlyMap<unknown, unknown> ? Column : never;
}[ColumnOf<Row>];

type NumberColumnOf<Row> = {
  [Column in ColumnOf<Row>]: string extends keyof Row
    ? Column
    : NonNullable<Row[Column]> extends Integer
      ? Column
      : never;
}[ColumnOf<Row>];

type ElementsOf<Value> = Written<Value> extends readonly (infer Element)[] ? readonly Element[] : never;
type KeyOf<Value> = Written<Value> extends ReadonlyMap<infer Key, unknown> ? Key : never;
type ItemOf<Value> = Written<Value> extends ReadonlyMap<unknown, infer Item> ? Item : never;

/**
 * A row in an {@link Edit}. `Shown` has the columns that the replica shows, `Row` all that the table has. Where a column holds references,
 * rows may stand for their UUIDs. Everything throws `SelectionError` for a column that isn't there and `ValueError` for a value
 * that can't be written there; nothing is sent before the whole edit is.
 */
export interface EditedRow<Shown, Row = Shown> extends Identified {
  /**
   * What the row has there, with what this edit has done to it so far. If what the replica shows there is something else at the commit,
   * the edit is begun anew. Not of a row that this edit inserts, nor of a real.
   */
  get<Column extends ColumnOf<Shown>>(column: Column): Shown[Column];
  /**
   * Writes a column, whatever this edit did to it before. A set or map is brought to this value element by element, from what the
   * replica shows, which counts as read.
   */
  set<Column extends ColumnOf<Row>>(column: Column, value: Written<Row[Column]>): this;
  /** Puts elements into a set. */
  add<Column extends SetColumnOf<Row>>(column: Column, ...elements: ElementsOf<Row[Column]>): this;
  /** Takes elements out of a set. */
  take<Column extends SetColumnOf<Row>>(column: Column, ...elements: ElementsOf<Row[Column]>): this;
  /** Gives a key of a map this value. In a map that has room for one key, it takes the place of any other. */
  put<Column extends MapColumnOf<Row>>(
    column: Column,
    key: KeyOf<Row[Column]>,
    value: ItemOf<Row[Column]>,
  ): this;
  /** Takes keys out of a map. */
  drop<Column extends MapColumnOf<Row>>(column: Column, ...keys: readonly KeyOf<Row[Column]>[]): this;
  /**
   * Adds to a number, 1 when left out, whatever it is at the commit: unlike a `set` of what was read and 1, it doesn't conflict. Where it
   * is all that would tell whether an edit with `retry` was done, the number counts as read.
   */
  increase(column: NumberColumnOf<Row>, by?: Integer): this;
  /** Removes the row. A row of a table that isn't root goes by itself when nothing refers to it. */
  remove(): void;
}

/** The columns of a new row; those left out have their defaults. */
export type NewRow<Row> = { readonly [Column in ColumnOf<Row>]?: Written<Row[Column]> };

/** Changes to be committed together, on what was read. `Tables` are those of the replica, `All` those of the database. */
export interface Edit<Tables, All = Tables> {
  /** A row of the replica, to be read and changed. The same each time. Throws `RowGoneError` when it isn't there. */
  row<Table extends keyof Tables & keyof All & string>(
    table: Table,
    row: Identified | string,
  ): EditedRow<Tables[Table], All[Table]>;
  /** A new row, with a UUID of our choice. One of a table that isn't root must be referred to. */
  insert<Table extends keyof All & string>(
    table: Table,
    values: NewRow<All[Table]>,
  ): EditedRow<Identified, All[Table]>;
  /** Whether there is anything to be committed so far. */
  readonly changed: boolean;
  /** Commits only while this client has the lock. */
  assert(lock: string): void;
  /** Leaves a text in the database's log. */
  comment(text: string): void;
}

/** A row that was to be edited isn't in the replica, or not any more: `ERR_OVSDB_ROW_GONE`. */
export class RowGoneError extends OvskitError {
  readonly table: string;
  readonly uuid: string;

  constructor(table: string, uuid: string) {
    super("ERR_OVSDB_ROW_GONE", `${table} has no row ${uuid}`);
    this.table = table;
    this.uuid = uuid;
  }
}

/** An edit as it is collected. */
export class EditCollector {
  readonly #schema: DatabaseSchema;
  readonly #shown: (table: string, id: string) => GenericRow | undefined;
  readonly #rows: Map<string, RowEdit> = new Map();
  readonly #others: Operation[] = [];

  constructor(schema: DatabaseSchema, shown: (table: string, id: string) => GenericRow | undefined) {
    this.#schema = schema;
    this.#shown = shown;
  }

  row(table: string, row: Identified | string): RowEdit {
    const id = (typeof row === "string" ? row : row._uuid).toLowerCase();
    const known = this.#rows.get(`${table} ${id}`);
    if (known !== undefined) return known;
    const shown = this.#shown(table, id);
    if (shown === undefined) throw new RowGoneError(table, id);
    return this.#edit(table, id, shown);
  }

  insert(table: string, values: Readonly<Record<string, WrittenValue>>): RowEdit {
    const row = this.#edit(table, randomUUID(), undefined);
    for (const [column, value] of Object.entries(values)) {
      if (value !== undefined) row.set(column, value);
    }
    return row;
  }

  get changed(): boolean {
    return this.operations().length > 0;
  }

  assert(lock: string): void {
    this.#others.push({ op: "assert", lock });
  }

  comment(comment: string): void {
    this.#others.push({ op: "comment", comment });
  }

  /**
   * Sees to it that the operations show, when they are sent again, that they were done: by a row that is inserted, else by a guard that
   * they break themselves, for which what they write counts as read.
   */
  makeRepeatable(): void {
    const rows = [...this.#rows.values()];
    const removes = rows.some((row) => row.removed);
    if (!removes && rows.some((row) => row.isNew)) return;
    if (!rows.some((row) => row.breaksGuards)) for (const row of rows) row.readWritten();
  }

  /** What must still be so, all to be put before {@link operations}; what these break comes first. */
  guards(): Operation[] {
    const rows = [...this.#rows.values()];
    const broken = rows.filter((row) => row.breaksGuards);
    const others = rows.filter((row) => !row.breaksGuards);
    return [...broken, ...others].flatMap((row) => row.guards());
  }

  /** What is to be done; nothing when the edit changes nothing. */
  operations(): Operation[] {
    const changes = [...this.#rows.values()].flatMap((row) => row.operations());
    return changes.length === 0 ? [] : [...this.#others, ...changes];
  }

  #edit(table: string, id: string, shown: GenericRow | undefined): RowEdit {
    const { name, tables } = this.#schema;
    const schema = tables.get(table);
    if (schema === undefined) throw new SelectionError(name, table);
    const at: EditedTable = { database: name, table, schema };
    const row = new RowEdit(at, id, shown);
    this.#rows.set(`${table} ${id}`, row);
    return row;
  }
}
