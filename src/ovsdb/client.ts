// The client that stays: it keeps one connection up, and what is to outlive a connection, monitors, replicas and
// locks, is taken up again on the next. What is out when a connection ends is rejected, never repeated unasked.
import { EventEmitter } from "node:events";
import { ConnectionClosedError } from "../errors.ts";
import type { JsonValue } from "../jsonrpc/json.ts";
import { JsonRpcSession } from "../jsonrpc/session.ts";
import type { BackoffOptions } from "../transport/backoff.ts";
import { type Clock, systemClock } from "../transport/clock.ts";
import type { WaitOptions } from "../transport/deadline.ts";
import { defaultDialTimeoutMs } from "../transport/dial.ts";
import { type Connected, Redial } from "../transport/redial.ts";
import { type ActiveTarget, formatTarget } from "../transport/target.ts";
import { OvsdbConnection } from "./connection.ts";
import { type LockLoss, Locks } from "./locks.ts";
import { textAt } from "./members.ts";
import type { DatabaseModel, GenericTables, Selected, Selection } from "./model.ts";
import { Monitor } from "./monitor.ts";
import { decodeMonitorNotification, type MonitorTable, type MonitorUpdate } from "./monitor-protocol.ts";
import type { Operation, ResultsOf } from "./operations.ts";
import { type Choice, LiveReplica, type Replica } from "./replica.ts";
import type { DatabaseSchema } from "./schema.ts";

/** Where OVSDB listens when a target names no port (RFC 7047, 4.1). */
export const ovsdbPort = 6640;

/** Options of {@link connectOvsdb}. */
export interface OvsdbOptions {
  /** How long connecting may take, up to the server's first answer, in milliseconds; each attempt. Default 5,000. */
  readonly timeoutMs?: number | undefined;
  /** Deadline of a request that names none, in milliseconds. Default 30,000; starting a monitor or replica has 60,000. */
  readonly requestTimeoutMs?: number | undefined;
  /** After this long without a byte, and as long again without an answer to `echo`, a TCP connection is given up. Default 10,000; Unix sockets aren't probed. */
  readonly probeIntervalMs?: number | undefined;
  /** Whether a connection that was lost is made again. Default true. */
  readonly reconnect?: boolean | undefined;
  /** The waits between attempts to reconnect. */
  readonly backoff?: BackoffOptions | undefined;
  /** The longest message taken from the server, in bytes. Default 256 MiB. */
  readonly maxBytes?: number | undefined;
  /** Aborting gives up connecting, and closes the client later on. */
  readonly signal?: AbortSignal | undefined;
  /** Default: the system's clock. */
  readonly clock?: Clock | undefined;
}

/** Events of {@link OvsdbClient}. */
export interface OvsdbClientEvents {
  /** The server has answered on a new connection. Replicas come into step by themselves. Not for the first connection. */
  connected: [peer: string];
  /** The connection was lost, or one attempt to make it anew failed after it had been made. */
  disconnected: [reason: Error];
  /** A lock that was waited for is ours. */
  locked: [name: string];
  /** A lock that was ours isn't any more; after a reconnect it is asked for again. */
  lockLost: [name: string, reason: LockLoss];
  /** Closed for good. */
  close: [];
}

/**
 * Connects to a database server: `unix:PATH`, `tcp:HOST[:PORT]` (port 6640 by default).
 *
 * Rejects with `TargetSyntaxError`, `ConnectError`, `TimeoutError` (also when something listens but never answers),
 * `OvsdbRequestError` (it answers, but it is no OVSDB server) or the signal's reason.
 */
export async function connectOvsdb(
  target: string | ActiveTarget,
  options: OvsdbOptions = {},
): Promise<OvsdbClient> {
  const client = new OvsdbClient(target, options);
  try {
    await client.start();
    return client;
  } catch (error) {
    await client.close();
    throw error;
  }
}

