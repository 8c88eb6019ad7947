// A transaction that may be sent again when its reply was lost, and still is done once: each attempt first asks whether
// a row that an earlier one would have made is there. The server's answer is then the answer to all of them.
import { ConnectionClosedError, TimeoutError } from "../errors.ts";
import { runWithin, type WaitOptions } from "../transport/deadline.ts";
import type { OvsdbConnection } from "./connection.ts";
import { OutcomeUnknownError, TransactionError } from "./errors.ts";
import type { Operation, OperationResult, WaitOperation } from "./operations.ts";
import {
  brokenWait,
  type ChosenInsert,
  chosenInserts,
  isReferredTo,
  UnrepeatableError,
} from "./repeatable.ts";
import {
  ClusterError,
  DuplicateUuidError,
  transactionError,
  WaitTimedOutError,
} from "./transaction-errors.ts";
import { uuid } from "./values.ts";

/** How long a repeated transaction is tried in all, in milliseconds. */
const defaultTimeoutMs = 60_000;

/** Where a transaction is repeated. */
export interface RepeatedOn {
  readonly database: string;
  /** Gives the connection that is up, waiting for it. */
  next(wait: WaitOptions): Promise<OvsdbConnection>;
  /** Whether the server is one of a cluster. Such a server may itself run a transaction again that it has committed. */
  clustered(): boolean;
}

/**
 * Commits operations once, over as many connections as it takes. Undefined: an attempt whose reply was lost had been committed.
 * Rejects as `OvsdbClient.transact` tells.
 */
export async function transactOnce(
  on: RepeatedOn,
  operations: readonly Operation[],
  { timeoutMs = defaultTimeoutMs, signal }: WaitOptions,
): Promise<OperationResult[] | undefined> {
  const transaction = new RepeatedTransaction(on, operations);
  try {
    return await runWithin({ what: "transact", timeoutMs, signal }, (stop) => transaction.attempt(stop));
  } catch (error) {
    const gaveUp = error instanceof TimeoutError || error instanceof ConnectionClosedError;
    throw gaveUp ? transaction.unsettled(error) : error;
  }
}

class RepeatedTransaction {
  readonly #on: RepeatedOn;
  readonly #operations: readonly Operation[];
  readonly #chosen: readonly ChosenInsert[];
  /** That no row with a chosen uuid is there yet. */
  readonly #guards: readonly WaitOperation[];
  /** That the transaction itself has broken what it waited for, where no row with a chosen uuid tells that it was done. */
  readonly #broken: readonly WaitOperation[];
  /** The connection that took an attempt of which nothing was heard again. */
  #lost: string | undefined;

  constructor(on: RepeatedOn, operations: readonly Operation[]) {
    this.#on = on;
    this.#operations = operations;
    this.#chosen = chosenInserts(operations);
    this.#guards = this.#chosen.map(([{ table }, id]) => absent(table, id));
    this.#broken = this.#chosen.length > 0 ? [] : [brokenWait(operations)];
  }

  async attempt(signal: AbortSignal): Promise<OperationResult[] | undefined> {
    const connection = await this.#on.next({ signal, timeoutMs: Number.POSITIVE_INFINITY });
    const guards = this.#guards;
    const begins = this.#begins(connection, signal);
    try {
      await this.#checkTables(connection, signal);
      const operations = [...guards, ...this.#operations, ...this.#broken];
      const results = await connection.transact(this.#on.database, operations, { signal });
      return results.slice(guards.length, guards.length + this.#operations.length);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof OutcomeUnknownError) this.#giveUp(connection, error);
      else if (error instanceof ClusterError) connection.session.abort(error);
      else if (error instanceof TransactionError) return this.#refused(error, await begins);
      else if (!(error instanceof ConnectionClosedError)) throw error;
    }
    return this.attempt(signal);
  }

  /** A row that goes at the commit tells nothing: one of a table that isn't root stays only where something refers to it. */
  async #checkTables(connection: OvsdbConnection, signal: AbortSignal): Promise<void> {
    if (this.#chosen.length === 0) return;
    const { tables } = await connection.schema(this.#on.database, { signal });
    const stays = this.#chosen.some(
      ([{ table }, id]) => tables.get(table)?.isRoot !== false || isReferredTo(id, this.#operations),
    );
    if (!stays)
      throw new UnrepeatableError("nothing refers to the rows that it inserts, so that none of them stays");
  }

  /**
   * Whether nothing of the transaction was there when it was first sent, asked just before it on the same connection; when that is so, and
   * a guard fails, the server has committed it and run it again. A server that is by itself doesn't do that, and isn't asked.
   */
  async #begins(connection: OvsdbConnection, signal: AbortSignal): Promise<boolean> {
    if (this.#lost !== undefined || this.#guards.length === 0 || !this.#on.clustered()) return false;
    try {
      await connection.transact(this.#on.database, this.#guards, { signal });
      return true;
    } catch {
      // It was there, or nobody knows: what becomes of the transaction itself tells more.
      return false;
    }
  }

  /** The error, or that nobody knows, when an attempt was sent of which nothing was heard. */
  unsettled(error: Error): Error {
    return this.#lost === undefined ? error : new OutcomeUnknownError(this.#lost, error);
  }

  #giveUp(connection: OvsdbConnection, error: OutcomeUnknownError): void {
    this.#lost = connection.session.peer;
    // A server that doesn't answer in time is as good as lost; asking it again would only queue behind.
    if (!connection.session.closed) connection.session.abort(error);
  }

  #refused(error: TransactionError, begins: boolean): undefined {
    const guards = this.#guards.length;
    const index = error.operationIndex;
    if (index !== undefined && index < guards && error instanceof WaitTimedOutError) {
      if (this.#lost !== undefined || begins) return undefined;
      throw this.#duplicate(index);
    }
    if (index !== undefined && index >= guards + this.#operations.length) {
      throw new UnrepeatableError("what it waits for is still so when it is done");
    }
    const operationIndex = index === undefined ? undefined : index - guards;
    throw this.unsettled(transactionError(error, { operationIndex, table: error.table }));
  }

  #duplicate(guard: number): Error {
    const [insert, id] = this.#chosen[guard] ?? [];
    const operationIndex = this.#operations.findIndex((operation) => operation === insert);
    const details = `${insert?.table} has a row ${id} already`;
    return new DuplicateUuidError(
      { error: "duplicate uuid", details },
      { operationIndex, table: insert?.table },
    );
  }
}

/** Fails at once when the row is there. */
function absent(table: string, id: string): WaitOperation {
  const where = [["_uuid", "==", uuid(id)]] as const;
  return { op: "wait", table, where, columns: ["_uuid"], until: "==", rows: [], timeoutMs: 0 };
}
