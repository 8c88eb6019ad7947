// An edit run to its commit: when somebody else was quicker it is begun anew on what the rows are now, a bounded number
// of times.
import { setTimeout as sleep } from "node:timers/promises";
import { ConnectionClosedError, OvskitError } from "../../errors.ts";
import { settleWithin, type WaitOptions } from "../../transport/deadline.ts";
import { TransactionError } from "../errors.ts";
import type { Operation } from "../operations.ts";
import type { DatabaseSchema } from "../schema.ts";
import { WaitTimedOutError } from "../transaction-errors.ts";
import type { GenericRow } from "../values.ts";
import { EditCollector } from "./edit.ts";

/** Options of `Replica.edit`. */
export interface EditOptions extends WaitOptions {
  /** How often the edit is begun at most. Default 50. */
  readonly attempts?: number | undefined;
  /**
   * Whether a transaction whose reply was lost is sent again, as {@link OvsdbClient.transact} does with `retry`, and a replica that isn't
   * up to date is waited for, up to `timeoutMs` (60,000) too. Default false.
   */
  readonly retry?: boolean | undefined;
}

/** Others changed what an edit had read each time that it was begun: `ERR_OVSDB_CONFLICT`. Nothing of it is in the database. */
export class EditConflictError extends OvskitError {
  /** How often it was begun. */
  readonly attempts: number;
  /** The table of the row that was changed last. */
  readonly table: string | undefined;

  constructor(attempts: number, cause: TransactionError) {
    const where = cause.table === undefined ? "" : ` of ${cause.table}`;
    const times = attempts === 1 ? "once" : `${attempts} times`;
    super("ERR_OVSDB_CONFLICT", `a row${where} was changed by others while it was edited, ${times}`, {
      cause,
    });
    this.attempts = attempts;
    this.table = cause.table;
  }
}

/** What an edit is run on. */
export interface EditedReplica {
  readonly database: string;
  /** The schema when the rows are up to date, else undefined. */
  schema(): DatabaseSchema | undefined;
  row(table: string, id: string): GenericRow | undefined;
  /** Whether it will never be up to date again. */
  closed(): boolean;
  /** Tells when it may have become up to date, or closed, until the function that it gives is called. */
  follow(told: () => void): () => void;
  /** How often rows have changed. */
  changes(): number;
  transact(
    operations: readonly Operation[],
    options: WaitOptions & { readonly retry: boolean },
  ): Promise<unknown>;
}

/** Begins again at once when the rows have changed meanwhile, else gives the change that is on its way so long, in milliseconds. */
const patienceMs = 20;
/** Where many edit one row, whoever begins again at once mostly loses again: after so many attempts pauses of chance spread them. */
const quickAttempts = 3;
const longestPauseMs = 500;

/** Runs `body` until what it did is committed, and gives what it returned last. */
export async function runEdit<T>(
  replica: EditedReplica,
  body: (edit: EditCollector) => T | Promise<T>,
  { attempts = 50, retry = false, ...wait }: EditOptions,
): Promise<T> {
  const attempt = async (number: number): Promise<T> => {
    wait.signal?.throwIfAborted();
    const schema = replica.schema() ?? (await schemaInStep(replica, retry, wait));
    const before = replica.changes();
    const edit = new EditCollector(schema, (table, id) => replica.row(table, id));
    const result = await body(edit);
    wait.signal?.throwIfAborted();
    if (retry) edit.makeRepeatable();
    const [guards, operations] = [edit.guards(), edit.operations()];
    if (operations.length === 0) return result;
    try {
      await replica.transact([...guards, ...operations], { ...wait, retry });
      return result;
    } catch (error) {
      if (!isConflict(error, guards.length)) throw error;
      if (number >= attempts) throw new EditConflictError(number, error);
    }
    const crowded = number > quickAttempts;
    if (crowded || replica.changes() === before) {
      const longestMs = Math.min(patienceMs * number, longestPauseMs);
      await sleep(longestMs * Math.random(), undefined, { signal: wait.signal });
    }
    return attempt(number + 1);
  };
  return attempt(1);
}

/** How long a replica is waited for when nothing else is said, as a transaction that is sent again is, in milliseconds. */
const defaultTimeoutMs = 60_000;

function schemaInStep(replica: EditedReplica, waits: boolean, wait: WaitOptions): Promise<DatabaseSchema> {
  const { timeoutMs = defaultTimeoutMs, signal } = wait;
  return settleWithin({ what: "edit", timeoutMs, signal }, (resolve, reject) => {
    const look = (): void => {
      const schema = replica.schema();
      if (schema === undefined && waits && !replica.closed()) return;
      leave();
      if (schema === undefined) reject(notInStep(replica));
      else resolve(schema);
    };
    const leave = replica.follow(look);
    look();
    return leave;
  });
}

function notInStep(replica: EditedReplica): ConnectionClosedError {
  const end = `the server of ${replica.database}`;
  return replica.closed()
    ? new ConnectionClosedError(end, "the replica is closed, its rows can't be edited")
    : new ConnectionClosedError(end, "rows can be edited when the replica is up to date again");
}

function isConflict(error: unknown, guards: number): error is TransactionError {
  if (!(error instanceof TransactionError && error instanceof WaitTimedOutError)) return false;
  return error.operationIndex !== undefined && error.operationIndex < guards;
}
