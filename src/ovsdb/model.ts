// How a database's tables are known to the compiler: a model carries the types of its rows, and a selection picks
// tables and columns from it, so that a replica's rows have the columns that were asked for and no others.
import type { ConditionFunction } from "./operations.ts";
import type { GenericRow, Value } from "./values.ts";

/** A database whose rows have types: made by the generator from a schema, as `openVSwitch`. */
export interface DatabaseModel<Tables, References = unknown> {
  /** The database's name, such as `Open_vSwitch`. */
  readonly name: string;
  /** Of the schema that the types were generated from. A server's own may be older or newer. */
  readonly version: string;
  /** What an insert that leaves a column out gives it (RFC 7047, 5.2.1), by table; a column without one must be given. */
  readonly defaults?: { readonly [Table in keyof Tables]: Partial<Omit<Tables[Table], "_uuid">> };
  /** Never there: it carries the types of the rows. */
  readonly tables?: Tables;
  /** Never there: it carries the tables that references lead to, by table and column. */
  readonly references?: References;
}

/** Tables of a database that no model describes. */
export type GenericTables = Readonly<Record<string, GenericRow>>;

/** The names of a row's columns. */
export type ColumnOf<Row> = Exclude<keyof Row, "_uuid"> & string;

/** Columns by name, or `all` that the server's schema has. */
export type ColumnChoice<Row> = readonly ColumnOf<Row>[] | "all";

/** Which columns of a table, and, when not all of them, which rows: those for which any of the conditions holds. */
export interface RowChoice<Row> {
  readonly columns: ColumnChoice<Row>;
  readonly where?: readonly ConditionOn<Row>[] | undefined;
}

/** A condition on a row's own columns. */
export type ConditionOn<Row> = readonly [column: keyof Row & string, test: ConditionFunction, value: Value];

/** Which columns of which tables, and which of their rows. */
export type Selection<Tables> = {
  readonly [Table in keyof Tables]?: ColumnChoice<Tables[Table]> | RowChoice<Tables[Table]>;
};

type ColumnsIn<Chosen> = Chosen extends { readonly columns: infer Columns } ? Columns : Chosen;

/** The tables and rows that a selection leaves. Every row has `_uuid`. */
export type Selected<Tables, Chosen> = {
  readonly [Table in keyof Tables & keyof Chosen]: ColumnsIn<Chosen[Table]> extends readonly (infer Column)[]
    ? Pick<Tables[Table], (Column | "_uuid") & keyof Tables[Table]>
    : Tables[Table];
};
