// A monitor that outlives its connection: it resumes on the next one where it stood, if the server remembers, and
// otherwise gets everything anew. It hands on updates and keeps no rows; a replica does.
import { EventEmitter } from "node:events";
import { ConnectionClosedError, OvskitError, TimeoutError } from "../errors.ts";
import { PeerError } from "../jsonrpc/errors.ts";
import type { WaitOptions } from "../transport/deadline.ts";
import { Conditions, type RowConditions } from "./conditions.ts";
import type { OvsdbConnection } from "./connection.ts";
import { OvsdbDecodeError, OvsdbRequestError } from "./errors.ts";
import { type MonitorMessage, type MonitorUpdate, wholeUpdate } from "./monitor-protocol.ts";
import { Turns } from "./turns.ts";

/** How long {@link Monitor.where} waits by default, in milliseconds: as long as a first monitor may take. */
const conditionsTimeoutMs = 60_000;

/** Events of {@link Monitor}. */
export interface MonitorEvents {
  /** All rows, or what changed, in the order of the commits. A throw ends the connection and asks for everything anew. */
  update: [MonitorUpdate];
  /** The connection was lost: what is known grows old. */
  stale: [];
  /** The first answer on this connection has been handed on: what is known is up to date. */
  synced: [];
  /** After a reconnect the server refused to go on, such as for want of the database. Tried again when it is there, or on the next connection. */
  refused: [reason: Error];
  /** Nothing more comes. */
  close: [];
}

/** What to monitor, asked anew on each connection, since a server may come back with another schema. */
export interface MonitorPlan {
  /** The columns, by table. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
  /** False when what is known can't be carried on from. */
  readonly resumable: boolean;
  /** Called when from now on updates are of these columns. */
  readonly begin?: (() => void) | undefined;
  /** Called when after all they aren't. */
  readonly revert?: (() => void) | undefined;
}

/** Makes a {@link MonitorPlan}. */
export type Planner = (connection: OvsdbConnection, options?: WaitOptions) => Promise<MonitorPlan>;

/**
 * Takes the rows, and says whether it did: at once or, of many rows, in turns of the event loop, during which nothing more is heard of the
 * connection. It gives up, with nothing taken, once `still` says that the message no longer counts.
 */
export type Taker = (message: MonitorMessage, still: () => boolean) => boolean | Promise<boolean>;

/** What a {@link Monitor} is made of. */
export interface MonitorOptions {
  readonly database: string;
  readonly id: string;
  readonly plan: Planner;
  /** Which rows, by table, to begin with. */
  readonly conditions?: RowConditions | undefined;
  /** Takes what the server tells, instead of `update` events. */
  readonly take?: Taker | undefined;
  /** Called once when it is closed, with the id. */
  readonly onClose: (id: string) => void;
}

/** Whether it lies in what was asked for: asking again, on this connection or another, would end the same. */
function isRefusal(error: unknown): error is OvskitError {
  const passes = [PeerError, ConnectionClosedError, TimeoutError].some((Class) => error instanceof Class);
  return error instanceof OvskitError && !passes;
}

/** A monitor of one database. Made by `OvsdbClient.monitor`. */
export class Monitor extends EventEmitter<MonitorEvents> {
  readonly database: string;
  /** What the server calls it. */
  readonly id: string;
  readonly #options: MonitorOptions;
  #connection: OvsdbConnection | undefined;
  #lastTransactionId: string | undefined;
  /** Whether the answer has come that updates build on, and whether its rows have been taken. */
  #answered = false;
  #inStep = false;
  /** What taking rows failed by. */
  #fault: unknown;
  #refusal: Error | undefined;
  readonly #conditions: Conditions;
  readonly #restarts: Turns = new Turns();
  /** The other end of the last connection. */
  #peer: string;
  #closed = false;

  /** @internal */
  constructor(options: MonitorOptions) {
    super();
    this.database = options.database;
    this.id = options.id;
    this.#options = options;
    this.#peer = options.database;
    this.#conditions = new Conditions(options.conditions ?? {});
  }

  /** Whether all that the server has told of this connection has been handed on. */
  get synced(): boolean {
    return this.#connection !== undefined && this.#inStep;
  }

  /** Whether the server at the other end has it, as far as it has told. */
  get running(): boolean {
    return this.#connection !== undefined && this.#answered;
  }

  /** Why the server at the other end doesn't let it go on for now. */
  get refusal(): Error | undefined {
    return this.#refusal;
  }

  /** The transaction that the last update ended with; undefined when the server doesn't tell. */
  get lastTransactionId(): string | undefined {
    return this.#lastTransactionId;
  }

