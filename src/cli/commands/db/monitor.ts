// `ovskit db monitor`: tells what happens to the rows of a table, a line each, until it is interrupted.
import { ConnectionClosedError } from "../../../errors.ts";
import type { ColumnChoice } from "../../../ovsdb/model.ts";
import type { RowChange } from "../../../ovsdb/replica.ts";
import type { GenericRow } from "../../../ovsdb/values.ts";
import { type Command, command } from "../../command.ts";
import { databaseOption, withTables } from "../../database-tables.ts";
import { compareValues } from "../../datum-comparison.ts";
import { datumText } from "../../datum-text.ts";
import { jsonLine } from "../../json-text.ts";
import { rowValue, sortedRows } from "../../row-output.ts";
import { allColumns, columnNamed, type NamedColumn, tableNamed } from "../../schema-names.ts";
import { columnOperand, tableOperand } from "./operands.ts";

/** What happened to a row; `initial` is one that was there when it began. */
interface RowEvent {
  readonly event: "initial" | "insert" | "modify" | "delete";
  readonly uuid: string;
  readonly old: GenericRow | undefined;
  readonly new: GenericRow | undefined;
}

function rowEvent({ type, uuid, old, new: now }: RowChange<Readonly<Record<string, GenericRow>>>): RowEvent {
  return { event: type, uuid, old, new: now };
}

/** Of a modified row the columns that differ, of any other all. */
function toldColumns(columns: readonly NamedColumn[], { old, new: now }: RowEvent): readonly NamedColumn[] {
  if (old === undefined || now === undefined) return columns;
  return columns.filter(({ name }) => compareValues(old[name], now[name]) !== 0);
}

/** `modify 6e2c… tag=7 (was 5)`. */
function eventText(columns: readonly NamedColumn[], event: RowEvent): string {
  const { old, new: now } = event;
  const cells = toldColumns(columns, event).map(({ name, type }) => {
    const text = `${name}=${datumText((now ?? old)?.[name], type)}`;
    return event.event === "modify" ? `${text} (was ${datumText(old?.[name], type)})` : text;
  });
  return [event.event, event.uuid, ...cells].join(" ");
}

function eventValue(table: string, columns: readonly NamedColumn[], event: RowEvent): unknown {
  const { old, new: now, uuid } = event;
  const told = toldColumns(columns, event);
  return {
    event: event.event,
    table,
    uuid,
    ...(old === undefined ? {} : { old: rowValue(told, old) }),
    ...(now === undefined ? {} : { new: rowValue(told, now) }),
  };
}

export const dbMonitorCommand: Command = command({
  name: "db monitor",
  summary: "print what happens to the rows of a table as it happens",
  description: [
    "First a line for each row that is there, then one for each that comes (insert), changes (modify: the columns",
    "that did) or goes (delete), until it is interrupted. With --json each line is one object.",
  ].join("\n"),
  operands: [tableOperand, { ...columnOperand, optional: true, repeats: true }],
  options: {
    db: databaseOption,
    "no-initial": { type: "boolean", summary: "leave out the rows that are there" },
  },
  examples: [
    { line: "ovskit db monitor Port name tag", does: "ports that come and go, and their VLANs" },
    {
      line: "ovskit db monitor Interface name link_state --no-initial --json",
      does: "links going up and down, for programs",
    },
  ],
  run: ({ operands, options, json, write, ...invocation }) =>
    withTables(invocation, options.db, async ({ client, schema, wait }) => {
      const table = tableNamed(schema, operands.TABLE);
      const words = operands.COLUMN;
      const named = words.length === 0 ? allColumns(table) : words.map((word) => columnNamed(table, word));
      const columns = named.filter(({ name }) => name !== "_uuid");
      const tell = (event: RowEvent): void => {
        write(`${json ? jsonLine(eventValue(table.name, columns, event)) : eventText(columns, event)}\n`);
      };
      const chosen: Readonly<Record<string, ColumnChoice<GenericRow>>> = {
        [table.name]: columns.map(({ name }) => name),
      };
      await using replica = await client.replica(schema.name, chosen, wait);
      if (!options["no-initial"]) {
        const rows = sortedRows(columns, [...replica.table(table.name)]);
        for (const row of rows) tell({ event: "initial", uuid: row._uuid, old: undefined, new: row });
      }
      replica.on("change", (changes) => {
        for (const change of changes) tell(rowEvent(change));
      });
      await new Promise<void>((resolve, reject) => {
        const lost = (): void => {
          if (wait.signal.aborted) resolve();
          else reject(new ConnectionClosedError(invocation.ovsdb, "lost"));
        };
        replica.once("stale", lost).once("close", lost);
        wait.signal.addEventListener("abort", () => resolve());
      });
      return { text: "", value: null, said: true };
    }),
});
