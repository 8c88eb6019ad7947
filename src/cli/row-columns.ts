// Which columns of a table a command prints, and the rows with them as one select gives them.
import type { Condition } from "../ovsdb/operations.ts";
import type { GenericRow } from "../ovsdb/values.ts";
import type { OpenDatabase } from "./database-tables.ts";
import { namingColumns } from "./record.ts";
import { sortedRows } from "./row-output.ts";
import { allColumns, columnNamed, type NamedColumn, type NamedTable } from "./schema-names.ts";

/** What `--columns` names, or every column. Throws `InputError`. */
export function chosenColumns(table: NamedTable, option: string | undefined): readonly NamedColumn[] {
  if (option === undefined) return allColumns(table);
  return option
    .split(/[, ]+/)
    .filter((word) => word !== "")
    .map((word) => columnNamed(table, word));
}

/** Rows with these columns, in the order of their names. */
export async function readRows(
  { client, schema, wait }: OpenDatabase,
  table: NamedTable,
  columns: readonly NamedColumn[],
  where: readonly Condition[],
): Promise<readonly GenericRow[]> {
  const naming = namingColumns(schema, table).filter(({ via }) => via === undefined);
  const order = [...naming.map(({ column }) => column), "_uuid"].map((name) => columnNamed(table, name));
  const names = [...new Set([...order, ...columns].map(({ name }) => name))];
  const select = { op: "select", table: table.name, where, columns: names } as const;
  const [{ rows }] = await client.transact(schema.name, [select], wait);
  return sortedRows(
    order,
    rows.map((row) => ({ ...row, _uuid: row._uuid ?? "" })),
  );
}
