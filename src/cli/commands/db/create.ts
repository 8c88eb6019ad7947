// `ovskit db create`: adds one row and prints its UUID.
import { randomUUID } from "node:crypto";
import { isUuid } from "../../../ovsdb/values.ts";
import { parseAssignment } from "../../column-argument.ts";
import { type Command, command } from "../../command.ts";
import { databaseOption, withTables } from "../../database-tables.ts";
import { commitChanges, newRow } from "../../record-change.ts";
import { tableNamed } from "../../schema-names.ts";
import { InputError } from "../../usage-error.ts";
import { assignmentOperand, noWaitOption, tableOperand, valueHelp } from "./operands.ts";

export const dbCreateCommand: Command = command({
  name: "db create",
  summary: "add a row and print its UUID",
  description: [
    "Columns that aren't given have their defaults. A row that nothing refers to stays only in a table that is",
    'root, such as QoS or Queue; "ovskit db transact" adds a row together with what refers to it.',
    valueHelp,
  ].join("\n"),
  synopsis: "TABLE [COLUMN[:KEY]=VALUE]…",
  operands: [tableOperand, { ...assignmentOperand, optional: true }],
  options: {
    db: databaseOption,
    id: { type: "string", value: "UUID", summary: "the UUID that the row is to have" },
    "no-wait": noWaitOption,
  },
  examples: [
    {
      line: "ovskit db create QoS type=linux-htb other_config:max-rate=1000000",
      does: "a QoS, to be set with: ovskit db set Port qvo1 qos=UUID",
    },
  ],
  run: ({ operands, options, ...invocation }) =>
    withTables(invocation, options.db, async (database) => {
      const table = tableNamed(database.schema, operands.TABLE);
      const row = newRow(operands.ASSIGNMENT.map((text) => parseAssignment(table, text)));
      const uuid = options.id ?? randomUUID();
      if (!isUuid(uuid)) throw new InputError(uuid, `--id ${uuid} is no UUID`);
      await commitChanges(database, !options["no-wait"], () =>
        Promise.resolve({ guards: [], operations: [{ op: "insert", table: table.name, row, uuid }] }),
      );
      const lost = `${table.name} isn't a root table: the row is gone again, since nothing refers to it`;
      return {
        text: uuid,
        value: { table: table.name, uuid },
        warnings: table.schema.isRoot ? [] : [lost],
      };
    }),
});
