// What `ovskit db set|add|remove|create` do to a row, as operations of one transaction: elements of sets and maps are put
// in and taken out, a column of one value is written; and how such a transaction is run until nobody came in between.
import { EditConflictError } from "../ovsdb/edit/editing.ts";
import { writtenValue } from "../ovsdb/edit/written-value.ts";
import { openVSwitch } from "../ovsdb/models/open-vswitch.ts";
import type { Mutation, Operation, OperationResult, RowValues, WaitOperation } from "../ovsdb/operations.ts";
import type { ColumnType } from "../ovsdb/schema.ts";
import { WaitTimedOutError } from "../ovsdb/transaction-errors.ts";
import type { AtomValue, ColumnValue, GenericRow, Value } from "../ovsdb/values.ts";
import type { Assignment } from "./column-argument.ts";
import type { OpenDatabase } from "./database-tables.ts";
import { nextConfigIn, nextConfigOperations, waitForSwitch } from "./next-config.ts";
import { type FoundRecord, onlyThis } from "./record.ts";
import type { NamedColumn, NamedTable } from "./schema-names.ts";
import { InputError } from "./usage-error.ts";

/** A transaction: what must be so, and what is to be done then. */
export interface Changes {
  readonly guards: readonly WaitOperation[];
  readonly operations: readonly Operation[];
}

/** How often a transaction is begun at most when others change what it has read. */
const maxAttempts = 20;

/**
 * Runs what `collect` gives as one transaction, anew while a guard fails, and gives the results of its operations. With `waits` it returns
 * when ovs-vswitchd has done what it says, if the database is ovs-vswitchd's. Nothing is sent when there is nothing to do.
 */
export async function commitChanges(
  { client, schema, wait }: OpenDatabase,
  waits: boolean,
  collect: () => Promise<Changes>,
): Promise<readonly OperationResult[]> {
  const next = waits && schema.name === openVSwitch.name ? nextConfigOperations : [];
  const attempt = async (number: number): Promise<readonly OperationResult[]> => {
    const { guards, operations } = await collect();
    if (operations.length === 0) return [];
    try {
      const all: readonly Operation[] = [...guards, ...operations, ...next];
      const results = (await client.transact(schema.name, all, wait)).slice(guards.length);
      const nextConfig = next.length === 0 ? undefined : nextConfigIn(results);
      if (nextConfig !== undefined) await waitForSwitch(client, nextConfig, wait);
      return results.slice(0, operations.length);
    } catch (error) {
      const guarded = error instanceof WaitTimedOutError && (error.operationIndex ?? 0) < guards.length;
      if (!guarded) throw error;
      if (number >= maxAttempts) throw new EditConflictError(number, error);
    }
    return attempt(number + 1);
  };
  return attempt(1);
}

/** What all assignments together make of one column. */
interface ColumnChange {
  readonly column: NamedColumn;
  /** Its new value; undefined when only keys are written. */
  readonly whole: { readonly value: ColumnValue } | undefined;
  /** The values of keys. */
  readonly keys: ReadonlyMap<AtomValue, AtomValue>;
}

function columnChanges(assignments: readonly Assignment[]): readonly ColumnChange[] {
  const changes = new Map<string, ColumnChange>();
  for (const { column, key, value } of assignments) {
    const before = changes.get(column.name);
    if (key === undefined) changes.set(column.name, { column, whole: { value }, keys: new Map() });
    else {
      const keys = new Map([...(before?.keys ?? []), [key, value as AtomValue]]);
      changes.set(column.name, { column, whole: before?.whole, keys });
    }
  }
  return [...changes.values()].map(({ column, whole, keys }) => {
    if (whole === undefined || keys.size === 0) return { column, whole, keys };
    const merged = new Map([...(whole.value as ReadonlyMap<AtomValue, AtomValue>), ...keys]);
    return { column, whole: { value: merged }, keys: new Map() };
  });
}

/** The row of an insert. */
export function newRow(assignments: readonly Assignment[]): RowValues {
  return Object.fromEntries(
    columnChanges(assignments).map(({ column, whole, keys }) => {
      if (column.name.startsWith("_"))
        throw new InputError(column.name, `${column.path} is the server's own`);
      return [column.name, written(column, whole === undefined ? keys : whole.value)];
    }),
  );
}

/** Writes columns and keys of a row. Of sets and maps only what differs is touched, for which they are read. */
export async function setChanges(
  { client, schema, wait }: OpenDatabase,
  table: NamedTable,
  record: FoundRecord,
  assignments: readonly Assignment[],
): Promise<Changes> {
  const changes = columnChanges(assignments);
  for (const { column } of changes) refuseReadOnly(column);
  const compared = changes.filter(isRead);
  const columns = compared.map(({ column }) => column.name);
  const where = onlyThis(record.uuid);
  const select = { op: "select", table: table.name, where, columns } as const;
  const [{ rows }] =
    columns.length === 0 ? [{ rows: [] }] : await client.transact(schema.name, [select], wait);
  const row = rows[0] as GenericRow | undefined;
  const current = compared.map(({ column }) => [column.name, written(column, row?.[column.name])] as const);
  const guard = { op: "wait", table: table.name, where, columns, until: "==", timeoutMs: 0 } as const;
  return {
    guards: [
      ...record.guards,
      ...(columns.length === 0 ? [] : [{ ...guard, rows: [Object.fromEntries(current)] }]),
    ],
    operations: rowOperations(table, record, changes, row),
  };
}

