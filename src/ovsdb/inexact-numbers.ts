// Integers beyond 2^53 that were written as numbers: what the caller meant was rounded before anybody could see it. Only
// a column's type tells them from reals, so the schema is asked for when there is such a number, and else not.
import { OperationError, ValueError } from "./errors.ts";
import { columnValues, type Operation } from "./operations.ts";
import type { ColumnType, DatabaseSchema } from "./schema.ts";
import { atomsIn } from "./values.ts";

/** A number that is whole and not exact, and where it is to go. */
interface Inexact {
  readonly operationIndex: number;
  readonly table: string;
  readonly column: string;
  readonly number: number;
}

/** The numbers of a transaction that would be inexact as integers. */
export function inexactNumbers(operations: readonly Operation[]): readonly Inexact[] {
  return operations.flatMap((operation, operationIndex) => {
    if (!("table" in operation)) return [];
    const { table } = operation;
    return columnValues(operation).flatMap(([column, value]) =>
      atomsIn(value).flatMap((number) =>
        typeof number === "number" && Number.isInteger(number) && !Number.isSafeInteger(number)
          ? [{ operationIndex, table, column, number }]
          : [],
      ),
    );
  });
}

/** Throws `OperationError` for the first that goes into a column of integers. */
export function refuseInexact(numbers: readonly Inexact[], schema: DatabaseSchema): void {
  for (const { operationIndex, table, column, number } of numbers) {
    const type = schema.tables.get(table)?.columns.get(column)?.type;
    if (type === undefined || !holdsIntegers(type)) continue;
    const cause = new ValueError(
      `${table}.${column}: ${number} isn't exact as a number: write it as a bigint`,
    );
    throw new OperationError(operationIndex, cause.message, { cause });
  }
}

function holdsIntegers({ key, value }: ColumnType): boolean {
  // Of a map with reals as keys or values, nobody knows which of them the number is.
  return (
    (key.type === "integer" && value?.type !== "real") || (value?.type === "integer" && key.type !== "real")
  );
}
