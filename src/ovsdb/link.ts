// Keeps one connection to a database server that has shown itself to be one: dials, waits for its first answer, and
// when it is lost starts again. What is to outlive a connection is the client's business, which listens to `up`.
import { EventEmitter } from "node:events";
import { ConnectionClosedError } from "../errors.ts";
import type { JsonValue } from "../jsonrpc/json.ts";
import { JsonRpcSession } from "../jsonrpc/session.ts";
import type { BackoffOptions } from "../transport/backoff.ts";
import { type Clock, systemClock } from "../transport/clock.ts";
import { settleWithin, type WaitOptions } from "../transport/deadline.ts";
import { defaultDialTimeoutMs } from "../transport/dial.ts";
import { type Connected, Redial } from "../transport/redial.ts";
import { type ActiveTarget, formatTarget } from "../transport/target.ts";
import { OvsdbConnection } from "./connection.ts";
import { ServerDatabases } from "./server-databases.ts";

/** Where OVSDB listens when a target names no port (RFC 7047, 4.1). */
export const ovsdbPort = 6640;

/** Options of `connectOvsdb`. */
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

/** Events of {@link Link}. */
export interface LinkEvents {
  /** The server has answered on a connection after the first. */
  up: [OvsdbConnection];
  /** A connection was lost; `wasUp` tells whether the server had answered on it. Told of failed first attempts too. */
  down: [reason: Error, wasUp: boolean];
  /** What the server says unasked of monitors and locks. */
  notification: [method: string, params: readonly JsonValue[]];
  /** These databases have come or gone. */
  renewed: [databases: ReadonlySet<string>];
  /** Closed for good. */
  close: [];
}

/** One connection kept up to one server. */
export class Link extends EventEmitter<LinkEvents> {
  readonly #options: OvsdbOptions;
  readonly #redial: Redial;
  readonly #clock: Clock;
  #peer: string;
  /** The connection on which the server has answered. */
  #connection: OvsdbConnection | undefined;
  #session: JsonRpcSession | undefined;
  #databases: ServerDatabases | undefined;
  #greeting: Promise<void> = Promise.resolve();
  /** Until when the first connection must be up; undefined once it was. */
  #deadlineMs: number | undefined;
  #closed = false;

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

  /** Makes the first connection; rejects when the server couldn't be reached or isn't one. */
  async start(): Promise<void> {
    this.#deadlineMs = this.#clock.now() + (this.#options.timeoutMs ?? defaultDialTimeoutMs);
    await this.#redial.connect();
    await this.#greeting;
    this.#deadlineMs = undefined;
  }

  /** The connection that is up. */
  get connection(): OvsdbConnection | undefined {
    return this.#connection;
  }

  /** What the server at the other end says of its databases; undefined when no connection is up, or when it is too old to tell. */
  get databases(): ServerDatabases | undefined {
    return this.#databases;
  }

  /** True after {@link close}, an abort, or the loss of a connection that isn't made again. */
  get closed(): boolean {
    return this.#closed;
  }

  /** The connection that is up. Throws `ConnectionClosedError` when none is. */
  up(): OvsdbConnection {
    if (this.#connection !== undefined) return this.#connection;
    throw new ConnectionClosedError(this.#peer, this.#closed ? "closed" : "lost, connecting again");
  }

  /** The connection that is up, or the next one. Rejects with `TimeoutError`, the signal's reason, or `ConnectionClosedError` when none is to come. */
  async next(options: WaitOptions): Promise<OvsdbConnection> {
    if (this.#connection !== undefined || this.#closed) return this.up();
    const what = `connecting to ${this.#peer}`;
    return settleWithin<OvsdbConnection>({ what, clock: this.#clock, ...options }, (resolve, reject) => {
      const onClose = (): void => reject(new ConnectionClosedError(this.#peer, "closed"));
      const release = (): void => {
        this.removeListener("up", resolve);
        this.removeListener("close", onClose);
      };
      this.once("up", resolve);
      this.once("close", onClose);
      return release;
    });
  }

  /** Ends the connection; what is out is rejected. Idempotent. */
  close(): void {
    this.#redial.close();
    this.#finish();
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
    // Of a later connection nobody waits for this: its loss is told by `down`.
    this.#greeting.catch(() => {});
  }

  /** Waits for the server's first answer. */
  async #greet(connection: OvsdbConnection, first: boolean): Promise<void> {
    const { timeoutMs = defaultDialTimeoutMs, signal } = this.#options;
    const leftMs = this.#deadlineMs === undefined ? timeoutMs : this.#deadlineMs - this.#clock.now();
    try {
      const wait = { timeoutMs: Math.max(leftMs, 0), signal };
      const databases = await connection.listDatabases(wait);
      if (databases.includes("_Server")) await this.#followDatabases(connection, wait);
    } catch (error) {
      connection.session.abort(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
    if (connection.session.closed) throw new ConnectionClosedError(connection.session.peer, "lost");
    this.#connection = connection;
    if (!first) this.emit("up", connection);
  }

  async #followDatabases(connection: OvsdbConnection, wait: WaitOptions): Promise<void> {
    const databases = new ServerDatabases(connection);
    // Set before it starts: what it is told may come together with the answer.
    this.#databases = databases;
    databases.on("change", (renewed) => this.emit("renewed", renewed));
    if (!(await databases.start(wait)) && this.#databases === databases) this.#databases = undefined;
  }

  #notified(method: string, params: readonly JsonValue[]): void {
    if (this.#databases?.notified(method, params) !== true) this.emit("notification", method, params);
  }

  #lost(session: JsonRpcSession, reason: Error): void {
    if (this.#session !== session) return;
    const wasUp = this.#connection !== undefined;
    this.#session = undefined;
    this.#databases = undefined;
    this.#connection = undefined;
    if (this.#options.reconnect === false) this.#redial.close();
    this.emit("down", reason, wasUp);
  }

  #finish(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#session?.close();
    this.emit("close");
  }
}
