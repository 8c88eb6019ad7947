// `ovskit db wait`: returns when a row is there and is as conditions say, as `ovs-vsctl wait-until` does.

import { ConnectionClosedError } from "../../../errors.ts";
import { settleWithin } from "../../../transport/deadline.ts";
import { parseCondition, type RowCondition, satisfies } from "../../column-argument.ts";
import { type Command, command } from "../../command.ts";
import { databaseOption, type OpenDatabase, withTables } from "../../database-tables.ts";
import { findRecordIfThere, namingColumns, rowIfThere } from "../../record.ts";
import { type NamedTable, tableNamed } from "../../schema-names.ts";
import { conditionHelp, conditionOperand, recordOperand, tableOperand } from "./operands.ts";

/** The row's UUID, once it is there and all conditions hold. */
function whenSo(
  database: OpenDatabase,
  table: NamedTable,
  word: string,
  conditions: readonly RowCondition[],
  changed: (wake: () => void) => void,
): Promise<string> {
  let changes = 0;
  let wake: (() => void) | undefined;
  changed(() => {
    changes += 1;
    wake?.();
  });
  const step = async (): Promise<string> => {
    const seen = changes;
    const uuid = await nowSo(database, table, word, conditions);
    if (uuid !== undefined) return uuid;
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (changes !== seen) resolve();
    });
    return step();
  };
  return step();
}

async function nowSo(
  database: OpenDatabase,
  table: NamedTable,
  word: string,
  conditions: readonly RowCondition[],
): Promise<string | undefined> {
  const record = await findRecordIfThere(database, table, word);
  if (record === undefined) return undefined;
  const columns = conditions.map(({ column }) => column.name);
  const row = await rowIfThere(database, table, record, columns);
  if (row === undefined) return undefined;
  return conditions.every((condition) => satisfies(condition, row)) ? record.uuid : undefined;
}

/** The columns of every table on which it depends whether the row is so. */
function watchedColumns(
  { schema }: OpenDatabase,
  table: NamedTable,
  conditions: readonly RowCondition[],
): Readonly<Record<string, readonly string[]>> {
  const watched = new Map([[table.name, new Set(conditions.map(({ column }) => column.name))]]);
  for (const { table: name, column, via } of namingColumns(schema, table)) {
    const columns = watched.get(name) ?? new Set();
    watched.set(name, columns.add(column).add(via ?? column));
  }
  return Object.fromEntries(
    Array.from(watched, ([name, columns]) => [name, [...columns].filter((one) => one !== "_uuid")]),
  );
}

export const dbWaitCommand: Command = command({
  name: "db wait",
  summary: "wait until a row is there and conditions hold",
  description: `Waits as long as --timeout says; without a condition, until the row is there.\n${conditionHelp}`,
  operands: [tableOperand, recordOperand, conditionOperand],
  options: { db: databaseOption },
  examples: [
    {
      line: "ovskit db wait Interface tap0 'ofport>0' --timeout 60",
      does: "until the switch has opened an interface, for up to a minute",
    },
    { line: "ovskit db wait Bridge br-int", does: "until somebody has made the bridge" },
  ],
  run: ({ operands, options, ...invocation }) =>
    withTables(invocation, options.db, async (database) => {
      const { client, schema, wait } = database;
      const table = tableNamed(schema, operands.TABLE);
      const word = operands.RECORD;
      const conditions = operands.CONDITION.map((text) => parseCondition(table, text));
      const watched = watchedColumns(database, table, conditions);
      await using replica = await client.replica(schema.name, watched, wait);
      const what = [`waiting for ${table.name} ${word}`, ...operands.CONDITION].join(" ");
      const uuid = await settleWithin<string>({ ...wait, what }, (resolve, reject) => {
        const lost = (): void => reject(new ConnectionClosedError(invocation.ovsdb, "lost while waiting"));
        replica.once("stale", lost).once("close", lost);
        whenSo(database, table, word, conditions, (wake) => replica.on("change", wake)).then(resolve, reject);
        return () => {};
      });
      return { text: "", value: { table: table.name, uuid } };
    }),
});
