// A live copy of chosen tables and columns. Every update is worked out whole before any of it is seen, then seen at
// once, then told in one event; a reconnect is told as the difference it made, not as everything going and coming.
import { EventEmitter } from "node:events";
import type { WaitOptions } from "../transport/deadline.ts";
import type { RowConditions } from "./conditions.ts";
import type { OvsdbConnection } from "./connection.ts";
import type { Edit, EditCollector } from "./edit/edit.ts";
import { type EditedReplica, type EditOptions, runEdit } from "./edit/editing.ts";
import { SelectionError } from "./errors.ts";
import type { ColumnOf, ConditionOn, DatabaseModel, GenericTables, Selected, Selection } from "./model.ts";
import type { Monitor, MonitorPlan, Planner } from "./monitor.ts";
import type { MonitorMessage } from "./monitor-protocol.ts";
import {
  type Choice,
  codecsOf,
  columnsOf,
  conditionsOf,
  referencePlace,
  sameSchema,
  storesOf,
  type TableChoices,
  tableChoices,
} from "./replica-choice.ts";
import { type Reference, reference } from "./replica-reference.ts";
import { type Fault, type ReplicaTable, TableStore } from "./replica-table.ts";
import { type Change, changesOf, doInSlices, type TablePlace } from "./replica-update.ts";
import type { RowCodec } from "./row.ts";
import type { DatabaseSchema } from "./schema.ts";
import type { GenericRow } from "./values.ts";

/** What happened to one row of `Tables`. */
export type RowChange<Tables> = {
  readonly [Table in keyof Tables & string]: RowChangeIn<Table, Tables[Table]>;
}[keyof Tables & string];

/** What happened to one row of one table. */
export type RowChangeIn<Table, Row> = { readonly table: Table; readonly uuid: string } & (
  | { readonly type: "insert"; readonly old?: undefined; readonly new: Row }
  | { readonly type: "modify"; readonly old: Row; readonly new: Row }
  | { readonly type: "delete"; readonly old: Row; readonly new?: undefined }
);

/** How a change came about. */
export interface ChangeContext {
  /** True when this is the difference that a reconnect showed, of any number of commits. */
  readonly resync: boolean;
}

/** Events of {@link Replica}. */
export interface ReplicaEvents<Tables> {
  /** Rows have changed; the tables already show it. Once for each update, which is a commit or, when we are slow, several merged. */
  change: [changes: readonly RowChange<Tables>[], context: ChangeContext];
  /** The connection was lost: the rows stay as they were last known. */
  stale: [];
  /** After a reconnect the rows are up to date again; comes after the change event of the difference. */
  synced: [];
  /** After a reconnect the server no longer has the database, a table or a column. Tried again when it is there, or on the next connection. */
  refused: [reason: Error];
  /** Closed, or the client was. The rows stay as they were last known. */
  close: [];
}

/** A live copy of some tables and columns of a database, made by `OvsdbClient.replica`. */
export interface Replica<Tables, References = unknown, All = Tables>
  extends EventEmitter<ReplicaEvents<Tables>>,
    AsyncDisposable {
  readonly database: string;
  /** Whether the rows are as the server last told on a connection that is up. */
  readonly synced: boolean;
  /** A table that was chosen. Throws `SelectionError` for any other. */
  table<Table extends keyof Tables & string>(name: Table): ReplicaTable<Tables[Table]>;
  /**
   * Chooses other rows while it runs: of each table named those for which any condition holds, all when they are undefined, none when
   * there are none. Resolves when the tables show it; rows that come and go by it are in an ordinary `change`. Rejects with
   * `SelectionError` for a table that wasn't chosen, and as {@link Monitor.where} does.
   */
  where(conditions: ConditionsOf<Tables>, options?: WaitOptions): Promise<void>;
  /**
   * The references in a column, to be followed both ways: `replica.reference("Bridge", "ports")`. Throws `SelectionError` when the
   * column, or the table that it leads to, wasn't chosen, or when it holds no references.
   */
  reference<
    Table extends keyof Tables & string,
    Column extends ReferringColumn<Tables[Table], References, Table>,
  >(table: Table, column: Column): Reference<Tables[Table], ReferredRow<Tables, References, Table, Column>>;
  /**
   * Chooses other tables, columns and rows while it runs, instead of all that were chosen before. It is the same replica, with other
   * types; what is different is told in a `change` with `resync`, but of a table no longer chosen, whose rows go without a word.
   * It waits for those that were called before; a `where` called after it is of what it chooses, one called before it is overruled.
   * Rejects with `SelectionError`, `OvsdbRequestError` or `ConnectionClosedError` (not connected); then all is as it was before.
   */
  reselect<const Chosen extends Selection<All>>(
    selection: Chosen,
    options?: WaitOptions,
  ): Promise<Replica<Selected<All, Chosen>, References, All>>;
  /**
   * Reads rows and changes them in one transaction, and gives what `body` returns. What `body` read through the edit must still be so at
   * the commit: otherwise `body` is run again, on what the rows are now, so it should have no effects of its own. Sets and maps are
   * changed element by element. When it resolves, the replica shows the changes.
   *
   * Rejects with what `body` throws, `EditConflictError` (others were quicker every time), and as `OvsdbClient.transact` does.
   */
  edit<T>(body: (edit: Edit<Tables, All>) => T | Promise<T>, options?: EditOptions): Promise<T>;
  /** Stops following. Idempotent. */
  close(): Promise<void>;
}

