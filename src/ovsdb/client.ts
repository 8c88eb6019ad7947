// The client that stays: it keeps one connection up, and what is to outlive a connection, monitors, replicas and
// locks, is taken up again on the next. What is out when a connection ends is rejected, never repeated unasked.
import { EventEmitter } from "node:events";
import type { JsonValue } from "../jsonrpc/json.ts";
import type { WaitOptions } from "../transport/deadline.ts";
import type { UnfitServerError } from "./cluster.ts";
import type { OvsdbConnection } from "./connection.ts";
import type { OvsdbTargets } from "./endpoints.ts";
import { UnknownDatabaseError } from "./errors.ts";
import { Link, type OvsdbOptions } from "./link.ts";
import { type LockLoss, Locks } from "./locks.ts";
import { textAt } from "./members.ts";
import type { DatabaseModel, GenericTables, Selected, Selection } from "./model.ts";
import { Monitor, type MonitorOptions } from "./monitor.ts";
import { type MonitorTable, type MonitorUpdate, monitorNotification } from "./monitor-protocol.ts";
import type { Operation, OperationResult, ResultsOf } from "./operations.ts";
import { transactOnce } from "./repeated-transaction.ts";
import { LiveReplica, type Replica } from "./replica.ts";
import type { Choice } from "./replica-choice.ts";
import type { DatabaseSchema } from "./schema.ts";
import type { DatabaseStatus } from "./server-databases.ts";

/** Events of {@link OvsdbClient}. */
export interface OvsdbClientEvents {
  /** The server has answered on a new connection. Replicas come into step by themselves. Not for the first connection. */
  connected: [peer: string];
  /** The connection was lost, or one attempt to make it anew failed after it had been made. */
  disconnected: [reason: Error];
  /** A server wasn't taken, or was left, since it isn't fit (option `cluster`), why tells the class. The next one is tried. */
  unfit: [reason: UnfitServerError];
  /** A lock that was waited for is ours. */
  locked: [name: string];
  /** A lock that was ours isn't any more; after a reconnect it is asked for again. */
  lockLost: [name: string, reason: LockLoss];
  /** Closed for good. */
  close: [];
}

/**
 * Connects to a database server: `unix:PATH`, `tcp:HOST[:PORT]` or `ssl:HOST[:PORT]` (port 6640 by default); or to one of several, given as
 * an array or as one text with commas between them, and when it is lost to another. `ptcp:PORT[:HOST]`, `pssl:PORT[:HOST]` and `punix:PATH`
 * wait for a server that dials us; the first that answers is the connection, and others are turned away while it is up.
 *
 * Rejects with `TargetSyntaxError`, `ConnectError`, `ListenError`, `TlsError`, `TimeoutError` (also when something listens but never answers),
 * `OvsdbRequestError` (it answers, but it is no OVSDB server), `UnfitServerError` (option `cluster`) or the signal's reason; with
 * several endpoints with `NoServerError`, which has one of these for each.
 */
export async function connectOvsdb(targets: OvsdbTargets, options: OvsdbOptions = {}): Promise<OvsdbClient> {
  const client = new OvsdbClient(targets, options);
  try {
    await client.start();
    return client;
  } catch (error) {
    await client.close();
    throw error;
  }
}

