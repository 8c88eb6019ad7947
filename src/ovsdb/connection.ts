// One connection's worth of OVSDB: RFC 7047's methods over a JSON-RPC session, with what is only true while this
// connection lasts, the schemas and which way to monitor the server knows. What outlives it is client.ts's business.
import { isDeepStrictEqual } from "node:util";
import { ConnectionClosedError, TimeoutError } from "../errors.ts";
import { RpcReplyError } from "../jsonrpc/errors.ts";
import type { JsonValue } from "../jsonrpc/json.ts";
import type { JsonRpcSession, RequestOptions } from "../jsonrpc/session.ts";
import type { WaitOptions } from "../transport/deadline.ts";
import type { RowConditions } from "./conditions.ts";
import { OutcomeUnknownError, OvsdbDecodeError, OvsdbRequestError, UnknownDatabaseError } from "./errors.ts";
import { inexactNumbers, refuseInexact } from "./inexact-numbers.ts";
import { arrayAt, objectAt, refusalIn, textAt } from "./members.ts";
import {
  encodeWhere,
  type MonitorMessage,
  type MonitorMethod,
  type MonitorRequests,
  monitorMethods,
  monitorParams,
  monitorReply,
} from "./monitor-protocol.ts";
import { encodeOperations, type Operation, type OperationResult } from "./operations.ts";
import { decodeResults } from "./results.ts";
import { type DatabaseSchema, parseSchema } from "./schema.ts";
import { isUncertain } from "./transaction-errors.ts";

/** How long a first monitor of a big database may take: 100,000 ports are 5 to 10 s of silence before the reply. */
const monitorTimeoutMs = 60_000;

/** A monitor to start. */
export interface MonitorStart {
  readonly database: string;
  /** Never used before on this connection. */
  readonly id: string;
  readonly requests: MonitorRequests;
  /** Where to resume; undefined asks for everything. */
  readonly lastTransactionId: string | undefined;
}

/** OVSDB over one session. Every method rejects as {@link JsonRpcSession.request} does, but with `OvsdbRequestError` for a refusal. */
export class OvsdbConnection {
  readonly session: JsonRpcSession;
  readonly #schemas: Map<string, DatabaseSchema> = new Map();
  #monitorMethod: MonitorMethod = monitorMethods[0];

  constructor(session: JsonRpcSession) {
    this.session = session;
  }

  /** Sends a request and translates a refusal. */
  async request(method: string, params: readonly JsonValue[], options?: RequestOptions): Promise<JsonValue> {
    try {
      return await this.session.request(method, params, options);
    } catch (error) {
      if (!(error instanceof RpcReplyError)) throw error;
      const refusal = refusalIn(error.error) ?? { error: "refused", details: error.message };
      const Class = refusal.error === "unknown database" ? UnknownDatabaseError : OvsdbRequestError;
      throw new Class(method, refusal, { cause: error });
    }
  }

  /** RFC 7047, 4.1.1. */
  async listDatabases(options?: WaitOptions): Promise<string[]> {
    const names = arrayAt(await this.request("list_dbs", [], options), "list_dbs");
    return names.map((name) => textAt(name, "list_dbs"));
  }

  /** RFC 7047, 4.1.2. Asked once, until it is forgotten. */
  async schema(database: string, options?: WaitOptions): Promise<DatabaseSchema> {
    const known = this.#schemas.get(database);
    if (known !== undefined) return known;
    const schema = parseSchema(await this.request("get_schema", [database], options));
    this.#schemas.set(database, schema);
    return schema;
  }

  /** The schema as far as it is known without asking. */
  knownSchema(database: string): DatabaseSchema | undefined {
    return this.#schemas.get(database);
  }

  /** Whether the server's schema is another than this one by now; asks it, and keeps the answer. */
  async hasNewSchema(
    database: string,
    than: DatabaseSchema | undefined,
    options?: WaitOptions,
  ): Promise<boolean> {
    this.forgetSchema(database);
    return !isDeepStrictEqual(await this.schema(database, options), than);
  }

  /** The server has another schema for this database now. */
  forgetSchema(database: string): void {
    this.#schemas.delete(database);
  }

  /** Tells the server not to end the connection when a database comes or goes, but to say so (ovsdb-server(7), 4.1.16). */
  async becomeAware(options?: WaitOptions): Promise<void> {
    await this.request("set_db_change_aware", [true], options);
  }

  /** The server's own UUID, made anew whenever it starts (ovsdb-server(7), 4.1.17). */
  async serverId(options?: WaitOptions): Promise<string> {
    return textAt(await this.request("get_server_id", [], options), "get_server_id");
  }

  /** Gives a database another schema, keeping what fits it (ovsdb-server(7), 4.1.18). */
  async convert(database: string, schema: JsonValue, options?: WaitOptions): Promise<void> {
    await this.request("convert", [database, schema], { ...options, patient: true });
    this.forgetSchema(database);
  }