/** What `client.replica(model, selection)` gives: for those who keep one in a field. */
export type ReplicaOf<Model, Chosen> =
  Model extends DatabaseModel<infer Tables, infer References>
    ? Replica<Selected<Tables, Chosen>, References, Tables>
    : never;

/** The columns of a table that hold references; without a model any might. */
export type ReferringColumn<Row, References, Table> = unknown extends References
  ? ColumnOf<Row>
  : ColumnOf<Row> & (Table extends keyof References ? keyof References[Table] : never);

/** The row that a column refers to. */
export type ReferredRow<Tables, References, Table, Column> = Table extends keyof References
  ? Column extends keyof References[Table]
    ? References[Table][Column] extends keyof Tables
      ? Tables[References[Table][Column]]
      : never
    : never
  : GenericRow;

/** Row conditions by table. */
export type ConditionsOf<Tables> = {
  readonly [Table in keyof Tables]?: readonly ConditionOn<Tables[Table]>[] | undefined;
};

/** Runs a transaction on the replica's database. */
export type Commit = EditedReplica["transact"];

/** What is chosen, and what it takes to read it once the schema is known. */
interface Chosen {
  readonly choices: TableChoices;
  readonly stores: ReadonlyMap<string, TableStore>;
}

/** The replica of a client: a monitor's rows, of whatever types. What a caller gets of it is a {@link Replica}. */
export class LiveReplica extends EventEmitter<ReplicaEvents<GenericTables>> {
  readonly database: string;
  #chosen: Chosen;
  #schema: DatabaseSchema | undefined;
  #codecs: ReadonlyMap<string, RowCodec> = new Map();
  #monitor: Monitor | undefined;
  #commit: Commit | undefined;
  #changeCount = 0;
  #started = false;
  #closed = false;

  /** `commit` runs transactions on the database; without it nothing can be edited. */
  constructor(database: string, choice: Choice, commit?: Commit) {
    super();
    this.database = database;
    this.#commit = commit;
    const choices = tableChoices(choice);
    this.#chosen = { choices, stores: storesOf(choices, new Map(), database) };
  }

  get synced(): boolean {
    return this.#monitor?.synced === true;
  }

