// Every operation of RFC 7047, 5.2 (and assert, abort, comment, wait, commit among them), as callers write them, and
// their way to the wire. What the server would misunderstand, above all a name that no insert defines, is refused here.
import type { JsonValue } from "../jsonrpc/json.ts";
import { OperationError } from "./errors.ts";
import type { Members } from "./members.ts";
import { type ColumnValue, encodeValue, isUuid, namedUuid, namesIn, type Value } from "./values.ts";

/** Columns to be written, with their values. */
export interface RowValues {
  readonly [column: string]: Value;
}

/** How a {@link Condition} compares (RFC 7047, 5.1). `includes` and `excludes` take subsets. */
export type ConditionFunction = "<" | "<=" | "==" | "!=" | ">=" | ">" | "includes" | "excludes";

/** `[column, function, value]`. `_uuid` is a column too: `["_uuid", "==", uuid(row._uuid)]`. */
export type Condition = readonly [column: string, test: ConditionFunction, value: Value];

/** How a {@link Mutation} changes a column: arithmetic on numbers, `insert` and `delete` on sets and maps. */
export type Mutator = "+=" | "-=" | "*=" | "/=" | "%=" | "insert" | "delete";

/** `[column, mutator, value]`. `delete` on a map takes keys or pairs. */
export type Mutation = readonly [column: string, mutator: Mutator, value: Value];

/** Adds a row (RFC 7047, 5.2.1). */
export interface InsertOperation {
  readonly op: "insert";
  readonly table: string;
  readonly row: RowValues;
  /** A name for the new row, for {@link namedUuid} in this transaction. */
  readonly uuidName?: string | undefined;
  /** The new row's UUID; chosen by the server when left out. An extension of Open vSwitch 2.6. */
  readonly uuid?: string | undefined;
}

/** Reads rows for which every condition holds (5.2.2). */
export interface SelectOperation {
  readonly op: "select";
  readonly table: string;
  readonly where: readonly Condition[];
  /** Default: every column, `_uuid` and `_version` too. */
  readonly columns?: readonly string[] | undefined;
}

/** Writes columns of the rows for which every condition holds (5.2.3). */
export interface UpdateOperation {
  readonly op: "update";
  readonly table: string;
  readonly where: readonly Condition[];
  readonly row: RowValues;
}

/** Changes columns of the rows for which every condition holds (5.2.4). */
export interface MutateOperation {
  readonly op: "mutate";
  readonly table: string;
  readonly where: readonly Condition[];
  readonly mutations: readonly Mutation[];
}

/** Removes the rows for which every condition holds (5.2.5). */
export interface DeleteOperation {
  readonly op: "delete";
  readonly table: string;
  readonly where: readonly Condition[];
}

/** Waits until the chosen rows and columns are, or aren't, these (5.2.6). */
export interface WaitOperation {
  readonly op: "wait";
  readonly table: string;
  readonly where: readonly Condition[];
  readonly columns: readonly string[];
  readonly until: "==" | "!=";
  readonly rows: readonly RowValues[];
  /** 0 fails at once instead of waiting. Default: waits without end. */
  readonly timeoutMs?: number | undefined;
}

/** Asks for the commit to be on disk before the reply, when `durable` (5.2.7). */
export interface CommitOperation {
  readonly op: "commit";
  readonly durable: boolean;
}

/** Rolls the transaction back (5.2.8). */
export interface AbortOperation {
  readonly op: "abort";
}

/** Leaves a text in the database's log (5.2.9). */
export interface CommentOperation {
  readonly op: "comment";
  readonly comment: string;
}

/** Fails unless this client holds the lock (5.2.10). */
export interface AssertOperation {
  readonly op: "assert";
  readonly lock: string;
}

/** One operation of a transaction. */
export type Operation =
  | InsertOperation
  | SelectOperation
  | UpdateOperation
  | MutateOperation
  | DeleteOperation
  | WaitOperation
  | CommitOperation
  | AbortOperation
  | CommentOperation
  | AssertOperation;

/** Result of an insert. */
export interface InsertResult {
  /** The new row. It is gone again if its table isn't root and nothing refers to it. */
  readonly uuid: string;
}

/** A row of a select: the columns that were asked for, as a replica has them. */
export interface SelectedRow {
  /** Undefined unless it was asked for. Without it the server leaves out rows that look the same. */
  readonly _uuid?: string;
  readonly [column: string]: ColumnValue;
}

/** Result of a select. */
export interface SelectResult {
  readonly rows: readonly SelectedRow[];
}