/** A client of one database server. Made by {@link connectOvsdb}. While no connection is up, requests reject with `ConnectionClosedError`. */
export class OvsdbClient extends EventEmitter<OvsdbClientEvents> {
  readonly #options: OvsdbOptions;
  readonly #redial: Redial;
  readonly #clock: Clock;
  readonly #monitors: Map<string, Monitor> = new Map();
  readonly #locks: Locks = new Locks({
    locked: (name) => this.emit("locked", name),
    lost: (name, reason) => this.emit("lockLost", name, reason),
  });
  #peer: string;
  /** The connection on which the server has answered. */
  #connection: OvsdbConnection | undefined;
  #session: JsonRpcSession | undefined;
  #greeting: Promise<void> = Promise.resolve();
  #deadlineMs: number | undefined;
  #nextMonitor = 0;
  #closed = false;

  /** @internal Use {@link connectOvsdb}. */
  constructor(target: string | ActiveTarget, options: OvsdbOptions) {
    super();
    const { timeoutMs, signal, clock = systemClock, backoff } = options;
    this.#options = options;
    this.#clock = clock;
    this.#peer = typeof target === "string" ? target : formatTarget(target);
    this.#redial = new Redial(target, { ...backoff, timeoutMs, signal, clock, defaultPort: ovsdbPort });
    this.#redial.on("connected", (connected) => this.#open(connected));
    this.#redial.on("close", () => this.#finish());
  }

  /** @internal Makes the first connection. */
  async start(): Promise<void> {
    this.#deadlineMs = this.#clock.now() + (this.#options.timeoutMs ?? defaultDialTimeoutMs);
    await this.#redial.connect();
    await this.#greeting;
    this.#deadlineMs = undefined;
  }

  /** Whether a connection is up on which the server has answered. */
  get connected(): boolean {
    return this.#connection !== undefined;
  }

  /** True after {@link close}, an abort, or the loss of a connection that isn't made again. */
  get closed(): boolean {
    return this.#closed;
  }

  /** The server's databases (RFC 7047, 4.1.1), `_Server` among them. */
  async listDatabases(options?: WaitOptions): Promise<string[]> {
    return this.#up().listDatabases(options);
  }

  /** A database's schema (RFC 7047, 4.1.2). Rejects with `OvsdbRequestError` for an unknown database. */
  async schema(database: string, options?: WaitOptions): Promise<DatabaseSchema> {
    return this.#up().schema(database, options);
  }

  /**
   * Runs operations as one transaction, all or none (RFC 7047, 4.1.3), and gives each one's result. Rows of a select are as a replica's.
   * Replicas of this client show the changes when it resolves.
   *
   * Rejects with `TransactionError` (rolled back), `OperationError` or `UnsendableValueError` (never sent), `OvsdbRequestError`
   * (unknown database). `TimeoutError`, an abort and `ConnectionClosedError` leave open whether it was committed.
   */
  async transact<const Operations extends readonly Operation[]>(
    database: string,
    operations: Operations,
    options?: WaitOptions,
  ): Promise<ResultsOf<Operations>> {
    const results = await this.#up().transact(database, operations, options);
    return results as ResultsOf<Operations>;
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
    const requests = new Map(Object.entries(tables));
    const plan = { requests, resumable: true };
    const monitor = this.#addMonitor(database, () => Promise.resolve(plan));
    monitor.on("update", onUpdate);
    return this.#startMonitor(monitor, options);
  }

  /**
   * A live copy of chosen tables and columns: `client.replica(openVSwitch, { Port: ["name", "tag"], Bridge: "all" })`. Its rows have
   * the types of the model. Resolves when all rows are there.
   *
   * Rejects with `SelectionError` for a table or column that the server's schema hasn't, `OvsdbRequestError` for an unknown database.
   */
  async replica<Tables, const Chosen extends Selection<Tables>>(
    model: DatabaseModel<Tables>,
    selection: Chosen,
    options?: WaitOptions,
  ): Promise<Replica<Selected<Tables, Chosen>>>;
  /** The same for a database without a model. */
  async replica<Tables = GenericTables, const Chosen extends Selection<Tables> = Selection<Tables>>(
    database: string,
    selection: Chosen,
    options?: WaitOptions,
  ): Promise<Replica<Selected<Tables, Chosen>>>;
  async replica(
    database: string | DatabaseModel<unknown>,
    selection: Choice,
    options?: WaitOptions,
  ): Promise<Replica<GenericTables>> {
    const name = typeof database === "string" ? database : database.name;
    const replica = new LiveReplica(name, selection);
    const monitor = this.#addMonitor(name, (...at) => replica.plan(...at));
    replica.follow(monitor);
    await this.#startMonitor(monitor, options);
    return replica;
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
    this.#redial.close();
    this.#finish();
    return Promise.resolve();
  }

  /** The same as {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #up(): OvsdbConnection {
    if (this.#connection !== undefined) return this.#connection;
    throw new ConnectionClosedError(this.#peer, this.#closed ? "closed" : "lost, connecting again");
  }

  #open({ socket, peer }: Connected): void {
    const { requestTimeoutMs, maxBytes } = this.#options;
    const probeIntervalMs = this.#options.probeIntervalMs ?? 10_000;
    const session = new JsonRpcSession(socket, {
      peer,
      requestTimeoutMs,
      maxBytes,
      clock: this.#clock,
      probeIntervalMs: peer.startsWith("unix:") ? Number.POSITIVE_INFINITY : probeIntervalMs,
    });
    this.#peer = peer;
    this.#session = session;
    session.on("notification", (method, params) => this.#notified(method, params));
    session.on("close", (reason) => this.#lost(session, reason));
    const first = this.#deadlineMs !== undefined;
    this.#greeting = this.#greet(new OvsdbConnection(session), first);
    // Of a later connection nobody waits for this: its loss is told by `disconnected`.
    this.#greeting.catch(() => {});
  }

  /** Waits for the server's first answer, then takes up what outlived the last connection. */
  async #greet(connection: OvsdbConnection, first: boolean): Promise<void> {
    const { timeoutMs = defaultDialTimeoutMs, signal } = this.#options;
    const leftMs = this.#deadlineMs === undefined ? timeoutMs : this.#deadlineMs - this.#clock.now();
    try {
      await connection.listDatabases({ timeoutMs: Math.max(leftMs, 0), signal });
    } catch (error) {
      connection.session.abort(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
    if (connection.session.closed) throw new ConnectionClosedError(connection.session.peer, "lost");
    this.#connection = connection;
    if (first) return;
    for (const monitor of this.#monitors.values()) void monitor.reattach(connection);
    this.#locks.reconnected(connection).catch((error: Error) => connection.session.abort(error));
    this.emit("connected", connection.session.peer);
  }

  #lost(session: JsonRpcSession, reason: Error): void {
    if (this.#session !== session) return;
    const wasUp = this.#connection !== undefined;
    this.#session = undefined;
    this.#connection = undefined;
    if (this.#options.reconnect === false) this.#redial.close();
    for (const monitor of this.#monitors.values()) monitor.detach();
    if (wasUp) this.#locks.disconnected();
    if (this.#deadlineMs === undefined && !this.#closed) this.emit("disconnected", reason);
  }

  #finish(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#session?.close();
    for (const monitor of this.#monitors.values()) void monitor.close();
    this.emit("close");
  }

  #notified(method: string, params: readonly JsonValue[]): void {
    if (method === "locked" || method === "stolen") {
      this.#locks.notified(method, textAt(params[0], method));
      return;
    }
    const notification = decodeMonitorNotification(method, params);
    if (typeof notification?.id !== "string") return;
    // Of a monitor that was closed, updates may still be on their way.
    this.#monitors.get(notification.id)?.receive(notification.update);
  }

  #addMonitor(database: string, plan: ConstructorParameters<typeof Monitor>[0]["plan"]): Monitor {
    const id = `ovskit-${this.#nextMonitor}`;
    this.#nextMonitor += 1;
    const onClose = (closed: string): void => {
      this.#monitors.delete(closed);
    };
    const monitor = new Monitor({ database, id, plan, onClose });
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
