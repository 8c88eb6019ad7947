// Why a server rolls a transaction back: one class for each error that RFC 7047 names (5.2, 4.1.3, 4.1.4) and for the
// three that Open vSwitch adds, so that a caller decides by class what it can do about it.
import { type Refusal, TransactionError, type TransactionPlace } from "./errors.ts";

/** A value isn't one that the schema allows, an index would have two equal rows, or a table too many: `ERR_OVSDB_CONSTRAINT_VIOLATION`. */
export class ConstraintViolationError extends TransactionError {}

/** At commit a reference leads nowhere, or a strong one to a row that was deleted: `ERR_OVSDB_REFERENTIAL_INTEGRITY_VIOLATION`. */
export class ReferentialIntegrityError extends TransactionError {}

/** Two inserts have the same name (5.2.1): `ERR_OVSDB_DUPLICATE_UUID_NAME`. `OperationError` says so before anything is sent. */
export class DuplicateUuidNameError extends TransactionError {}

/** A row with the UUID that an insert chose is there already; Open vSwitch's: `ERR_OVSDB_DUPLICATE_UUID`. */
export class DuplicateUuidError extends TransactionError {}

/** A mutation makes no sense, such as a division by zero (5.2.4): `ERR_OVSDB_DOMAIN_ERROR`. */
export class DomainError extends TransactionError {}

/** A mutation's result doesn't fit its type (5.2.4): `ERR_OVSDB_RANGE_ERROR`. */
export class OutOfRangeError extends TransactionError {}

/** What a `wait` waits for hasn't come about in its time (5.2.6): `ERR_OVSDB_TIMED_OUT`. Of a wait of 0 ms: it isn't so. */
export class WaitTimedOutError extends TransactionError {}

/** The server can't do this, such as a durable commit (5.2.6, 5.2.7): `ERR_OVSDB_NOT_SUPPORTED`. */
export class NotSupportedError extends TransactionError {}

/** An `abort` was among the operations (5.2.8): `ERR_OVSDB_ABORTED`. */
export class AbortedError extends TransactionError {}

/** The lock of an `assert` isn't ours (5.2.10): `ERR_OVSDB_NOT_OWNER`. */
export class NotOwnerError extends TransactionError {}

/** The transaction was cancelled (4.1.4): `ERR_OVSDB_CANCELED`. */
export class CanceledError extends TransactionError {}

/** The server is out of memory or disk (4.1.3): `ERR_OVSDB_RESOURCES_EXHAUSTED`. */
export class ResourcesExhaustedError extends TransactionError {}

/** The server couldn't write its file (4.1.3): `ERR_OVSDB_I_O_ERROR`. */
export class IoError extends TransactionError {}

/** An operation isn't written as it should be, names no table of the schema, or selects no column of it: `ERR_OVSDB_SYNTAX_ERROR`. */
export class SyntaxRefusedError extends TransactionError {}

/** Access control doesn't let this client do it; Open vSwitch's: `ERR_OVSDB_PERMISSION_ERROR`. */
export class PermissionError extends TransactionError {}

/**
 * A cluster couldn't commit it, such as for want of a leader; Open vSwitch's: `ERR_OVSDB_CLUSTER_ERROR`. Nothing of it is in the database:
 * where a cluster leaves that open, there is an `OutcomeUnknownError` with this as its cause.
 */
export class ClusterError extends TransactionError {}

/** The only two reasons for a {@link ClusterError} of which a member of a cluster knows that nothing was committed. */
const certain: ReadonlySet<string | undefined> = new Set(["not leader", "prerequisite check failed"]);

/** Whether the transaction may have been committed all the same: a cluster promises "at least once". */
export function isUncertain(error: unknown): error is ClusterError {
  return error instanceof ClusterError && !certain.has(error.details);
}

const classes: Readonly<Record<string, typeof TransactionError>> = {
  "constraint violation": ConstraintViolationError,
  "referential integrity violation": ReferentialIntegrityError,
  "duplicate uuid-name": DuplicateUuidNameError,
  "duplicate uuid": DuplicateUuidError,
  "domain error": DomainError,
  "range error": OutOfRangeError,
  "timed out": WaitTimedOutError,
  "not supported": NotSupportedError,
  aborted: AbortedError,
  "not owner": NotOwnerError,
  canceled: CanceledError,
  "resources exhausted": ResourcesExhaustedError,
  "I/O error": IoError,
  "syntax error": SyntaxRefusedError,
  "permission error": PermissionError,
  "cluster error": ClusterError,
};

/** What the server says, in the class that it belongs to; a plain `TransactionError` for what no specification names. */
export function transactionError(refusal: Refusal, place: TransactionPlace): TransactionError {
  const Class = Object.hasOwn(classes, refusal.error) ? classes[refusal.error] : undefined;
  return new (Class ?? TransactionError)(refusal, place);
}
