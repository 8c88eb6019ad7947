// What OVSDB itself can say no to, one class per place where it happens, so that a caller decides by class and code
// and finds the facts (which operation, which table) as fields.
import { OvskitError } from "../errors.ts";
import { PeerError } from "../jsonrpc/errors.ts";

/** A value can't be what the caller says it is, such as a UUID that is none; nothing was sent: `ERR_OVSDB_VALUE`. */
export class ValueError extends OvskitError {
  constructor(reason: string) {
    super("ERR_OVSDB_VALUE", reason);
  }
}

/** A transaction was refused before it was sent, since the server would misunderstand it: `ERR_OVSDB_OPERATION`. */
export class OperationError extends OvskitError {
  /** Which operation of the transaction, from 0. */
  readonly operationIndex: number;

  constructor(operationIndex: number, reason: string, options?: ErrorOptions) {
    super("ERR_OVSDB_OPERATION", `operation ${operationIndex}: ${reason}`, options);
    this.operationIndex = operationIndex;
  }
}

/** What the server sent isn't what RFC 7047 or the schema says: `ERR_OVSDB_DECODE`. */
export class OvsdbDecodeError extends PeerError {
  /** Where, such as `Port.tag`. */
  readonly path: string;

  constructor(path: string, reason: string) {
    super("ERR_OVSDB_DECODE", `${path}: ${reason}`);
    this.path = path;
  }
}

/** A table or column that the server's schema doesn't have, or that wasn't chosen, was asked for: `ERR_OVSDB_SELECTION`. */
export class SelectionError extends OvskitError {
  readonly table: string;
  /** Undefined when the table itself is missing. */
  readonly column: string | undefined;

  constructor(database: string, table: string, column?: string) {
    const what = column === undefined ? `table ${table}` : `column ${table}.${column}`;
    super("ERR_OVSDB_SELECTION", `no ${what} is chosen of ${database}, or its schema has none`);
    this.table = table;
    this.column = column;
  }
}

/** Why one of several servers couldn't be connected to. */
export interface EndpointFailure {
  /** Where, as a connection method. */
  readonly target: string;
  readonly error: Error;
}

/** None of several servers could be connected to, or none was fit: `ERR_OVSDB_NO_SERVER`. */
export class NoServerError extends OvskitError {
  /** Why, for each of them, in the order in which they were tried. */
  readonly failures: readonly EndpointFailure[];

  constructor(failures: readonly EndpointFailure[]) {
    const said = failures.map(({ target, error }) => `${target}: ${error.message}`);
    super("ERR_OVSDB_NO_SERVER", `no server to connect to; ${said.join("; ")}`);
    this.failures = failures;
  }
}

/** What the server says when it refuses something (RFC 7047, 3.1, `<error>`). */
export interface Refusal {
  /** A short, stable text, such as `unknown database` or `constraint violation`. */
  readonly error: string;
  /** The explanation, if there is one. */
  readonly details?: string | undefined;
  /** The piece of JSON that was wrong, if the server quotes it. */
  readonly syntax?: string | undefined;
}

/** The server refused a whole request, such as one for a database it doesn't have: `ERR_OVSDB_REQUEST`. */
export class OvsdbRequestError extends OvskitError implements Refusal {
  /** The method that was refused. */
  readonly method: string;
  readonly error: string;
  readonly details: string | undefined;
  readonly syntax: string | undefined;

  constructor(method: string, { error, details, syntax }: Refusal, options?: ErrorOptions) {
    super("ERR_OVSDB_REQUEST", `${method}: ${error}${inBrackets(details)}`, options);
    this.method = method;
    this.error = error;
    this.details = details;
    this.syntax = syntax;
  }
}

/** The server doesn't have this database, or not any more: `ERR_OVSDB_REQUEST` (RFC 7047, 4.1.2). */
export class UnknownDatabaseError extends OvsdbRequestError {}

/**
 * A transaction was sent and its reply never came, for the reason that is the `cause`: a `TimeoutError` or a `ConnectionClosedError`.
 * Or the reply was a cluster's that doesn't know either, a `ClusterError`. It may have been committed, it may be still: `ERR_OVSDB_OUTCOME_UNKNOWN`.
 */
export class OutcomeUnknownError extends OvskitError {
  constructor(peer: string, cause: Error) {
    super("ERR_OVSDB_OUTCOME_UNKNOWN", `transact to ${peer}: outcome unknown: ${cause.message}`, { cause });
  }
}

/** Where in a transaction a {@link TransactionError} arose. */
export interface TransactionPlace {
  /** Which operation failed, from 0; undefined when all went well and the commit failed (RFC 7047, 4.1.3). */
  readonly operationIndex?: number | undefined;
  /** The table of that operation, if it has one. */
  readonly table?: string | undefined;
}

/**
 * The server rolled a transaction back. Nothing of it is in the database. What RFC 7047 names has a class and a code of its own
 * (transaction-errors.ts), anything else `ERR_OVSDB_TRANSACTION`.
 */
export class TransactionError extends OvskitError implements Refusal, TransactionPlace {
  readonly error: string;
  readonly details: string | undefined;
  readonly syntax: string | undefined;
  readonly operationIndex: number | undefined;
  readonly table: string | undefined;

  constructor({ error, details, syntax }: Refusal, { operationIndex, table }: TransactionPlace) {
    const on = table === undefined ? "" : ` on ${table}`;
    const where = operationIndex === undefined ? "commit" : `operation ${operationIndex}${on}`;
    const code = new.target === TransactionError ? "TRANSACTION" : error.toUpperCase().replace(/\W+/g, "_");
    super(`ERR_OVSDB_${code}`, `${where}: ${error}${inBrackets(details)}`);
    this.error = error;
    this.details = details;
    this.syntax = syntax;
    this.operationIndex = operationIndex;
    this.table = table;
  }
}

function inBrackets(details: string | undefined): string {
  return details === undefined ? "" : ` (${details})`;
}
