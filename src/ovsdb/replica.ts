// A live copy of chosen tables and columns. Every update is worked out whole before any of it is seen, then seen at
// once, then told in one event; a reconnect is told as the difference it made, not as everything going and coming.
import { EventEmitter } from "node:events";
import type { WaitOptions } from "../transport/deadline.ts";
import type { RowConditions } from "./conditions.ts";
import type { OvsdbConnection } from "./connection.ts";
import { OvsdbDecodeError, SelectionError } from "./errors.ts";
import type { ConditionOn, GenericTables } from "./model.ts";
import type { Monitor, MonitorPlan } from "./monitor.ts";
import type { MonitorUpdate, RowUpdate } from "./monitor-protocol.ts";
import type { Condition } from "./operations.ts";
import { type ReplicaTable, TableStore } from "./replica-table.ts";
import { type RowCodec, rowCodec } from "./row.ts";
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
export interface Replica<Tables> extends EventEmitter<ReplicaEvents<Tables>>, AsyncDisposable {
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
  /** Stops following. Idempotent. */
  close(): Promise<void>;
}

/** Row conditions by table. */
export type ConditionsOf<Tables> = {
  readonly [Table in keyof Tables]?: readonly ConditionOn<Tables[Table]>[] | undefined;
};

interface Change {
  readonly store: TableStore;
  readonly uuid: string;
  readonly old: GenericRow | undefined;
  readonly now: GenericRow | undefined;
}

type Columns = readonly string[] | "all";

interface TableChoice {
  readonly columns: Columns;
  readonly where?: readonly Condition[] | undefined;
}

/** Tables, columns and rows by name. */
export type Choice = Readonly<Record<string, Columns | TableChoice | undefined>>;

function tableChoices(choice: Choice): (readonly [string, TableChoice])[] {
  return Object.entries(choice).flatMap(([table, chosen]) => {
    if (chosen === undefined) return [];
    const columnsOnly = typeof chosen === "string" || Array.isArray(chosen);
    return [[table, columnsOnly ? { columns: chosen as Columns } : (chosen as TableChoice)] as const];
  });
}

/** The replica of a client: a monitor's rows. */
export class LiveReplica
  extends EventEmitter<ReplicaEvents<GenericTables>>
  implements Replica<GenericTables>
{
  readonly database: string;
  /** Which rows were chosen at the start. */
  readonly conditions: RowConditions;
  readonly #columns: ReadonlyMap<string, Columns>;
  readonly #stores: ReadonlyMap<string, TableStore>;
  #codecs: ReadonlyMap<string, RowCodec> = new Map();
  #schemaVersion: string | undefined;
  #monitor: Monitor | undefined;
  #started = false;

  constructor(database: string, choice: Choice) {
    super();
    this.database = database;
    const chosen = tableChoices(choice);
    this.#columns = new Map(chosen.map(([table, { columns }]) => [table, columns]));
    this.conditions = Object.fromEntries(chosen.map(([table, { where }]) => [table, where]));
    this.#stores = new Map(chosen.map(([name]) => [name, new TableStore(name)]));
  }

  get synced(): boolean {
    return this.#monitor?.synced === true;
  }

  table(name: string): ReplicaTable<GenericRow> {
    const store = this.#stores.get(name);
    if (store === undefined) throw new SelectionError(this.database, name);
    return store as ReplicaTable<GenericRow>;
  }

  async where(conditions: RowConditions, options?: WaitOptions): Promise<void> {
    const missing = Object.keys(conditions).find((table) => !this.#stores.has(table));
    if (missing !== undefined) throw new SelectionError(this.database, missing);
    await this.#monitor?.where(conditions, options);
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
    const codecs = Array.from(
      this.#columns,
      ([table, columns]) => [table, rowCodec(schema, table, columns)] as const,
    );
    const version = `${schema.version} ${schema.cksum ?? ""}`;
    const resumable = version === this.#schemaVersion;
    this.#codecs = new Map(codecs);
    this.#schemaVersion = version;
    return { columns: new Map(codecs.map(([table, { columns }]) => [table, columns])), resumable };
  }

  /** Takes over a monitor that runs by {@link plan}. */
  follow(monitor: Monitor): void {
    this.#monitor = monitor;
    monitor.on("update", (update) => this.#take(update));
    monitor.on("stale", () => this.emit("stale"));
    monitor.on("refused", (reason) => this.emit("refused", reason));
    monitor.on("close", () => this.emit("close"));
    monitor.on("synced", () => {
      if (this.#started) this.emit("synced");
      this.#started = true;
    });
  }

  #take(update: MonitorUpdate): void {
    const changes = update.complete ? this.#difference(update) : this.#changes(update);
    for (const { store, uuid, now } of changes) store.write(uuid, now);
    if (!this.#started || changes.length === 0) return;
    // What comes before the monitor is in step again is the difference to what was known before.
    this.emit("change", changes.map(rowChange), { resync: this.#monitor?.synced !== true });
  }

  /** What an update of single rows changes. */
  #changes({ tables }: MonitorUpdate): Change[] {
    return [...tables].flatMap(([table, rows]) => {
      const [store, codec] = this.#partsOf(table);
      return Array.from(rows, ([uuid, update]) => {
        const old = store.get(uuid);
        return { store, uuid, old, now: applied(codec, uuid, old, update) };
      });
    });
  }

  /** What is different from the rows known so far, when all rows there are have come. */
  #difference({ tables }: MonitorUpdate): Change[] {
    return [...this.#stores.values()].flatMap((store) => {
      const [, codec] = this.#partsOf(store.name);
      const rows = tables.get(store.name) ?? new Map<string, RowUpdate>();
      const changes: Change[] = [];
      for (const [uuid, update] of rows) {
        const old = store.get(uuid);
        const now = applied(codec, uuid, undefined, update);
        if (old === undefined || now === undefined || !codec.equal(old, now)) {
          changes.push({ store, uuid, old, now });
        }
      }
      for (const uuid of store.uuids()) {
        if (!rows.has(uuid)) changes.push({ store, uuid, old: store.get(uuid), now: undefined });
      }
      return changes;
    });
  }

  #partsOf(table: string): readonly [TableStore, RowCodec] {
    const store = this.#stores.get(table);
    const codec = this.#codecs.get(table);
    if (store === undefined || codec === undefined) {
      throw new OvsdbDecodeError(table, "an update of a table that wasn't asked for");
    }
    return [store, codec];
  }
}

function applied(
  codec: RowCodec,
  uuid: string,
  old: GenericRow | undefined,
  update: RowUpdate,
): GenericRow | undefined {
  switch (update.type) {
    case "insert":
    case "replace":
      return codec.decode(uuid, update.row);
    case "modify":
      if (old === undefined) throw new OvsdbDecodeError(codec.table, `${uuid} was modified but never seen`);
      return codec.apply(old, update.difference);
    case "delete":
    default:
      if (old === undefined) throw new OvsdbDecodeError(codec.table, `${uuid} was deleted but never seen`);
      return undefined;
  }
}

function rowChange({ store, uuid, old, now }: Change): RowChange<GenericTables> {
  const table = store.name;
  if (old === undefined) return { table, uuid, type: "insert", new: now as GenericRow };
  return now === undefined
    ? { table, uuid, type: "delete", old }
    : { table, uuid, type: "modify", old, new: now };
}
