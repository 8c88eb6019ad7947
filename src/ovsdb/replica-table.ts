// A table of a replica: what readers see of it, and the store behind that the replica writes to.
import type { ColumnOf } from "./model.ts";
import { type ElementOf, joinKey, type ReplicaIndex, RowIndex } from "./replica-index.ts";
import type { ColumnValue, GenericRow } from "./values.ts";

/** A live table. Rows never change: a modified row is a new object in its place. Iterates over the rows in no certain order. */
export interface ReplicaTable<Row> extends Iterable<Row> {
  readonly name: string;
  /** How many rows. */
  readonly size: number;
  /** The row of this UUID. */
  get(uuid: string): Row | undefined;
  /**
   * An index by one column. A set is looked up by each of its elements: `bridges.index("ports").one(port._uuid)` is the port's
   * bridge. An optional column without a value is looked up as `undefined`. Made once, the same for the same column.
   */
  index<Column extends ColumnOf<Row>>(column: Column): ReplicaIndex<[ElementOf<Row[Column]>], Row>;
  /** An index by several columns together, none of them a set or map. */
  index<const Columns extends readonly ColumnOf<Row>[]>(
    ...columns: Columns
  ): ReplicaIndex<{ [Index in keyof Columns]: Row[Columns[Index] & keyof Row] }, Row>;
  /** An index by what a function says, such as `(port) => port.external_ids.get("iface-id")`; `undefined` leaves the row out. Made anew by each call: keep it. */
  index<Key>(key: (row: Row) => Key): ReplicaIndex<[Exclude<Key, undefined>], Row>;
}

/** A table's rows and their indexes. */
export class TableStore implements ReplicaTable<GenericRow> {
  readonly name: string;
  readonly #rows: Map<string, GenericRow> = new Map();
  readonly #byColumns: Map<string, RowIndex> = new Map();
  readonly #indexes: RowIndex[] = [];

  constructor(name: string) {
    this.name = name;
  }

  get size(): number {
    return this.#rows.size;
  }

  get(uuid: string): GenericRow | undefined {
    return this.#rows.get(uuid);
  }

  [Symbol.iterator](): IterableIterator<GenericRow> {
    return this.#rows.values();
  }

  index(
    ...by: readonly (string | ((row: GenericRow) => unknown))[]
  ): ReplicaIndex<readonly unknown[], GenericRow> {
    const [first] = by;
    if (typeof first === "function") {
      return this.#build((row) => {
        const key = first(row);
        return key === undefined ? [] : [key];
      });
    }
    const columns = by as readonly string[];
    const name = columns.join(" ");
    let index = this.#byColumns.get(name);
    if (index === undefined) {
      index = this.#build(keysOfColumns(columns));
      this.#byColumns.set(name, index);
    }
    return index;
  }

  /** The UUIDs of all rows. */
  uuids(): IterableIterator<string> {
    return this.#rows.keys();
  }

  /** Puts a row in or, when `row` is undefined, takes it out. */
  write(uuid: string, row: GenericRow | undefined): void {
    const old = this.#rows.get(uuid);
    if (row === undefined) this.#rows.delete(uuid);
    else this.#rows.set(uuid, row);
    for (const index of this.#indexes) index.update(uuid, old, row);
  }

  #build(keysOf: (row: GenericRow) => readonly unknown[]): RowIndex {
    const index = new RowIndex((uuid) => this.#rows.get(uuid), keysOf, joinKey);
    for (const [uuid, row] of this.#rows) index.update(uuid, undefined, row);
    this.#indexes.push(index);
    return index;
  }
}

function keysOfColumns(columns: readonly string[]): (row: GenericRow) => readonly unknown[] {
  const [column] = columns;
  if (column === undefined || columns.length > 1) {
    return (row) => [joinKey(columns.map((name) => row[name]))];
  }
  return (row) => {
    const value: ColumnValue = row[column];
    return Array.isArray(value) ? (value as readonly unknown[]) : [value];
  };
}
