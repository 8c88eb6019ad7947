// `ovskit db list`: rows of a table as `ovs-vsctl list` prints them.
import { type Command, command } from "../../command.ts";
import { databaseOption, withTables } from "../../database-tables.ts";
import { findRecord, findRecordIfThere, rowOf } from "../../record.ts";
import { chosenColumns, readRows } from "../../row-columns.ts";
import { bareOption, formatOption, rowFormat, rowsText, rowValue } from "../../row-output.ts";
import { tableNamed } from "../../schema-names.ts";
import { columnsOption, ifExistsOption, recordOperand, tableOperand } from "./operands.ts";

export const dbListCommand: Command = command({
  name: "db list",
  summary: "print rows of a table",
  operands: [tableOperand, { ...recordOperand, optional: true, repeats: true }],
  options: {
    db: databaseOption,
    columns: columnsOption,
    format: formatOption,
    bare: bareOption,
    "if-exists": ifExistsOption,
  },
  examples: [
    { line: "ovskit db list Interface qvo1", does: "all that is known of an interface" },
    { line: "ovskit db list Port --columns=name,tag,trunks --format=table", does: "the VLANs of all ports" },
  ],
  run: ({ operands, options, ...invocation }) => {
    const format = rowFormat(options, "list");
    return withTables(invocation, options.db, async (database) => {
      const table = tableNamed(database.schema, operands.TABLE);
      const columns = chosenColumns(table, options.columns);
      const find = options["if-exists"] ? findRecordIfThere : findRecord;
      const words = operands.RECORD;
      const found = await Promise.all(words.map((word) => find(database, table, word)));
      const names = columns.map(({ name }) => name);
      const records = found.filter((record) => record !== undefined);
      const rows =
        words.length === 0
          ? await readRows(database, table, columns, [])
          : await Promise.all(records.map((record) => rowOf(database, table, record, names)));
      return { text: rowsText(columns, rows, format), value: rows.map((row) => rowValue(columns, row)) };
    });
  },
});
