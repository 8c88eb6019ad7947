// A table of a replica: what readers see of it, and the store behind that the replica writes to.
import { SelectionError } from "./errors.ts";
import type { ColumnOf } from "./model.ts";
import { type ElementOf, joinKey, type ReplicaIndex, RowIndex } from "./replica-index.ts";
import { OrderedRows, type ReplicaRange } from "./replica-range.ts";
import { type ReferencePlace, referencesIn } from "./replica-reference.ts";
import type { RowCodec } from "./row.ts";
import type { AtomValue, ColumnValue, GenericRow } from "./values.ts";

/** A live table. Rows never change: a modified row is a new object in its place. Iterates over the rows in no certain order. */
export interface ReplicaTable<Row> extends Iterable<Row> {
  readonly name: string;
  /** How many rows. */
  readonly size: number;
  /** The row of this UUID, in small letters or capitals. */
  get(uuid: string): Row | undefined;
  /**
   * An index by one column, or by what a map column has under a key: `ports.index(["external_ids", "iface-id"])`. A set is looked up by
   * each of its elements: `bridges.index("ports").one(port._uuid)` is the port's bridge. An optional column without a value, and a map
   * without the key, are looked up as `undefined`. Made once, the same for the same column. Throws `SelectionError` for a column that
   * isn't chosen.
   */
  index<const Path extends ColumnPath<Row>>(column: Path): ReplicaIndex<[ElementOf<ValueAt<Row, Path>>], Row>;
  /** An index by several columns together, none of them a set or map. */
  index<const Paths extends readonly ColumnPath<Row>[]>(
    ...columns: Paths
  ): ReplicaIndex<{ [Index in keyof Paths]: ValueAt<Row, Paths[Index]> }, Row>;
  /** An index by what a function says, such as `(port) => port.external_ids.get("iface-id")`; `undefined` leaves the row out. Made anew by each call: keep it. */
  index<Key>(key: (row: Row) => Key): ReplicaIndex<[Exclude<Key, undefined>], Row>;
  /** The rows in the order of a column, or of what a map column has under a key; not of a set. Made once, the same for the same column. Throws as {@link index} does. */
  ordered<const Path extends ColumnPath<Row>>(
    column: Path,
  ): ReplicaRange<Exclude<ValueAt<Row, Path>, undefined>, Row>;
}

/** A column, or a map column with one of its keys. */
export type ColumnPath<Row> = ColumnOf<Row> | readonly [column: MapColumnOf<Row>, key: AtomValue];

type MapColumnOf<Row> = {
  [Column in ColumnOf<Row>]: Row[Column] extends ReadonlyMap<AtomValue, AtomValue> ? Column : never;
}[ColumnOf<Row>];

/** What a row has there. */
export type ValueAt<Row, Path> = Path extends keyof Row
  ? Row[Path]
  : Path extends readonly [infer Column extends keyof Row, unknown]
    ? Row[Column] extends ReadonlyMap<unknown, infer Value>
      ? Value | undefined
      : never
    : never;

type GenericPath = string | readonly [column: string, key: AtomValue];

/** What somebody else's function threw. */
export interface Fault {
  readonly reason: unknown;
}

/** A table's rows and their indexes. */
export class TableStore implements ReplicaTable<GenericRow> {
  readonly name: string;
  readonly #database: string;
  /** What the rows were read by. */
  codec: RowCodec | undefined;
  readonly #rows: Map<string, GenericRow> = new Map();
  readonly #made: Map<string, RowIndex | OrderedRows> = new Map();
  readonly #followers: (RowIndex | OrderedRows)[] = [];

  constructor(name: string, database: string) {
    this.name = name;
    this.#database = database;
  }

  get size(): number {
    return this.#rows.size;
  }

  get(uuid: string): GenericRow | undefined {
    return this.#rows.get(uuid) ?? this.#rows.get(uuid.toLowerCase());
  }