  /**
   * Chooses other rows: those for which any of a table's conditions holds, all rows when they are undefined, none when there are none.
   * Tables that aren't named keep theirs. Resolves when the rows have been told of that begin to fit, and of those that no longer do.
   * What was chosen outlives the connection, also when the promise rejects with `TimeoutError`; a server's refusal
   * (`OvsdbRequestError`) leaves the conditions as they were. Not with a server that knows RFC 7047's `monitor` only.
   */
  async where(conditions: RowConditions, options: WaitOptions = {}): Promise<void> {
    await this.choose(() => conditions, options);
  }

  /** @internal As {@link where}, after all that {@link restart} was called for before. `conditions` is called at that time. */
  async choose(conditions: () => RowConditions, options: WaitOptions = {}): Promise<void> {
    const wait = { what: `the conditions of ${this.id}`, timeoutMs: conditionsTimeoutMs, ...options };
    await this.#restarts.follow(wait, async () => {
      const chosen = this.#conditions.choose(conditions(), wait);
      if (this.#closed) this.#conditions.giveUp(this.#closedError());
      else void this.#sendConditions();
      await chosen;
    });
  }

  /** Sends what was chosen since the server's last answer, until there is nothing more. */
  async #sendConditions(): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined || !this.synced || this.#restarts.busy) return;
    const sent = this.#conditions.take();
    if (sent === undefined) return;
    try {
      await connection.changeConditions(this.id, sent.tables);
      this.#conditions.acknowledge(sent.version);
    } catch (error) {
      // A connection or a monitor that ends takes nothing with it: the next one starts with what was chosen.
      if (!this.running) return;
      if (isRefusal(error)) this.#conditions.refuse(error, sent.version);
      else connection.session.abort(error instanceof Error ? error : new Error(String(error)));
    }
    if (this.#connection === connection) await this.#sendConditions();
  }

  /** Ends it, here and at the server. Idempotent. */
  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#connection?.cancelMonitor(this.id);
      this.#connection = undefined;
      this.#options.onClose(this.id);
      this.#conditions.giveUp(this.#closedError());
      this.emit("close");
    }
    return Promise.resolve();
  }

  /** The same as {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #closedError(): Error {
    return new ConnectionClosedError(this.#peer, "the monitor is closed");
  }

  /**
   * @internal Monitors by another plan and other conditions, on the connection that is up, once what was called for before is done.
   * When it rejects, all is as it was before.
   */
  async restart(plan: Planner, conditions: RowConditions, options: WaitOptions = {}): Promise<void> {
    const wait = { what: `the turn of another plan of ${this.id}`, ...options };
    try {
      await this.#restarts.run(wait, () => this.#restart(plan, conditions, options));
    } finally {
      // Not before its turn is over.
      void this.#restarts.follow({ what: "the turn" }, () => this.#sendConditions());
    }
  }

  async #restart(plan: Planner, conditions: RowConditions, options: WaitOptions): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined || !this.synced) throw this.#notInStep();
    const next = await plan(connection, options);
    // Until this is answered, what comes is of the old plan.
    await connection.request("monitor_cancel", [this.id], options);
    await this.#replace(connection, { ...next, resumable: false }, conditions, options);
  }

  #notInStep(): Error {
    if (this.#closed) return this.#closedError();
    if (this.#refusal !== undefined) return this.#refusal;
    const reason = this.#connection === undefined ? "lost, connecting again" : "lost, not in step again yet";
    return new ConnectionClosedError(this.#peer, reason);
  }

  async #replace(
    connection: OvsdbConnection,
    plan: MonitorPlan,
    conditions: RowConditions,
    options: WaitOptions,
  ): Promise<void> {
    this.#checkOn(connection);
    const version = this.#conditions.replace(conditions);
    try {
      await this.#request(connection, plan, options);
    } catch (error) {
      plan.revert?.();
      this.#conditions.withdraw(version);
      this.#lastTransactionId = undefined;
      if (this.#connection === connection) await this.reattach(connection);
      throw error;
    }
  }

  /** @internal Starts on a connection; rejects when it couldn't. */
  async attach(connection: OvsdbConnection, options?: WaitOptions): Promise<void> {
    await this.#start(connection, options);
  }

  /** @internal As {@link attach} after a reconnect, which nobody waits for. Rejects only with what a listener threw. */
  async reattach(connection: OvsdbConnection): Promise<void> {
    try {
      await this.#start(connection);
    } catch (error) {
      const again = this.#failed(connection, error instanceof Error ? error : new Error(String(error)));
      if (error === this.#fault && !(error instanceof PeerError)) throw error;
      if (again) await this.reattach(connection);
    }
  }

  async #start(connection: OvsdbConnection, options?: WaitOptions): Promise<void> {
    this.#connection = connection;
    this.#peer = connection.session.peer;
    this.#answered = false;
    this.#inStep = false;
    this.#refusal = undefined;
    const plan = await this.#options.plan(connection, options);
    // What the plan was made by: others on this connection may learn of a new schema before the server answers.
    const schema = connection.knownSchema(this.database);
    this.#checkOn(connection);
    try {
      await this.#request(connection, plan, options);
    } catch (error) {
      // Between the schema and the request the database may have been converted, of which nobody tells.
      const refused = error instanceof OvsdbRequestError && this.#connection === connection;
      if (!refused || !(await connection.hasNewSchema(this.database, schema, options))) throw error;
      this.#checkOn(connection);
      await this.#start(connection, options);
    }
  }

  #checkOn(connection: OvsdbConnection): void {
    if (this.#connection !== connection) throw new ConnectionClosedError(connection.session.peer, "lost");
  }

  async #request(
    connection: OvsdbConnection,
    { columns, resumable, begin }: MonitorPlan,
    options?: WaitOptions,
  ): Promise<void> {
    this.#answered = false;
    this.#inStep = false;
    begin?.();
    const { database, id } = this;
    const { version, tables, acknowledged } = this.#conditions.now();
    const requests = new Map(
      Array.from(columns, ([table, chosen]) => [table, { columns: chosen, where: tables[table] }]),
    );
    // What happened up to the last transaction is known of the rows that fitted the conditions of then, and of no others.
    const lastTransactionId = resumable && acknowledged ? this.#lastTransactionId : undefined;
    const take = (first: MonitorMessage): Promise<void> | undefined => {
      if (this.#connection !== connection) return undefined;
      this.#answered = true;
      return this.#taken(first, () => {
        this.#inStep = true;
        // Who waits for the rows finds them.
        this.#conditions.acknowledge(version);
        if (!this.#closed) this.emit("synced");
        void this.#sendConditions();
      });
    };
    await connection.monitor({ database, id, requests, lastTransactionId }, take, options);
    this.#checkOn(connection);
  }

  /** Whether it should be tried again, with the conditions that the server took before. */
  #failed(connection: OvsdbConnection, reason: Error): boolean {
    const fault = reason === this.#fault;
    if (!fault && (reason instanceof ConnectionClosedError || this.#closed)) return false;
    if (fault || !isRefusal(reason)) {
      connection.session.abort(reason);
      return false;
    }
    if (this.#conditions.refuse(reason)) return this.#connection === connection;
    this.#refusal = reason;
    this.emit("refused", reason);
    return false;
  }

  /** @internal The connection is gone. */
  detach(): void {
    if (this.#connection === undefined) return;
    this.#connection = undefined;
    this.#answered = false;
    this.#inStep = false;
    this.emit("stale");
  }

  /** @internal A notification for this monitor. */
  receive(message: MonitorMessage): void {
    const connection = this.#connection;
    if (connection === undefined || !this.#answered) {
      throw new OvsdbDecodeError(this.id, "an update before the answer that it builds on");
    }
    const work = this.#taken(message, () => {});
    if (work !== undefined) connection.session.hold(work);
  }

  /** Takes a message and then goes on by `next`; a promise when that takes turns of the event loop. */
  #taken(message: MonitorMessage, next: () => void): Promise<void> | undefined {
    const connection = this.#connection;
    const still = (): boolean => !this.#closed && this.#connection === connection;
    const done = (taken: boolean): void => {
      if (!taken) return;
      this.#lastTransactionId = message.lastTransactionId;
      next();
    };
    try {
      const taken = this.#closed ? false : this.#take(message, still);
      if (typeof taken !== "boolean") return this.#takenLater(taken, done);
      done(taken);
      return undefined;
    } catch (error) {
      return this.#spoiled(error);
    }
  }

  async #takenLater(taken: Promise<boolean>, done: (taken: boolean) => void): Promise<void> {
    try {
      done(await taken);
    } catch (error) {
      this.#spoiled(error);
    }
  }

  #take(message: MonitorMessage, still: () => boolean): boolean | Promise<boolean> {
    if (this.#options.take !== undefined) return this.#options.take(message, still);
    this.emit("update", wholeUpdate(message));
    return true;
  }

  #spoiled(error: unknown): never {
    this.#fault = error;
    this.#lastTransactionId = undefined;
    throw error;
  }
}
