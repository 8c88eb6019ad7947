// `ovskit db add`: puts elements into a set, or pairs into a map, without touching the others.
import { type Command, command } from "../../command.ts";
import { databaseOption, withTables } from "../../database-tables.ts";
import { parseElements } from "../../element-argument.ts";
import { findRecord, findRecordIfThere } from "../../record.ts";
import { commitChanges, elementChanges } from "../../record-change.ts";
import { columnNamed, tableNamed } from "../../schema-names.ts";
import {
  columnOperand,
  ifExistsOption,
  noWaitOption,
  recordOperand,
  tableOperand,
  valueHelp,
} from "./operands.ts";

export const dbAddCommand: Command = command({
  name: "db add",
  summary: "put elements into a set, or pairs into a map",
  description: `What is there already stays as it is, also a key that has another value, which "db set" changes.\n${valueHelp}`,
  synopsis: "TABLE RECORD COLUMN [KEY=]VALUE…",
  operands: [
    tableOperand,
    recordOperand,
    columnOperand,
    { name: "VALUE", repeats: true, summary: "an element, or KEY=VALUE of a map" },
  ],
  options: { db: databaseOption, "if-exists": ifExistsOption, "no-wait": noWaitOption },
  examples: [
    { line: "ovskit db add Port qvo1 trunks 10 20", does: "two more VLANs that pass" },
    {
      line: "ovskit db add Bridge br-int other_config hwaddr='\"02:00:00:00:00:01\"'",
      does: "a key, unless it is there",
    },
  ],
  run: ({ operands, options, ...invocation }) =>
    withTables(invocation, options.db, async (database) => {
      const table = tableNamed(database.schema, operands.TABLE);
      const column = columnNamed(table, operands.COLUMN);
      const elements = parseElements(column, operands.VALUE);
      const find = options["if-exists"] ? findRecordIfThere : findRecord;
      let uuid: string | null = null;
      await commitChanges(database, !options["no-wait"], async () => {
        const record = await find(database, table, operands.RECORD);
        uuid = record?.uuid ?? null;
        if (record === undefined) return { guards: [], operations: [] };
        return elementChanges(table, record, column, "insert", { elements });
      });
      return { text: "", value: { table: table.name, uuid } };
    }),
});
