// Which row `RECORD` is: a UUID, what the row's name column has, the name of the row that refers to it where it has no
// name itself (`Controller br0`), `.` for a table's only row, or the first four or more digits of its UUID.
import type { Condition, SelectedRow, SelectOperation, WaitOperation } from "../ovsdb/operations.ts";
import type { ColumnType, DatabaseSchema, TableSchema } from "../ovsdb/schema.ts";
import { type GenericRow, isUuid, uuid } from "../ovsdb/values.ts";
import type { OpenDatabase } from "./database-tables.ts";
import type { NamedTable } from "./schema-names.ts";
import { InputError } from "./usage-error.ts";

/** A row that a command line names. */
export interface FoundRecord {
  /** As it was typed. */
  readonly word: string;
  readonly uuid: string;
  /** Fails at once unless the row is there still and is still the one of that name. */
  readonly guards: readonly WaitOperation[];
}

/** A column by whose text rows are known; `via` when it is of another table, which refers to them. */
export interface NamingColumn {
  readonly table: string;
  readonly column: string;
  readonly via?: string;
}

/** The columns by which a table's rows are known. */
export function namingColumns(schema: DatabaseSchema, table: NamedTable): readonly NamingColumn[] {
  const own = nameColumn(table.schema);
  if (own !== undefined) return [{ table: table.name, column: own }];
  return Array.from(schema.tables).flatMap(([name, referrer]) => {
    const column = nameColumn(referrer);
    if (column === undefined) return [];
    const vias = [...referrer.columns].filter(([, { type }]) => type.key.refTable === table.name);
    return vias.map(([via]) => ({ table: name, column, via }));
  });
}

/** The column that names a table's rows: its index, when that is one text, or `name`. */
function nameColumn({ indexes, columns }: TableSchema): string | undefined {
  const isText = (column: string | undefined): column is string => {
    const type: ColumnType | undefined = columns.get(column ?? "")?.type;
    return type?.key.type === "string" && type.value === undefined && type.max === 1;
  };
  const indexed = indexes.filter((index) => index.length === 1).map(([column]) => column);
  return [...indexed, "name"].find(isText);
}

/** The row of that name. Throws `InputError` when there is none or more than one. */
export async function findRecord(
  database: OpenDatabase,
  table: NamedTable,
  word: string,
): Promise<FoundRecord> {
  const found = await findRecordIfThere(database, table, word);
  if (found === undefined) throw new InputError(word, `${table.name} has no row "${word}"`);
  return found;
}

/** The row of that name, undefined when there is none. Throws `InputError` when there is more than one. */
export async function findRecordIfThere(
  { client, schema, wait }: OpenDatabase,
  table: NamedTable,
  word: string,
): Promise<FoundRecord | undefined> {
  const ways = waysTo(schema, table, word);
  const results = await client.transact(
    schema.name,
    ways.map(({ select }) => select),
    wait,
  );
  for (const [index, way] of ways.entries()) {
    const uuids = [...new Set(way.uuidsIn(results[index]?.rows ?? []))];
    const [only] = uuids;
    if (uuids.length > 1) {
      throw new InputError(word, `${table.name} has several rows "${word}": ${uuids.toSorted().join(", ")}`);
    }
    if (only !== undefined) return { word, uuid: only, guards: way.guards(only) };
  }
  return undefined;
}

/** One way to a row: what to ask, and what the answer means. */
interface Way {
  readonly select: SelectOperation;
  uuidsIn(rows: readonly SelectedRow[]): readonly string[];
  guards(id: string): readonly WaitOperation[];
}

/** The ways to try, in this order. */
function waysTo(schema: DatabaseSchema, table: NamedTable, word: string): readonly Way[] {
  return [
    ...(isUuid(word) ? [byUuid(table, word)] : []),
    ...namingColumns(schema, table).map((naming) => byName(table, naming, word)),
    ...(word === "." ? [onlyRow(table)] : []),
    ...(/^[0-9a-f]{4}[0-9a-f-]*$/i.test(word) ? [byDigits(table, word)] : []),
  ];
}

function byUuid({ name }: NamedTable, word: string): Way {
  return {
    select: selectOf(name, [["_uuid", "==", uuid(word)]], ["_uuid"]),
    uuidsIn: ownUuids,
    guards: (id) => [rowIsThere(name, id)],
  };
}

function byName({ name }: NamedTable, { table, column, via }: NamingColumn, word: string): Way {
  const named: Condition = [column, "==", [word]];
  if (via === undefined) {
    return {
      select: selectOf(table, [named], ["_uuid"]),
      uuidsIn: ownUuids,
      guards: (id) => [rowIsThere(table, id, [named])],
    };
  }
  return {
    select: selectOf(table, [named], [via]),
    uuidsIn: (rows) => rows.flatMap((row) => referred(row[via])),
    guards: (id) => [
      rowIsThere(name, id),
      {
        op: "wait",
        table,
        where: [named],
        columns: [column],
        until: "==",
        rows: [{ [column]: [word] }],
        timeoutMs: 0,
      },
    ],
  };
}

function onlyRow({ name }: NamedTable): Way {
  return {
    select: selectOf(name, [], ["_uuid"]),
    uuidsIn: ownUuids,
    guards: (id) => [rowIsThere(name, id)],
  };
}

function byDigits({ name }: NamedTable, word: string): Way {
  const digits = word.toLowerCase();
  return {
    select: selectOf(name, [], ["_uuid"]),
    uuidsIn: (rows) => ownUuids(rows).filter((id) => id.startsWith(digits)),
    guards: (id) => [rowIsThere(name, id)],
  };
}

function selectOf(table: string, where: readonly Condition[], columns: readonly string[]): SelectOperation {
  return { op: "select", table, where, columns };
}

function rowIsThere(table: string, id: string, more: readonly Condition[] = []): WaitOperation {
  const where: readonly Condition[] = [["_uuid", "==", uuid(id)], ...more];
  return {
    op: "wait",
    table,
    where,
    columns: ["_uuid"],
    until: "==",
    rows: [{ _uuid: uuid(id) }],
    timeoutMs: 0,
  };
}

function ownUuids(rows: readonly SelectedRow[]): readonly string[] {
  return rows.flatMap(({ _uuid }) => _uuid ?? []);
}

function referred(value: SelectedRow[string]): readonly string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.map(String) : [];
}

/** What chooses just this row. */
export function onlyThis(id: string): readonly Condition[] {
  return [["_uuid", "==", uuid(id)]];
}

/** Columns of a row. Throws `InputError` when it has gone meanwhile. */
export async function rowOf(
  database: OpenDatabase,
  table: NamedTable,
  record: FoundRecord,
  columns: readonly string[],
): Promise<GenericRow> {
  const row = await rowIfThere(database, table, record, columns);
  if (row === undefined) throw new InputError(record.word, `${table.name} has no row "${record.word}"`);
  return row;
}

/** Columns of a row, undefined when it has gone meanwhile. */
export async function rowIfThere(
  { client, schema, wait }: OpenDatabase,
  table: NamedTable,
  { uuid: id }: FoundRecord,
  columns: readonly string[],
): Promise<GenericRow | undefined> {
  const select = selectOf(table.name, onlyThis(id), [...new Set(["_uuid", ...columns])]);
  const [{ rows }] = await client.transact(schema.name, [select], wait);
  return rows[0] === undefined ? undefined : { ...rows[0], _uuid: id };
}
