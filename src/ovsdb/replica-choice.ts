// What a replica was told to show, in one form whatever way it was written, and what follows from it: the tables it
// keeps, the conditions it begins with and, with a schema, how its rows are read.
import type { RowConditions } from "./conditions.ts";
import type { Condition } from "./operations.ts";
import type { ReferencePlace } from "./replica-reference.ts";
import { TableStore } from "./replica-table.ts";
import { type RowCodec, rowCodec } from "./row.ts";
import type { ColumnType, DatabaseSchema } from "./schema.ts";

type Columns = readonly string[] | "all";

/** Columns and rows of one table. */
export interface TableChoice {
  readonly columns: Columns;
  readonly where?: readonly Condition[] | undefined;
}

/** Tables, columns and rows by name, as a caller writes them. */
export type Choice = Readonly<Record<string, Columns | TableChoice | undefined>>;

/** By table. */
export type TableChoices = ReadonlyMap<string, TableChoice>;

/** The choice in one form. */
export function tableChoices(choice: Choice): TableChoices {
  const chosen = Object.entries(choice).flatMap(([table, one]) => {
    if (one === undefined) return [];
    const columnsOnly = typeof one === "string" || Array.isArray(one);
    return [[table, columnsOnly ? { columns: one as Columns } : (one as TableChoice)] as const];
  });
  return new Map(chosen);
}

/** A store for each table; one that is there already stays, with its rows and indexes. */
export function storesOf(
  choices: TableChoices,
  known: ReadonlyMap<string, TableStore>,
  database: string,
): ReadonlyMap<string, TableStore> {
  return new Map(
    Array.from(choices.keys(), (table) => [table, known.get(table) ?? new TableStore(table, database)]),
  );
}

/** Which rows, by table. */
export function conditionsOf(choices: TableChoices): RowConditions {
  return Object.fromEntries(Array.from(choices, ([table, { where }]) => [table, where]));
}

/** How the rows are read. Throws `SelectionError` for a table or column that the schema hasn't. */
export function codecsOf(schema: DatabaseSchema, choices: TableChoices): ReadonlyMap<string, RowCodec> {
  return new Map(Array.from(choices, ([table, { columns }]) => [table, rowCodec(schema, table, columns)]));
}

/** The columns that are read, by table. */
export function columnsOf(codecs: ReadonlyMap<string, RowCodec>): ReadonlyMap<string, readonly string[]> {
  return new Map(Array.from(codecs, ([table, { columns }]) => [table, columns]));
}

/** Whether rows read by one schema can be carried on with by the other. */
export function sameSchema(one: DatabaseSchema, other: DatabaseSchema): boolean {
  return one.version === other.version && one.cksum === other.cksum;
}

/** Where references are in a column of this type, if it holds any. */
export function referencePlace({ key, value }: ColumnType): ReferencePlace | undefined {
  if (value?.refTable !== undefined) return { table: value.refTable, in: "values" };
  if (key.refTable === undefined) return undefined;
  return { table: key.refTable, in: value === undefined ? "elements" : "keys" };
}