/** Result of update, mutate and delete. */
export interface CountResult {
  /** How many rows the conditions chose. */
  readonly count: number;
}

/** Result of an operation that has nothing to say. */
export type EmptyResult = Readonly<Record<string, never>>;

/** What one operation gives. */
export type OperationResult = InsertResult | SelectResult | CountResult | EmptyResult;

/** What operation `O` gives. */
export type ResultOf<O extends Operation> = O extends InsertOperation
  ? InsertResult
  : O extends SelectOperation
    ? SelectResult
    : O extends UpdateOperation | MutateOperation | DeleteOperation
      ? CountResult
      : EmptyResult;

/** What a transaction of these operations gives, in their order. */
export type ResultsOf<Operations extends readonly Operation[]> = {
  -readonly [Index in keyof Operations]: ResultOf<Operations[Index]>;
};

/** The operations as the wire has them. Throws `OperationError`. */
export function encodeOperations(operations: readonly Operation[]): JsonValue[] {
  const names = definedNames(operations);
  return operations.map((operation, index) => {
    try {
      checkNames(operation, names);
      return encodeOperation(operation);
    } catch (error) {
      if (error instanceof OperationError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new OperationError(index, reason, { cause: error });
    }
  });
}

function definedNames(operations: readonly Operation[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [index, operation] of operations.entries()) {
    if (operation.op !== "insert" || operation.uuidName === undefined) continue;
    if (names.has(operation.uuidName)) {
      throw new OperationError(index, `two inserts are named ${JSON.stringify(operation.uuidName)}`);
    }
    names.add(operation.uuidName);
  }
  return names;
}

/** The server would take an undefined name for a UUID that nobody sent, and complain of that one. */
function checkNames(operation: Operation, names: ReadonlySet<string>): void {
  for (const [, value] of columnValues(operation)) {
    const missing = namesIn(value).find((name) => !names.has(name));
    if (missing !== undefined) throw new Error(`no insert of this transaction is named "${missing}"`);
  }
}

/** The values of an operation, wherever they stand in it, each with its column. */
export function columnValues(operation: Operation): readonly (readonly [column: string, value: Value])[] {
  const rows = [
    ...("row" in operation ? [operation.row] : []),
    ...("rows" in operation ? operation.rows : []),
  ];
  const triples = [
    ...("where" in operation ? operation.where : []),
    ...("mutations" in operation ? operation.mutations : []),
  ];
  return [
    ...rows.flatMap((row) => Object.entries(row)),
    ...triples.map(([column, , value]) => [column, value] as const),
  ];
}

function encodeOperation(operation: Operation): Members {
  switch (operation.op) {
    case "insert":
      return encodeInsert(operation);
    case "select": {
      const { op, table, where, columns } = operation;
      return { op, table, where: encodeTriples(where), ...(columns === undefined ? {} : { columns }) };
    }
    case "update": {
      const { op, table, where, row } = operation;
      return { op, table, where: encodeTriples(where), row: encodeRow(row) };
    }
    case "mutate": {
      const { op, table, where, mutations } = operation;
      return { op, table, where: encodeTriples(where), mutations: encodeTriples(mutations) };
    }
    case "delete":
      return { op: "delete", table: operation.table, where: encodeTriples(operation.where) };
    case "wait":
      return encodeWait(operation);
    case "commit":
    case "abort":
    case "comment":
    case "assert":
    default:
      return { ...operation };
  }
}

function encodeInsert({ op, table, row, uuidName, uuid }: InsertOperation): Members {
  if (uuid !== undefined && !isUuid(uuid)) throw new Error(`${JSON.stringify(uuid)} is no UUID`);
  return {
    op,
    table,
    row: encodeRow(row),
    ...(uuidName === undefined ? {} : { "uuid-name": namedUuid(uuidName).name }),
    ...(uuid === undefined ? {} : { uuid }),
  };
}

function encodeWait({ op, table, where, columns, until, rows, timeoutMs }: WaitOperation): Members {
  return {
    op,
    table,
    where: encodeTriples(where),
    columns,
    until,
    rows: rows.map(encodeRow),
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
  };
}

function encodeRow(row: RowValues): Members {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, encodeValue(value)]));
}

/** Conditions and mutations as the wire has them. */
export function encodeTriples(triples: readonly (readonly [string, string, Value])[]): JsonValue[] {
  return triples.map(([column, test, value]) => [column, test, encodeValue(value)]);
}