  /** RFC 7047, 4.1.3. */
  async transact(
    database: string,
    operations: readonly Operation[],
    options?: WaitOptions,
  ): Promise<OperationResult[]> {
    const params = [database, ...encodeOperations(operations)];
    const selects = operations.some(({ op }) => op === "select");
    const inexact = inexactNumbers(operations);
    const asks = selects || inexact.length > 0;
    const schema = asks ? await this.schema(database, options) : undefined;
    if (schema !== undefined) refuseInexact(inexact, schema);
    const reply = await this.#replyTo(params, options);
    try {
      return decodeResults(operations, reply, schema);
    } catch (error) {
      if (isUncertain(error)) throw new OutcomeUnknownError(this.session.peer, error);
      if (schema === undefined || !(error instanceof OvsdbDecodeError)) throw error;
    }
    // Another client may have converted the database, of which the server tells those with monitors only.
    this.forgetSchema(database);
    return decodeResults(operations, reply, await this.#schemaAfterReply(database, options));
  }

  /** The schema that a reply is to be read by: without it, what the reply says isn't known. */
  async #schemaAfterReply(database: string, options?: WaitOptions): Promise<DatabaseSchema> {
    try {
      return await this.schema(database, options);
    } catch (error) {
      throw isLoss(error) ? new OutcomeUnknownError(this.session.peer, error) : error;
    }
  }

  async #replyTo(params: readonly JsonValue[], options?: WaitOptions): Promise<JsonValue> {
    if (this.session.closed) throw new ConnectionClosedError(this.session.peer, "lost");
    try {
      return await this.request("transact", params, {
        ...options,
        // RFC 7047, 4.1.4. The server doesn't answer a request that it cancelled.
        onAbandoned: (id) => this.session.notify("cancel", [id]),
      });
    } catch (error) {
      throw isLoss(error) ? new OutcomeUnknownError(this.session.peer, error) : error;
    }
  }

  /** Starts a monitor in the best way that the server knows; which one stays known. `take` gets the first rows before anything behind them is heard. */
  async monitor(
    start: MonitorStart,
    take: (first: MonitorMessage) => Promise<void> | undefined,
    options?: WaitOptions,
  ): Promise<void> {
    const method = this.#monitorMethod;
    const { database, id, requests, lastTransactionId } = start;
    if (method === "monitor") refuseConditions(requests);
    const params = monitorParams(method, database, id, requests, lastTransactionId);
    try {
      await this.request(method, params, {
        timeoutMs: monitorTimeoutMs,
        ...options,
        patient: true,
        onAbandoned: () => this.cancelMonitor(id),
        onResult: (reply) => take(monitorReply(method, reply)),
      });
    } catch (error) {
      const next = monitorMethods[monitorMethods.indexOf(method) + 1];
      if (next === undefined || !isUnknownMethod(error)) throw error;
      this.#monitorMethod = next;
      await this.monitor(start, take, options);
    }
  }

  /** Chooses other rows for a monitor (ovsdb-server(7), 4.1.14). The update comes before this settles. */
  async changeConditions(id: string, conditions: RowConditions, options?: WaitOptions): Promise<void> {
    if (this.#monitorMethod === "monitor") throw conditionsUnknown();
    const tables = Object.entries(conditions).map(
      ([table, where]) => [table, [{ where: encodeWhere(where) }]] as const,
    );
    const wait = { timeoutMs: monitorTimeoutMs, ...options, patient: true };
    await this.request("monitor_cond_change", [id, id, Object.fromEntries(tables)], wait);
  }

  /** Ends a monitor (RFC 7047, 4.1.7) without waiting for the answer. */
  cancelMonitor(id: string): void {
    if (this.session.closed) return;
    // A refusal means that there is no such monitor, which is what was wanted.
    this.request("monitor_cancel", [id]).catch(() => {});
  }

  /** `lock` or `steal` (RFC 7047, 4.1.8): whether the lock is ours now. */
  async lock(method: "lock" | "steal", name: string, options?: RequestOptions): Promise<boolean> {
    const reply = objectAt(await this.request(method, [name], options), method);
    return reply["locked"] === true;
  }

  /** RFC 7047, 4.1.8. */
  async unlock(name: string, options?: WaitOptions): Promise<void> {
    await this.request("unlock", [name], options);
  }
}

function isLoss(error: unknown): error is TimeoutError | ConnectionClosedError {
  return error instanceof TimeoutError || error instanceof ConnectionClosedError;
}

function isUnknownMethod(error: unknown): boolean {
  return error instanceof OvsdbRequestError && error.error === "unknown method";
}

function refuseConditions(requests: MonitorRequests): void {
  if ([...requests.values()].some(({ where }) => where !== undefined)) throw conditionsUnknown();
}

function conditionsUnknown(): OvsdbRequestError {
  const details = "this server can't choose rows: it knows neither monitor_cond_since nor monitor_cond";
  return new OvsdbRequestError("monitor", { error: "not supported", details });
}
