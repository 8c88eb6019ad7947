// `ovskit db get`: values of one row, a line each, as `ovs-vsctl get` prints them.
import type { GenericRow } from "../../../ovsdb/values.ts";
import { type ColumnArgument, parseColumn, valueAt } from "../../column-argument.ts";
import { type Command, command } from "../../command.ts";
import { databaseOption, withTables } from "../../database-tables.ts";
import { atomText, datumText } from "../../datum-text.ts";
import { findRecord, findRecordIfThere, rowOf } from "../../record.ts";
import { tableNamed } from "../../schema-names.ts";
import { InputError } from "../../usage-error.ts";
import { columnOperand, ifExistsOption, recordOperand, tableOperand } from "./operands.ts";

/** The text of a value; undefined for a key that isn't there. */
function textOf({ column, key }: ColumnArgument, row: GenericRow): string | undefined {
  const value = row[column.name];
  if (key === undefined) return datumText(value, column.type);
  const item = valueAt(value, key);
  return item === undefined ? undefined : atomText(item, column.type.value);
}

export const dbGetCommand: Command = command({
  name: "db get",
  summary: "print columns of a row, or keys of its maps",
  description: "One line for each. Without a column it only checks that the row is there.",
  synopsis: "TABLE RECORD [COLUMN[:KEY]]…",
  operands: [
    tableOperand,
    recordOperand,
    {
      ...columnOperand,
      optional: true,
      repeats: true,
      summary: "COLUMN or COLUMN:KEY: a column, or a key of a map",
    },
  ],
  options: {
    db: databaseOption,
    "if-exists": {
      ...ifExistsOption,
      summary: "print nothing for a row, an empty line for a key, that isn't there",
    },
  },
  examples: [
    { line: "ovskit db get Port qvo1 tag", does: "the VLAN of a port" },
    {
      line: "ovskit db get Interface qvo1 external_ids:iface-id ofport",
      does: "whose it is, and its number",
    },
  ],
  run: ({ operands, options, ...invocation }) =>
    withTables(invocation, options.db, async (database) => {
      const table = tableNamed(database.schema, operands.TABLE);
      const wanted = operands.COLUMN.map((text) => ({ text, ...parseColumn(table, text) }));
      const ifExists = options["if-exists"];
      const find = ifExists ? findRecordIfThere : findRecord;
      const record = await find(database, table, operands.RECORD);
      if (record === undefined) return { text: "", value: null };
      const columns = wanted.map(({ column }) => column.name);
      const row = await rowOf(database, table, record, columns);
      const lines = wanted.map((one) => {
        const text = textOf(one, row);
        if (text !== undefined || ifExists) return text ?? "";
        const reason = `${one.column.path} of "${operands.RECORD}" has no key ${JSON.stringify(String(one.key))}`;
        throw new InputError(one.text, reason);
      });
      const values = wanted.map(({ text, column, key }) => {
        const value = row[column.name];
        return [text, (key === undefined ? value : valueAt(value, key)) ?? null] as const;
      });
      return { text: lines.join("\n"), value: Object.fromEntries(values) };
    }),
});
