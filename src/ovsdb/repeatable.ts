// What tells, of a transaction whose reply was lost, whether it was done: rows that it inserts under a uuid of their own,
// or a wait that it breaks itself. Pure: sending and asking is repeated-transaction.ts's business.
import { OvskitError } from "../errors.ts";
import type { InsertOperation, Operation, WaitOperation } from "./operations.ts";
import { atomsIn, Uuid, type Value } from "./values.ts";

/**
 * Nothing would tell whether a transaction was done already, so that it can't be sent twice: `ERR_OVSDB_OPERATION_UNREPEATABLE`.
 * Nothing of it is in the database.
 */
export class UnrepeatableError extends OvskitError {
  constructor(reason: string) {
    super("ERR_OVSDB_OPERATION_UNREPEATABLE", `this transaction can't be repeated safely: ${reason}`);
  }
}

/** An insert, and the uuid that it chooses. */
export type ChosenInsert = readonly [InsertOperation, string];

/** The inserts by which it shows that the transaction was done: with a uuid of their own, and not deleted again. */
export function chosenInserts(operations: readonly Operation[]): readonly ChosenInsert[] {
  return operations.flatMap((operation, index): ChosenInsert[] => {
    if (operation.op !== "insert" || operation.uuid === undefined) return [];
    const later = operations.slice(index + 1);
    return later.some(
      ({ op, ...rest }) => op === "delete" && "table" in rest && rest.table === operation.table,
    )
      ? []
      : [[operation, operation.uuid]];
  });
}

/** Whether a transaction makes something refer to this row. */
export function isReferredTo(id: string, operations: readonly Operation[]): boolean {
  return operations.some((operation) => writtenValues(operation).some((value) => holds(value, id)));
}

function writtenValues(operation: Operation): readonly Value[] {
  if (operation.op === "insert" || operation.op === "update") return Object.values(operation.row);
  if (operation.op !== "mutate") return [];
  return operation.mutations.flatMap(([, mutator, value]) => (mutator === "insert" ? [value] : []));
}

function holds(value: Value, id: string): boolean {
  return atomsIn(value).some((atom) => atom instanceof Uuid && atom.value === id.toLowerCase());
}

/** The first wait on what the transaction changes, turned round: put at the end it holds when the first one no longer does. */
export function brokenWait(operations: readonly Operation[]): WaitOperation {
  for (const operation of operations) {
    if (operation.op !== "wait") continue;
    if (!operations.some((other) => touches(other, operation))) continue;
    return { ...operation, until: operation.until === "==" ? "!=" : "==", timeoutMs: 0 };
  }
  throw new UnrepeatableError("it has neither an insert with a chosen uuid nor a wait on what it changes");
}

function touches(operation: Operation, { table, columns }: WaitOperation): boolean {
  if (!("table" in operation) || operation.table !== table) return false;
  const { op } = operation;
  if (op === "insert" || op === "delete") return true;
  if (op === "update") return columns.some((column) => column in operation.row);
  return op === "mutate" && operation.mutations.some(([column]) => columns.includes(column));
}
