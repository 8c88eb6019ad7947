// `--set COLUMN[:KEY]=VALUE` of the commands that add a row: any other column, in the words of `ovskit db set`.
import type { RowValues } from "../ovsdb/operations.ts";
import type { DatabaseSchema } from "../ovsdb/schema.ts";
import { parseAssignment } from "./column-argument.ts";
import { newRow } from "./record-change.ts";
import { tableNamed } from "./schema-names.ts";
import { UsageError } from "./usage-error.ts";

/** The option for a table, such as `bridge`. */
export function setOption(of: string): {
  readonly type: "string";
  readonly value: string;
  readonly repeats: true;
  readonly summary: string;
} {
  const summary = `any other column of the ${of}, as ovskit db set writes it; may be repeated`;
  return { type: "string", value: "COLUMN[:KEY]=VALUE", repeats: true, summary };
}

/**
 * The columns of a new row of `table` that `--set` gives. `others` are those that it has already. Throws `InputError`,
 * `DatumSyntaxError` or, for one of `others`, `UsageError`.
 */
export function setColumns(
  schema: DatabaseSchema,
  table: string,
  texts: readonly string[],
  others: readonly string[],
): RowValues {
  const named = tableNamed(schema, table);
  const row = newRow(texts.map((text) => parseAssignment(named, text)));
  const twice = others.find((column) => Object.hasOwn(row, column));
  if (twice !== undefined) throw new UsageError(`--set ${twice}`, `the command gives the ${twice} already`);
  return row;
}
