// What a transaction's reply says (RFC 7047, 4.1.3): one result for each operation, or an error where it failed and
// null after it, or one element more than there were operations: then the commit failed.
import type { JsonValue } from "../jsonrpc/json.ts";
import { OvsdbDecodeError } from "./errors.ts";
import { arrayAt, type Members, objectAt, refusalIn } from "./members.ts";
import type { Operation, OperationResult, SelectedRow, SelectOperation } from "./operations.ts";
import { rowCodec } from "./row.ts";
import type { DatabaseSchema } from "./schema.ts";
import { transactionError } from "./transaction-errors.ts";
import { isUuid } from "./values.ts";

/**
 * The results of a transaction's operations. `schema` is needed for rows only: whether a lone element is a set depends on it.
 * Throws `TransactionError` when the transaction was rolled back, `OvsdbDecodeError` for a reply that makes no sense.
 */
export function decodeResults(
  operations: readonly Operation[],
  reply: JsonValue,
  schema: DatabaseSchema | undefined,
): OperationResult[] {
  const elements = arrayAt(reply, "transact");
  for (const [index, element] of elements.entries()) {
    const refusal = refusalIn(element);
    if (refusal === undefined) continue;
    const operation = operations[index];
    if (operation === undefined) throw transactionError(refusal, {});
    const table = "table" in operation ? operation.table : undefined;
    throw transactionError(refusal, { operationIndex: index, table });
  }
  if (elements.length !== operations.length) {
    const counts = `${elements.length} results for ${operations.length} operations`;
    throw new OvsdbDecodeError("transact", counts);
  }
  return operations.map((operation, index) => decodeResult(operation, elements[index], schema));
}

function decodeResult(
  operation: Operation,
  json: JsonValue | undefined,
  schema: DatabaseSchema | undefined,
): OperationResult {
  const result = objectAt(json, operation.op);
  switch (operation.op) {
    case "insert":
      return { uuid: uuidIn(result["uuid"]) };
    case "update":
    case "mutate":
    case "delete":
      return { count: countIn(result["count"]) };
    case "select":
      return { rows: decodeRows(operation, result, schema) };
    case "wait":
    case "commit":
    case "abort":
    case "comment":
    case "assert":
    default:
      return {};
  }
}

function decodeRows(
  { table, columns }: SelectOperation,
  result: Members,
  schema: DatabaseSchema | undefined,
): SelectedRow[] {
  if (schema === undefined) throw new OvsdbDecodeError(table, "rows without a schema");
  const tableSchema = schema.tables.get(table);
  const chosen = columns ?? [...(tableSchema?.columns.keys() ?? []), "_version"];
  const codec = rowCodec(schema, table, chosen);
  return arrayAt(result["rows"], table).map((json) => {
    const { _uuid: id, ...columnsOf } = objectAt(json, table);
    const { _uuid, ...row } = codec.decode(id === undefined ? "" : uuidIn(id), columnsOf);
    return id === undefined ? row : { _uuid, ...row };
  });
}

function uuidIn(json: JsonValue | undefined): string {
  const [tag, text] = arrayAt(json, "uuid");
  if (tag !== "uuid" || typeof text !== "string" || !isUuid(text))
    throw new OvsdbDecodeError("uuid", "no UUID");
  return text;
}

function countIn(json: JsonValue | undefined): number {
  if (typeof json === "number" && Number.isInteger(json)) return json;
  throw new OvsdbDecodeError("count", "no count");
}
