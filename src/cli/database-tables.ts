// The database that a command of `ovskit db` works on: connected, chosen among the server's, with its schema, by which
// tables and columns are found and values are read.
import type { OvsdbClient } from "../ovsdb/client.ts";
import { openVSwitch } from "../ovsdb/models/open-vswitch.ts";
import type { DatabaseSchema } from "../ovsdb/schema.ts";
import type { Surroundings } from "./command.ts";
import { waiting, withDatabase } from "./database.ts";
import { nearest } from "./suggestion.ts";
import { InputError } from "./usage-error.ts";

/** A database that is open. */
export interface OpenDatabase {
  readonly client: OvsdbClient;
  readonly schema: DatabaseSchema;
  /** What every request carries. */
  readonly wait: { readonly timeoutMs: number; readonly signal: AbortSignal };
}

/** `--db`. */
export const databaseOption = {
  type: "string",
  value: "NAME",
  summary: "which database of the server (default Open_vSwitch, or its only one)",
} as const;

/** Opens the database of this name, or the one that goes without saying. Rejects with `InputError` when there is none. */
export function withTables<T>(
  surroundings: Surroundings,
  name: string | undefined,
  use: (database: OpenDatabase) => Promise<T>,
): Promise<T> {
  const withClient = async (client: OvsdbClient): Promise<T> => {
    const wait = waiting(surroundings);
    const database = chosenDatabase(await client.listDatabases(wait), name, surroundings.ovsdb);
    return use({ client, schema: await client.schema(database, wait), wait });
  };
  return withDatabase(surroundings, withClient, name);
}

/** The database that is meant. Throws `InputError`. */
export function chosenDatabase(
  databases: readonly string[],
  name: string | undefined,
  target: string,
): string {
  const own = databases.filter((one) => !one.startsWith("_"));
  const there = own.length === 0 ? "it has none" : `it has ${own.toSorted().join(", ")}`;
  if (name !== undefined) {
    if (databases.includes(name)) return name;
    const guess = nearest(name, databases);
    const hint = guess === undefined ? there : `did you mean "${guess}"?`;
    throw new InputError(name, `${target} has no database "${name}"; ${hint}`);
  }
  if (own.includes(openVSwitch.name)) return openVSwitch.name;
  const [only] = own;
  if (only !== undefined && own.length === 1) return only;
  throw new InputError("--db", `${target} has no database ${openVSwitch.name}; ${there}: give --db NAME`);
}
