// Keeps one connection to a database server that has shown itself to be one, of those that may be: dials, or waits to be
// dialed, waits for its first answer, judges whether it is fit, and when it is lost or no longer fit goes on to the next.
// What is to outlive a connection is the client's business, which listens to `up`.
import { EventEmitter } from "node:events";
import { ConnectionClosedError, TimeoutError } from "../errors.ts";
import type { JsonValue } from "../jsonrpc/json.ts";
import { JsonRpcSession } from "../jsonrpc/session.ts";
import type { BackoffOptions } from "../transport/backoff.ts";
import { type Clock, systemClock } from "../transport/clock.ts";
import { settleWithin, type WaitOptions } from "../transport/deadline.ts";
import { defaultDialTimeoutMs } from "../transport/dial.ts";
import { DialIn, defaultDialInTimeoutMs } from "../transport/dial-in.ts";
import { tlsErrorOf } from "../transport/errors.ts";
import { type Connected, Redial } from "../transport/redial.ts";
import { formatTarget } from "../transport/target.ts";
import type { TlsOptions } from "../transport/tls.ts";
import { ClusterMemory, type ClusterOptions, UnfitServerError } from "./cluster.ts";
import { OvsdbConnection } from "./connection.ts";
import { endpointsOf, type OvsdbTargets, shuffled } from "./endpoints.ts";
import { NoServerError } from "./errors.ts";
import { ServerDatabases } from "./server-databases.ts";

/** Options of `connectOvsdb`. */
export interface OvsdbOptions {
  /**
   * How long connecting may take, up to the server's first answer, in milliseconds; each attempt. Default 5,000. The first connection may
   * take that for each endpoint: each is tried once, or with `cluster` again and again until then. Where the server dials us, the first
   * connection has 20,000 by default, as servers wait up to 8 s between attempts.
   */
  readonly timeoutMs?: number | undefined;
  /** Deadline of a request that names none, in milliseconds. Default 30,000; starting a monitor or replica has 60,000. */
  readonly requestTimeoutMs?: number | undefined;
  /** After this long without a byte, and as long again without an answer to `echo`, the connection is given up. Default 10,000; a Unix socket is probed only when there are other endpoints. */
  readonly probeIntervalMs?: number | undefined;
  /** Whether a connection that was lost is made again. Default true. */
  readonly reconnect?: boolean | undefined;
  /** The waits between attempts to reconnect: after each endpoint has been tried. */
  readonly backoff?: BackoffOptions | undefined;
  /** Whether several endpoints are tried in an order of chance, drawn once. Default true. */
  readonly shuffle?: boolean | undefined;
  /** The endpoints serve one database: a server is stayed with only while it is fit for that. Default: any that answers. */
  readonly cluster?: ClusterOptions | undefined;
  /** For `ssl:` and `pssl:`, which need it: certificates and whom to trust. */
  readonly tls?: TlsOptions | undefined;
  /** The longest message taken from the server, in bytes. Default 256 MiB. */
  readonly maxBytes?: number | undefined;
  /** Aborting gives up connecting, and closes the client later on. */
  readonly signal?: AbortSignal | undefined;
  /** Default: the system's clock. */
  readonly clock?: Clock | undefined;
  /** A number from 0 to below 1, for the order of the endpoints and the waits. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** Events of {@link Link}. */
export interface LinkEvents {
  /** The server has answered on a connection after the first. */
  up: [OvsdbConnection];
  /** A connection was lost; `wasUp` tells whether the server had answered on it. Told of failed first attempts too. */
  down: [reason: Error, wasUp: boolean];
  /** A server isn't taken, or is left, since it isn't fit; `down` follows. */
  unfit: [reason: UnfitServerError];
  /** What the server says unasked of monitors and locks. */
  notification: [method: string, params: readonly JsonValue[]];
  /** These databases have come or gone. */
  renewed: [databases: ReadonlySet<string>];
  /** Closed for good. */
  close: [];
}

/** The first connection, while it is being made. */
interface FirstConnection {
  /** Why each endpoint couldn't be taken that was tried. */
  readonly failures: Map<string, Error>;
  readonly settle: (outcome: "up" | "tried all") => void;
}

/** One connection kept up to one of some servers. */
export class Link extends EventEmitter<LinkEvents> {
  readonly #options: OvsdbOptions;
  readonly #endpoints: readonly string[];
  readonly #cluster: ClusterMemory | undefined;
  readonly #redial: Redial | DialIn;
  /** How long the first connection may take in all. */
  readonly #firstMs: number;
  readonly #clock: Clock;
  #peer: string;
  /** The connection on which the server has answered. */
  #connection: OvsdbConnection | undefined;
  #session: JsonRpcSession | undefined;
  #databases: ServerDatabases | undefined;
  #first: FirstConnection | undefined;
  #closed = false;