  [Symbol.iterator](): IterableIterator<GenericRow> {
    return this.#rows.values();
  }

  index(
    ...by: readonly (GenericPath | ((row: GenericRow) => unknown))[]
  ): ReplicaIndex<readonly unknown[], GenericRow> {
    const [first] = by;
    if (typeof first !== "function") {
      const paths = by as readonly GenericPath[];
      return this.#once(this.#named("index", paths), () => this.#newIndex(keysOf(paths)));
    }
    return this.#follow(
      this.#newIndex((row) => {
        const key = first(row);
        return key === undefined ? [] : [key];
      }),
    );
  }

  ordered(path: GenericPath): ReplicaRange<never, GenericRow> {
    const keyOf = (row: GenericRow): AtomValue | undefined => {
      const value = valueAt(row, path);
      return typeof value === "object" ? undefined : value;
    };
    const make = (): OrderedRows => new OrderedRows((uuid) => this.#rows.get(uuid), keyOf);
    return this.#once(this.#named("ordered", [path]), make);
  }

  /** An index by the references in a column. */
  referring(column: string, place: ReferencePlace): ReplicaIndex<readonly unknown[], GenericRow> {
    const keys = (row: GenericRow): readonly unknown[] => referencesIn(row[column], place);
    return this.#once(`referring ${column}`, () => this.#newIndex(keys));
  }

  /** The UUIDs of all rows. */
  uuids(): IterableIterator<string> {
    return this.#rows.keys();
  }

  /** Puts a row in or, when `row` is undefined, takes it out. Gives what an index's function threw; the others have the row. */
  write(uuid: string, row: GenericRow | undefined): Fault | undefined {
    const old = this.#rows.get(uuid);
    if (row === undefined) this.#rows.delete(uuid);
    else this.#rows.set(uuid, row);
    let fault: Fault | undefined;
    for (const follower of this.#followers) {
      try {
        follower.update(uuid, old, row);
      } catch (reason) {
        fault ??= { reason };
      }
    }
    return fault;
  }

  /** A name for what is made of these columns, another for each of them. */
  #named(kind: string, paths: readonly GenericPath[]): string {
    const parts = paths.map((path) => {
      const [column, ...keys] = typeof path === "string" ? [path] : path;
      const chosen = column === "_uuid" || this.codec?.columns.includes(column) !== false;
      if (!chosen) throw new SelectionError(this.#database, this.name, column);
      return [column, ...keys.map((key) => [typeof key, String(key)])];
    });
    return `${kind} ${JSON.stringify(parts)}`;
  }

  #newIndex(keys: (row: GenericRow) => readonly unknown[]): RowIndex {
    return new RowIndex((uuid) => this.#rows.get(uuid), keys, joinKey);
  }

  #once<Follower extends RowIndex | OrderedRows>(name: string, make: () => Follower): Follower {
    const made = this.#made.get(name);
    // The name says which kind it is.
    if (made !== undefined) return made as Follower;
    const follower = this.#follow(make());
    this.#made.set(name, follower);
    return follower;
  }

  #follow<Follower extends RowIndex | OrderedRows>(follower: Follower): Follower {
    for (const [uuid, row] of this.#rows) follower.update(uuid, undefined, row);
    this.#followers.push(follower);
    return follower;
  }
}

function valueAt(row: GenericRow, path: GenericPath): ColumnValue {
  if (typeof path === "string") return row[path];
  const map = row[path[0]];
  return map instanceof Map ? (map as ReadonlyMap<AtomValue, AtomValue>).get(path[1]) : undefined;
}

function keysOf(paths: readonly GenericPath[]): (row: GenericRow) => readonly unknown[] {
  const [path] = paths;
  if (path === undefined || paths.length > 1) {
    return (row) => [joinKey(paths.map((one) => valueAt(row, one)))];
  }
  return (row) => {
    const value = valueAt(row, path);
    return Array.isArray(value) ? (value as readonly unknown[]) : [value];
  };
}