function rowOperations(
  { name: table }: NamedTable,
  { uuid }: FoundRecord,
  changes: readonly ColumnChange[],
  row: GenericRow | undefined,
): readonly Operation[] {
  const where = onlyThis(uuid);
  const values: [string, Value][] = [];
  const mutations: Mutation[] = [];
  for (const change of changes) {
    const { column, whole, keys } = change;
    const before = row?.[column.name];
    const value = whole === undefined ? withKeys(before, keys) : whole.value;
    if (whole === undefined && !isRead(change)) mutations.push(...putKeys(column, keys));
    else if (isRead(change) && isReachable(column.type, before, value)) {
      mutations.push(...difference(column, before, value));
    } else values.push([column.name, written(column, value)]);
  }
  return [
    ...(values.length === 0
      ? []
      : [{ op: "update", table, where, row: Object.fromEntries(values) } as const]),
    ...(mutations.length === 0 ? [] : [{ op: "mutate", table, where, mutations } as const]),
  ];
}

/** Whether a column is changed by its elements. The server doesn't compare reals exactly, so that they are written whole. */
function isCompared({ key, value, max }: ColumnType): boolean {
  return (value !== undefined || max > 1) && key.type !== "real" && value?.type !== "real";
}

/** Whether a column is read to be changed. Keys are written whatever is there, but where something must stay there. */
function isRead({ column: { type }, whole }: ColumnChange): boolean {
  return isCompared(type) && (whole !== undefined || type.min > 0);
}

/** Whether what goes can go before the rest comes: a column never has too few elements, also in between. */
function isReachable({ min }: ColumnType, before: ColumnValue, after: ColumnValue): boolean {
  const [old, now] = [entries(before), entries(after)];
  return old.size - without(old, now).length >= min;
}

function withKeys(
  before: ColumnValue,
  keys: ReadonlyMap<AtomValue, AtomValue>,
): ReadonlyMap<AtomValue, AtomValue> {
  return new Map([...entries(before), ...keys]);
}

function putKeys(column: NamedColumn, keys: ReadonlyMap<AtomValue, AtomValue>): readonly Mutation[] {
  // To insert a key that is there changes nothing.
  return [
    [column.name, "delete", writtenKeys(column, [...keys.keys()])],
    [column.name, "insert", written(column, keys)],
  ];
}

function difference(column: NamedColumn, before: ColumnValue, after: ColumnValue): readonly Mutation[] {
  const [old, now] = [entries(before), entries(after)];
  const [gone, come] = [without(old, now), without(now, old)];
  const inserted = column.type.value === undefined ? come.map(([key]) => key) : new Map(come);
  const keys = gone.map(([key]) => key);
  return [
    ...(gone.length === 0 ? [] : [[column.name, "delete", writtenKeys(column, keys)] as const]),
    ...(come.length === 0 ? [] : [[column.name, "insert", written(column, inserted)] as const]),
  ];
}

/** The pairs of one map that aren't the same in the other. */
function without(
  one: ReadonlyMap<AtomValue, AtomValue>,
  other: ReadonlyMap<AtomValue, AtomValue>,
): readonly (readonly [AtomValue, AtomValue])[] {
  return [...one].filter(([key, item]) => other.get(key) !== item);
}

/** A map as it is, and a set as a map from each element to itself. */
function entries(value: ColumnValue): ReadonlyMap<AtomValue, AtomValue> {
  if (value instanceof Map) return value as ReadonlyMap<AtomValue, AtomValue>;
  const atoms = Array.isArray(value) ? (value as readonly AtomValue[]) : [];
  return new Map(atoms.map((atom) => [atom, atom]));
}

/** Elements or pairs to be put in or taken out; of a map, `keys` are taken out whatever they have. */
export interface ElementChange {
  readonly elements: ColumnValue;
  readonly keys?: readonly AtomValue[];
}

/** Puts elements or pairs in, or takes them out. */
export function elementChanges(
  table: NamedTable,
  record: FoundRecord,
  column: NamedColumn,
  mutator: "insert" | "delete",
  { elements, keys = [] }: ElementChange,
): Changes {
  refuseReadOnly(column);
  const mutations: Mutation[] = [];
  if (entries(elements).size > 0) mutations.push([column.name, mutator, written(column, elements)]);
  if (keys.length > 0) mutations.push([column.name, mutator, writtenKeys(column, keys)]);
  const mutate = { op: "mutate", table: table.name, where: onlyThis(record.uuid), mutations } as const;
  return { guards: record.guards, operations: mutations.length === 0 ? [] : [mutate] };
}

function refuseReadOnly({ path, mutable }: NamedColumn): void {
  if (!mutable) throw new InputError(path, `${path} can't be changed once the row is there`);
}

function written({ type, path }: NamedColumn, value: ColumnValue): Value {
  return writtenValue(type, value, path);
}

function writtenKeys({ type, path }: NamedColumn, keys: readonly AtomValue[]): Value {
  return writtenValue({ key: type.key, min: 0, max: Number.POSITIVE_INFINITY }, keys, path);
}