  constructor(given: OvsdbTargets, options: OvsdbOptions) {
    super();
    // As many may wait for the next connection as there are transactions to be repeated.
    this.setMaxListeners(0);
    const { timeoutMs, signal, clock = systemClock, random = Math.random, shuffle = true, tls } = options;
    const { targets, listening, cluster } = endpointsOf(given, options.cluster);
    const ordered = shuffle ? shuffled(targets, random) : targets;
    this.#options = options;
    this.#clock = clock;
    this.#cluster = cluster === undefined ? undefined : new ClusterMemory(cluster);
    this.#endpoints = (listening === undefined ? ordered : [listening]).map((target) => formatTarget(target));
    this.#peer = this.#endpoints.join(",");
    const common = { random, ...options.backoff, signal, clock, tls };
    if (listening === undefined) {
      this.#redial = new Redial(ordered, { ...common, timeoutMs });
      this.#firstMs = (timeoutMs ?? defaultDialTimeoutMs) * ordered.length;
    } else {
      this.#redial = new DialIn(listening, { ...common, handshakeTimeoutMs: timeoutMs });
      this.#firstMs = timeoutMs ?? defaultDialInTimeoutMs;
    }
    this.#redial.on("connected", (connected) => this.#open(connected));
    this.#redial.on("failed", ({ peer, cause }) => this.#first?.failures.set(peer, cause));
    this.#redial.on("retry", () => this.#first?.settle("tried all"));
    this.#redial.on("close", () => this.#finish());
  }

  /** Makes the first connection; rejects when none of the servers could be reached, or is one, or is fit. */
  async start(): Promise<void> {
    const { signal } = this.#options;
    const failures = new Map<string, Error>();
    const wait = {
      what: `connecting to ${this.#peer}`,
      timeoutMs: this.#firstMs,
      signal,
      clock: this.#clock,
    };
    try {
      await settleWithin<void>(wait, (resolve, reject) => {
        const settle = (outcome: "up" | "tried all"): void => {
          if (outcome === "up") resolve();
          // In a cluster the next leader may be about to be elected.
          else if (this.#cluster === undefined) reject(this.#noServer(failures));
        };
        this.#first = { failures, settle };
        this.#redial.start();
        return () => {};
      });
    } catch (error) {
      throw error instanceof TimeoutError && signal?.aborted !== true
        ? this.#noServer(failures, error)
        : error;
    } finally {
      this.#first = undefined;
    }
  }

  /** The connection that is up. */
  get connection(): OvsdbConnection | undefined {
    return this.#connection;
  }

  /** What the server at the other end says of its databases; undefined when no connection is up, or when it is too old to tell. */
  get databases(): ServerDatabases | undefined {
    return this.#connection === undefined ? undefined : this.#databases;
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
    const { requestTimeoutMs, maxBytes, probeIntervalMs = 10_000 } = this.#options;
    // The kernel tells when a server at the other end of a Unix socket is gone, but not when it is frozen.
    const probed = !peer.startsWith("unix:") || this.#endpoints.length > 1;
    const session = new JsonRpcSession(socket, {
      peer,
      requestTimeoutMs,
      maxBytes,
      clock: this.#clock,
      probeIntervalMs: probed ? probeIntervalMs : Number.POSITIVE_INFINITY,
    });
    this.#peer = peer;
    this.#session = session;
    session.on("notification", (method, params) => this.#notified(method, params));
    session.on("close", (reason) => this.#lost(session, reason));
    void this.#greet(new OvsdbConnection(session));
  }

  /** Waits for the server's first answer. Nobody waits for this: what goes wrong is told by `down`. */
  async #greet(connection: OvsdbConnection): Promise<void> {
    const { timeoutMs = defaultDialTimeoutMs, signal } = this.#options;
    const { session } = connection;
    try {
      const wait = { timeoutMs, signal };
      const databases = await connection.listDatabases(wait);
      if (databases.includes("_Server")) await this.#followDatabases(connection, wait);
      if (session.closed) throw new ConnectionClosedError(session.peer, "lost");
      this.#judge(session.peer);
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error));
      this.#first?.failures.set(session.peer, reason);
      session.abort(reason);
      return;
    }
    this.#connection = connection;
    if (this.#first === undefined) this.emit("up", connection);
    else this.#first.settle("up");
  }

  async #followDatabases(connection: OvsdbConnection, wait: WaitOptions): Promise<void> {
    const databases = new ServerDatabases(connection);
    // Set before it starts: what it is told may come together with the answer.
    this.#databases = databases;
    databases.on("change", (renewed) => {
      if (this.#isStillFit()) this.emit("renewed", renewed);
    });
    if (!(await databases.start(wait)) && this.#databases === databases) this.#databases = undefined;
  }

  /** Whether the server may be stayed with; a greeting judges for itself. */
  #isStillFit(): boolean {
    const session = this.#connection?.session;
    if (session === undefined) return true;
    try {
      this.#judge(session.peer);
      return true;
    } catch (error) {
      session.abort(error instanceof Error ? error : new Error(String(error)));
      return false;
    }
  }

  /** Throws, and tells, why a server isn't fit. */
  #judge(peer: string): void {
    const cluster = this.#cluster;
    if (cluster === undefined) return;
    const unfit =
      this.#databases === undefined
        ? cluster.judgeSilent(peer)
        : cluster.judge(peer, this.#databases.get(cluster.database));
    if (unfit === undefined) return;
    this.emit("unfit", unfit);
    throw unfit;
  }

  /** Why there is no first connection. */
  #noServer(failures: ReadonlyMap<string, Error>, deadline?: TimeoutError): Error {
    const all = this.#endpoints.map((target) => {
      const error = failures.get(target) ?? deadline ?? new ConnectionClosedError(target, "lost");
      return { target, error: tlsErrorOf(target, error) };
    });
    const [only] = all;
    return all.length === 1 && only !== undefined ? only.error : new NoServerError(all);
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
    if (this.#options.reconnect === false && this.#first === undefined) this.#redial.close();
    this.emit("down", reason, wasUp);
  }

  #finish(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#session?.close();
    this.emit("close");
  }
}
