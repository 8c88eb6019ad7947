// `ovskit db set`: writes columns and keys of one row in one transaction, as `ovs-vsctl set` does.
import { parseAssignment } from "../../column-argument.ts";
import { type Command, command } from "../../command.ts";
import { databaseOption, withTables } from "../../database-tables.ts";
import { findRecord, findRecordIfThere } from "../../record.ts";
import { commitChanges, setChanges } from "../../record-change.ts";
import { tableNamed } from "../../schema-names.ts";
import {
  assignmentOperand,
  ifExistsOption,
  noWaitOption,
  recordOperand,
  tableOperand,
  valueHelp,
} from "./operands.ts";

export const dbSetCommand: Command = command({
  name: "db set",
  summary: "write columns of a row, or keys of its maps",
  description: `Other keys stay as they are when a key is written. All is written in one transaction.\n${valueHelp}`,
  synopsis: "TABLE RECORD COLUMN[:KEY]=VALUE…",
  operands: [tableOperand, recordOperand, assignmentOperand],
  options: { db: databaseOption, "if-exists": ifExistsOption, "no-wait": noWaitOption },
  examples: [
    { line: "ovskit db set Port qvo1 tag=5 vlan_mode=access", does: "an access port of VLAN 5" },
    {
      line: "ovskit db set Interface qvo1 external_ids:attached-mac='\"fa:16:3e:00:00:01\"'",
      does: "one key of a map, with a string that needs quotes",
    },
    { line: "ovskit db set Port qvo1 tag=[] trunks=10-19", does: "no VLAN of its own, ten that pass" },
  ],
  run: ({ operands, options, ...invocation }) =>
    withTables(invocation, options.db, async (database) => {
      const table = tableNamed(database.schema, operands.TABLE);
      const assignments = operands.ASSIGNMENT.map((text) => parseAssignment(table, text));
      const find = options["if-exists"] ? findRecordIfThere : findRecord;
      let uuid: string | null = null;
      await commitChanges(database, !options["no-wait"], async () => {
        const record = await find(database, table, operands.RECORD);
        uuid = record?.uuid ?? null;
        if (record === undefined) return { guards: [], operations: [] };
        return setChanges(database, table, record, assignments);
      });
      return { text: "", value: { table: table.name, uuid } };
    }),
});
