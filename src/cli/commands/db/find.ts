// `ovskit db find`: the rows that conditions hold for, as `ovs-vsctl find` prints them.
import { parseCondition, satisfies, serverConditions } from "../../column-argument.ts";
import { type Command, command } from "../../command.ts";
import { databaseOption, withTables } from "../../database-tables.ts";
import { chosenColumns, readRows } from "../../row-columns.ts";
import { bareOption, formatOption, rowFormat, rowsText, rowValue } from "../../row-output.ts";
import { tableNamed } from "../../schema-names.ts";
import { columnsOption, conditionHelp, conditionOperand, tableOperand } from "./operands.ts";

export const dbFindCommand: Command = command({
  name: "db find",
  summary: "print the rows that conditions hold for",
  description: conditionHelp,
  operands: [tableOperand, conditionOperand],
  options: { db: databaseOption, columns: columnsOption, format: formatOption, bare: bareOption },
  examples: [
    { line: "ovskit db find Port tag=5 --columns=name --bare", does: "the ports of VLAN 5" },
    {
      line: "ovskit db find Interface 'external_ids:iface-id!=\"\"' ofport=-1",
      does: "VMs' interfaces that the switch couldn't open",
    },
    { line: "ovskit db find Port 'trunks{>=}10,20'", does: "ports that VLANs 10 and 20 pass" },
  ],
  run: ({ operands, options, ...invocation }) => {
    const format = rowFormat(options, "list");
    return withTables(invocation, options.db, async (database) => {
      const table = tableNamed(database.schema, operands.TABLE);
      const columns = chosenColumns(table, options.columns);
      const conditions = operands.CONDITION.map((text) => parseCondition(table, text));
      const needed = [...columns, ...conditions.map(({ column }) => column)];
      const candidates = await readRows(database, table, needed, serverConditions(conditions));
      const rows = candidates.filter((row) => conditions.every((condition) => satisfies(condition, row)));
      return { text: rowsText(columns, rows, format), value: rows.map((row) => rowValue(columns, row)) };
    });
  },
});