  /** Which rows were chosen, to begin with. */
  get conditions(): RowConditions {
    return conditionsOf(this.#chosen.choices);
  }

  table(name: string): ReplicaTable<GenericRow> {
    return this.#store(name) as ReplicaTable<GenericRow>;
  }

  reference(table: string, column: string): Reference<GenericRow, GenericRow> {
    const from = this.#store(table);
    const type = this.#schema?.tables.get(table)?.columns.get(column)?.type;
    const place = type === undefined ? undefined : referencePlace(type);
    const shown = this.#codecs.get(table)?.columns.includes(column) === true;
    if (place === undefined || !shown) throw new SelectionError(this.database, table, column);
    return reference(column, place, this.table(place.table), from.referring(column, place));
  }

  async where(conditions: RowConditions, options?: WaitOptions): Promise<void> {
    const chosen = (): RowConditions => {
      for (const table of Object.keys(conditions)) this.#store(table);
      return conditions;
    };
    await this.#monitor?.choose(chosen, options);
  }

  async reselect(choice: Choice, options?: WaitOptions): Promise<this> {
    const choices = tableChoices(choice);
    const planner: Planner = async (connection, wait) => {
      const before = this.#chosen;
      const next = { choices, stores: storesOf(choices, before.stores, this.database) };
      const schema = await connection.schema(this.database, wait);
      const codecs = codecsOf(schema, choices);
      const use = (chosen: Chosen, by: ReadonlyMap<string, RowCodec>) => (): void => {
        this.#chosen = chosen;
        this.#codecs = by;
      };
      const [begin, revert] = [use(next, codecs), use(before, this.#codecs)];
      return { columns: columnsOf(codecs), resumable: false, begin, revert };
    };
    await this.#monitor?.restart(planner, conditionsOf(choices), options);
    return this;
  }

  edit<T>(body: (edit: EditCollector) => T | Promise<T>, options: EditOptions = {}): Promise<T> {
    const on: EditedReplica = {
      database: this.database,
      schema: () => (this.synced ? this.#schema : undefined),
      row: (table, id) => this.#store(table).get(id),
      closed: () => this.#closed,
      follow: (told) => {
        this.on("synced", told).on("close", told);
        return () => this.off("synced", told).off("close", told);
      },
      changes: () => this.#changeCount,
      transact: async (operations, wait) => this.#commit?.(operations, wait),
    };
    return runEdit(on, body, options);
  }

  async close(): Promise<void> {
    await this.#monitor?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** What to monitor, by the schema that the server has on this connection. */
  async plan(connection: OvsdbConnection, options?: WaitOptions): Promise<MonitorPlan> {
    const schema = await connection.schema(this.database, options);
    this.#codecs = codecsOf(schema, this.#chosen.choices);
    const resumable = this.#schema !== undefined && sameSchema(this.#schema, schema) && this.#areAsRead();
    this.#schema = schema;
    return { columns: columnsOf(this.#codecs), resumable };
  }

  /** Whether the rows were read as they would be now. */
  #areAsRead(): boolean {
    return [...this.#places().values()].every(({ store, codec }) => codec.isLike(store.codec));
  }

  /** Takes over a monitor that runs by {@link plan} and is taken by {@link take}. */
  follow(monitor: Monitor): void {
    this.#monitor = monitor;
    monitor.on("stale", () => this.emit("stale"));
    monitor.on("refused", (reason) => this.emit("refused", reason));
    monitor.on("close", () => {
      this.#closed = true;
      this.emit("close");
    });
    monitor.on("synced", () => {
      if (this.#started) this.emit("synced");
      this.#started = true;
    });
  }

  #store(table: string): TableStore {
    const store = this.#chosen.stores.get(table);
    if (store === undefined) throw new SelectionError(this.database, table);
    return store;
  }

  /** Shows what a message tells, all of it at once, and tells of it. */
  take(message: MonitorMessage, still: () => boolean): boolean | Promise<boolean> {
    return doInSlices(changesOf(message, this.#places()), (changes) => this.#show(changes), still);
  }

  #show(changes: readonly Change[]): void {
    let fault: Fault | undefined;
    for (const { store, uuid, now } of changes) fault = store.write(uuid, now) ?? fault;
    for (const { store, codec } of this.#places().values()) store.codec = codec;
    this.#changeCount += 1;
    if (this.#started && changes.length > 0) {
      // What comes before the monitor is in step again is the difference to what was known before.
      this.emit("change", changes.map(rowChange), { resync: this.#monitor?.synced !== true });
    }
    // Not before all is seen and told: the next connection will find it known.
    if (fault !== undefined) throw fault.reason;
  }

  #places(): ReadonlyMap<string, TablePlace> {
    const places = [...this.#chosen.stores].flatMap(([table, store]) => {
      const codec = this.#codecs.get(table);
      return codec === undefined ? [] : [[table, { store, codec }] as const];
    });
    return new Map(places);
  }
}

function rowChange({ store, uuid, old, now }: Change): RowChange<GenericTables> {
  const table = store.name;
  if (old === undefined) return { table, uuid, type: "insert", new: now as GenericRow };
  return now === undefined
    ? { table, uuid, type: "delete", old }
    : { table, uuid, type: "modify", old, new: now };
}
