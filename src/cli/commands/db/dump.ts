// `ovskit db dump`: whole tables from one snapshot, as `ovsdb-client dump` prints them.
import type { GenericRow } from "../../../ovsdb/values.ts";
import { type Command, command } from "../../command.ts";
import { databaseOption, withTables } from "../../database-tables.ts";
import { formatOption, rowFormat, rowsText, rowValue, sortedRows } from "../../row-output.ts";
import { allColumns, columnNamed, type NamedColumn, tableNamed, uuidColumn } from "../../schema-names.ts";
import { columnOperand, tableOperand } from "./operands.ts";

/** Whether a column has something to order rows by: UUIDs are random, and decide only among rows that are the same otherwise. */
function saysSomething({ type: { key, value } }: NamedColumn): boolean {
  return key.type !== "uuid" && value?.type !== "uuid";
}

export const dbDumpCommand: Command = command({
  name: "db dump",
  summary: "print whole tables, or a whole database",
  description: "All tables are read in one transaction, so that what is printed was so at one moment.",
  operands: [
    { ...tableOperand, optional: true },
    { ...columnOperand, optional: true, repeats: true },
  ],
  options: { db: databaseOption, format: formatOption },
  examples: [
    { line: "ovskit db dump Port name tag", does: "names and VLANs of all ports" },
    { line: "ovskit db dump --json", does: "everything, by table, for programs" },
  ],
  run: ({ operands, options, ...invocation }) => {
    const format = rowFormat({ ...options, bare: false }, "table");
    return withTables(invocation, options.db, async ({ client, schema, wait }) => {
      const { TABLE: only, COLUMN: words } = operands;
      const names = only === undefined ? [...schema.tables.keys()].toSorted() : [only];
      const tables = names.map((name) => {
        const table = tableNamed(schema, name);
        const columns: readonly NamedColumn[] =
          words.length === 0 ? allColumns(table) : words.map((word) => columnNamed(table, word));
        return { name: table.name, columns };
      });
      const selects = tables.map(({ name, columns }) => {
        const chosen = [...new Set(["_uuid", ...columns.map((column) => column.name)])];
        return { op: "select", table: name, where: [], columns: chosen } as const;
      });
      const results = await client.transact(schema.name, selects, wait);
      const filled = tables.map(({ name, columns }, index) => {
        const rows = (results[index]?.rows ?? []).map(
          (row): GenericRow => ({ ...row, _uuid: row._uuid ?? "" }),
        );
        const order = [...columns.filter(saysSomething), ...columns.filter((one) => !saysSomething(one))];
        return { name, columns, rows: sortedRows([...order, uuidColumn(name)], rows) };
      });
      return {
        text: filled
          .map(({ name, columns, rows }) =>
            [`${name} table`, rowsText(columns, rows, format)].join("\n").trimEnd(),
          )
          .join("\n\n"),
        value: Object.fromEntries(
          filled.map(({ name, columns, rows }) => [name, rows.map((row) => rowValue(columns, row))]),
        ),
      };
    });
  },
});
