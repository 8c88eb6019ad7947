// `ovskit db destroy`: removes rows in one transaction, all that are named or none.
import { type Command, command } from "../../command.ts";
import { databaseOption, withTables } from "../../database-tables.ts";
import { findRecord, findRecordIfThere, onlyThis } from "../../record.ts";
import { commitChanges } from "../../record-change.ts";
import { tableNamed } from "../../schema-names.ts";
import { UsageError } from "../../usage-error.ts";
import { ifExistsOption, noWaitOption, recordOperand, tableOperand } from "./operands.ts";

export const dbDestroyCommand: Command = command({
  name: "db destroy",
  summary: "remove rows, all of them or none",
  description:
    "A row that others refer to isn't removed. One of a table that isn't root goes by itself when none does.",
  synopsis: "TABLE [RECORD… | --all]",
  operands: [tableOperand, { ...recordOperand, optional: true, repeats: true }],
  options: {
    db: databaseOption,
    all: { type: "boolean", summary: "every row of the table" },
    "if-exists": ifExistsOption,
    "no-wait": noWaitOption,
  },
  examples: [
    { line: "ovskit db destroy QoS 7f1c", does: "the row whose UUID begins so" },
    { line: "ovskit db destroy Queue --all", does: "every queue" },
  ],
  run: ({ operands, options, ...invocation }) => {
    const words = operands.RECORD;
    if (options.all === words.length > 0) throw new UsageError("give either RECORDs or --all");
    return withTables(invocation, options.db, async (database) => {
      const { name, schema } = tableNamed(database.schema, operands.TABLE);
      const find = options["if-exists"] ? findRecordIfThere : findRecord;
      const results = await commitChanges(database, !options["no-wait"], async () => {
        if (options.all) return { guards: [], operations: [{ op: "delete", table: name, where: [] }] };
        const found = await Promise.all(words.map((word) => find(database, { name, schema }, word)));
        const records = found.filter((record) => record !== undefined);
        return {
          guards: records.flatMap(({ guards }) => guards),
          operations: records.map(
            ({ uuid }) => ({ op: "delete", table: name, where: onlyThis(uuid) }) as const,
          ),
        };
      });
      const counts = results.map((result) => ("count" in result ? result["count"] : 0));
      return { text: "", value: { table: name, destroyed: counts.reduce((sum, one) => sum + one, 0) } };
    });
  },
});