/** A client of a database server. Made by {@link connectOvsdb}. While no connection is up, requests reject with `ConnectionClosedError`. */
export class OvsdbClient extends EventEmitter<OvsdbClientEvents> {
  readonly #link: Link;
  readonly #monitors: Map<string, Monitor> = new Map();
  readonly #locks: Locks = new Locks({
    locked: (name) => this.emit("locked", name),
    lost: (name, reason) => this.emit("lockLost", name, reason),
  });
  #nextMonitor = 0;
  /** How often the server has told that databases came or went. */
  #renewals = 0;
  #started = false;

  /** @internal Use {@link connectOvsdb}. */
  constructor(targets: OvsdbTargets, options: OvsdbOptions) {
    super();
    this.#link = new Link(targets, options);
    this.#link.on("notification", (method, params) => this.#notified(method, params));
    this.#link.on("renewed", (databases) => this.#revive(databases));
    this.#link.on("unfit", (reason) => this.emit("unfit", reason));
    this.#link.on("up", (connection) => this.#resume(connection));
    this.#link.on("down", (reason, wasUp) => this.#lost(reason, wasUp));
    this.#link.on("close", () => this.#finish());
  }

  /** @internal Makes the first connection. */
  async start(): Promise<void> {
    await this.#link.start();
    this.#started = true;
  }

  /** Whether a connection is up on which the server has answered. */
  get connected(): boolean {
    return this.#link.connection !== undefined;
  }

  /** The server at the other end, as a connection method; undefined when no connection is up. */
  get peer(): string | undefined {
    return this.#link.connection?.session.peer;
  }

  /** True after {@link close}, an abort, or the loss of a connection that isn't made again. */
  get closed(): boolean {
    return this.#link.closed;
  }

  /**
   * What the server said last of one of its databases: its cluster, whether it leads it, how far its log goes. Undefined when it hasn't the
   * database, when no connection is up, and from servers before Open vSwitch 2.9.
   */
  status(database: string): DatabaseStatus | undefined {
    return this.#link.databases?.get(database);
  }

  /** The server's databases (RFC 7047, 4.1.1), `_Server` among them. */
  async listDatabases(options?: WaitOptions): Promise<string[]> {
    return this.#up().listDatabases(options);
  }

  /** A database's schema (RFC 7047, 4.1.2). Rejects with `OvsdbRequestError` for an unknown database. */
  async schema(database: string, options?: WaitOptions): Promise<DatabaseSchema> {
    return this.#up().schema(database, options);
  }

  /** The UUID of the server, which is another after each start of it (ovsdb-server(7), 4.1.17). */
  async serverId(options?: WaitOptions): Promise<string> {
    return this.#up().serverId(options);
  }

  /**
   * Gives a database another schema, as `ovsdb-client convert` does; rows keep what fits it (ovsdb-server(7), 4.1.18). Monitors and
   * replicas, of any client, go on under the new schema. Rejects with `OvsdbRequestError` when the data don't fit it.
   */
  async convert(database: string, schema: JsonValue, options?: WaitOptions): Promise<void> {
    await this.#up().convert(database, schema, options);
  }

  /**
   * Runs operations as one transaction, all or none (RFC 7047, 4.1.3), and gives each one's result. Rows of a select are as a replica's.
   * Replicas of this client that are in step (`synced`) show the changes when it resolves.
   *
   * Rejects with `TransactionError` (rolled back; a class for each reason), `OperationError` or `UnsendableValueError` (never sent),
   * `UnknownDatabaseError`, `ConnectionClosedError` (no connection is up: never sent), or `OutcomeUnknownError`: it was sent, and the
   * deadline or the end of the connection came before the reply, or it is a cluster that doesn't know. An abort rejects with the signal's
   * reason and leaves the same open.
   */
  async transact<const Operations extends readonly Operation[]>(
    database: string,
    operations: Operations,
    options?: WaitOptions & { readonly retry?: false },
  ): Promise<ResultsOf<Operations>>;
  /**
   * The same, sent again on the next connection when the reply was lost, and still done once: the inserts choose their `uuid`, by
   * which an attempt sees that an earlier one was committed, or a `wait` looks at what the transaction itself changes, so that it holds
   * but the first time (the server is asked at the end whether it no longer does). Waits for a connection when none is up. `timeoutMs`, default 60,000, is for all attempts. Resolves with undefined when an attempt whose reply was lost had been committed.
   *
   * Rejects as above, with `UnrepeatableError` when neither is so, or when the inserted rows don't stay, with `DuplicateUuidError` when a chosen `uuid` was
   * taken before the first attempt, and with `OutcomeUnknownError` when a `wait` fails after a lost attempt.
   */
  async transact<const Operations extends readonly Operation[]>(
    database: string,
    operations: Operations,
    options: WaitOptions & { readonly retry: true },
  ): Promise<ResultsOf<Operations> | undefined>;
  async transact(
    database: string,
    operations: readonly Operation[],
    options: WaitOptions & { readonly retry?: boolean } = {},
  ): Promise<readonly OperationResult[] | undefined> {
    const { retry = false, ...wait } = options;
    if (!retry) return this.#up().transact(database, operations, wait);
    const clustered = (): boolean => (this.status(database)?.model ?? "standalone") !== "standalone";
    return transactOnce({ database, clustered, next: (until) => this.#link.next(until) }, operations, wait);
  }

  /** A round trip to the server and back (RFC 7047, 4.1.11). */
  async echo(options?: WaitOptions): Promise<void> {
    await this.#up().request("echo", [], options);
  }

  /**
   * Follows tables as the server tells them, row updates undecoded; {@link replica} is what is mostly wanted. `onUpdate` gets the
   * first rows before the promise resolves. Goes on after a reconnect.
   */
  async monitor(
    database: string,
    tables: Readonly<Record<string, MonitorTable>>,
    onUpdate: (update: MonitorUpdate) => void,
    options?: WaitOptions,
  ): Promise<Monitor> {
    const entries = Object.entries(tables);
    const plan = {
      columns: new Map(entries.map(([table, { columns }]) => [table, columns])),
      resumable: true,
    };
    const conditions = Object.fromEntries(entries.map(([table, { where }]) => [table, where]));
    const monitor = this.#addMonitor({ database, plan: () => Promise.resolve(plan), conditions });
    monitor.on("update", onUpdate);
    return this.#startMonitor(monitor, options);
  }

  /**
   * A live copy of chosen tables and columns: `client.replica(openVSwitch, { Port: ["name", "tag"], Bridge: "all" })`. Its rows have
   * the types of the model. Resolves when all rows are there.
   *
   * Rejects with `SelectionError` for a table or column that the server's schema hasn't, `OvsdbRequestError` for an unknown database.
   */
  async replica<Tables, References, const Chosen extends Selection<Tables>>(
    model: DatabaseModel<Tables, References>,
    selection: Chosen,
    options?: WaitOptions,
  ): Promise<Replica<Selected<Tables, Chosen>, References, Tables>>;
  /** The same for a database without a model. */
  async replica<Tables = GenericTables, const Chosen extends Selection<Tables> = Selection<Tables>>(
    database: string,
    selection: Chosen,
    options?: WaitOptions,
  ): Promise<Replica<Selected<Tables, Chosen>, unknown, Tables>>;
  async replica(
    database: string | DatabaseModel<unknown>,
    selection: Choice,
    options?: WaitOptions,
  ): Promise<Replica<GenericTables>> {
    const name = typeof database === "string" ? database : database.name;
    const replica = new LiveReplica(name, selection, (operations, { retry, ...wait }) =>
      retry ? this.transact(name, operations, { ...wait, retry }) : this.transact(name, operations, wait),
    );
    const { conditions } = replica;
    const monitor = this.#addMonitor({
      database: name,
      plan: (...at) => replica.plan(...at),
      take: (...told) => replica.take(...told),
      conditions,
    });
    replica.follow(monitor);
    await this.#startMonitor(monitor, options);
    // It has the tables and columns that the caller named; only the compiler knows their types.
    return replica as unknown as Replica<GenericTables>;
  }

  /** Asks for a lock (RFC 7047, 4.1.8). True: it is ours. False: `locked` will tell when it is. */
  async lock(name: string, options?: WaitOptions): Promise<boolean> {
    return this.#locks.acquire(this.#up(), "lock", name, options);
  }

  /** Takes a lock from whoever has it. */
  async steal(name: string, options?: WaitOptions): Promise<boolean> {
    return this.#locks.acquire(this.#up(), "steal", name, options);
  }

  /** Gives a lock back, or stops waiting for it. */
  async unlock(name: string, options?: WaitOptions): Promise<void> {
    return this.#locks.release(this.#up(), name, options);
  }

  /** Whether the lock is ours as far as we know. */
  holds(name: string): boolean {
    return this.#locks.holds(name);
  }

  /** Ends the connection; what is out is rejected, replicas stay as they are. Idempotent. */
  close(): Promise<void> {
    this.#link.close();
    return Promise.resolve();
  }

  /** The same as {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #up(): OvsdbConnection {
    return this.#link.up();
  }

  /** Takes up on a new connection what outlived the last. */
  #resume(connection: OvsdbConnection): void {
    for (const monitor of this.#monitors.values()) void this.#reattach(monitor);
    void this.#locks.reconnected(connection);
    this.emit("connected", connection.session.peer);
  }

  /** Databases have come or gone: monitors that wait for one go on. */
  #revive(databases: ReadonlySet<string>): void {
    this.#renewals += 1;
    for (const monitor of this.#monitors.values()) {
      if (monitor.refusal !== undefined && databases.has(monitor.database)) void this.#reattach(monitor);
    }
  }

  async #reattach(monitor: Monitor): Promise<void> {
    let connection = this.#link.connection;
    while (connection !== undefined) {
      const before = this.#renewals;
      // oxlint-disable-next-line no-await-in-loop -- once more only after the answer
      await monitor.reattach(connection);
      // It may have come back while the refusal was on its way.
      const missed = this.#renewals !== before && monitor.refusal instanceof UnknownDatabaseError;
      const back = missed && this.#link.databases?.get(monitor.database) !== undefined;
      connection = back ? this.#link.connection : undefined;
    }
  }

  #lost(reason: Error, wasUp: boolean): void {
    for (const monitor of this.#monitors.values()) monitor.detach();
    if (wasUp) this.#locks.disconnected();
    if (this.#started && !this.closed) this.emit("disconnected", reason);
  }

  #finish(): void {
    for (const monitor of this.#monitors.values()) void monitor.close();
    this.emit("close");
  }

  #notified(method: string, params: readonly JsonValue[]): void {
    if (method === "locked" || method === "stolen") {
      this.#locks.notified(method, textAt(params[0], method));
      return;
    }
    if (method === "monitor_canceled") {
      this.#canceled(textAt(params[0], method));
      return;
    }
    const notification = monitorNotification(method, params);
    if (typeof notification?.id !== "string") return;
    // Of a monitor that was closed, updates may still be on their way.
    this.#monitors.get(notification.id)?.receive(notification.message);
  }

  /** The server has ended a monitor since its database was removed or converted. It begins anew, at once or when the database is there again. */
  #canceled(id: string): void {
    const monitor = this.#monitors.get(id);
    const connection = this.#link.connection;
    // One that isn't running was closed, or is being asked for anew already.
    if (monitor?.running !== true || connection === undefined) return;
    connection.forgetSchema(monitor.database);
    monitor.detach();
    void this.#reattach(monitor);
  }

  #addMonitor(options: Omit<MonitorOptions, "id" | "onClose">): Monitor {
    const id = `ovskit-${this.#nextMonitor}`;
    this.#nextMonitor += 1;
    const onClose = (closed: string): void => {
      this.#monitors.delete(closed);
    };
    const monitor = new Monitor({ ...options, id, onClose });
    this.#monitors.set(id, monitor);
    return monitor;
  }

  async #startMonitor(monitor: Monitor, options?: WaitOptions): Promise<Monitor> {
    try {
      await monitor.attach(this.#up(), options);
      return monitor;
    } catch (error) {
      await monitor.close();
      throw error;
    }
  }
}
