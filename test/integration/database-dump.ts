// What of a database a replica with certain columns and conditions should show, according to ovsdb-client.
import { runCommand } from "../../lab/command.ts";
import { type Contents, dumpedContents, replicaContents } from "./database-contents.ts";

/** Which columns of which tables, and which rows by these. */
export type Shown = Readonly<
  Record<
    string,
    {
      readonly columns: readonly string[];
      readonly fits?: (row: Readonly<Record<string, string>>) => boolean;
    }
  >
>;

function named(tables: readonly string[]): Readonly<Record<string, true>> {
  return Object.fromEntries(tables.map((table) => [table, true]));
}

/** Every row of some tables. */
export async function dumpOf(target: string, database: string, tables: readonly string[]): Promise<Contents> {
  const printed = await runCommand("ovsdb-client", ["-f", "json", "dump", target, database]);
  return dumpedContents(printed, named(tables));
}

/** What of a dump a replica should show. */
export function chosenOf(all: Contents, shown: Shown): Contents {
  const tables = Object.entries(shown).map(([table, { columns, fits = () => true }]) => {
    const rows = Object.entries(all[table] ?? {}).flatMap(([id, row]) => {
      const chosen = columns.map((column) => [column, row[column] ?? "no such column"] as const);
      return fits(row) ? [[id, Object.fromEntries(chosen)] as const] : [];
    });
    return [table, Object.fromEntries(rows)] as const;
  });
  return Object.fromEntries(tables);
}

/** What rows show, by table. */
export function contentsOf(tables: readonly string[], rows: (table: string) => Iterable<object>): Contents {
  return replicaContents({ table: rows }, named(tables));
}
