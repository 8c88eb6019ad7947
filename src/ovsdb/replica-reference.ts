// References followed, both ways: from a bridge to its ports and from a port to its bridge, as rows.

import type { ReplicaIndex } from "./replica-index.ts";
import type { ReplicaTable } from "./replica-table.ts";
import type { AtomValue, ColumnValue, GenericRow } from "./values.ts";

/** The references in one column of one table. Always as up to date as the tables. */
export interface Reference<From, To> {
  /** The rows that this one refers to, in the column's order; of an optional column one or none. Left out: rows that the replica wasn't told to show. */
  of(row: From): readonly To[];
  /** The rows that refer to this one, in no certain order. */
  to(row: To): readonly From[];
}

/** Where in a column references are. */
export interface ReferencePlace {
  /** The table that they lead to. */
  readonly table: string;
  /** Of a map: whether they are its keys or its values. */
  readonly in: "keys" | "values" | "elements";
}

/** What a column refers to, by UUID. */
export function referencesIn(value: ColumnValue, place: ReferencePlace): readonly AtomValue[] {
  if (value instanceof Map) return [...(place.in === "keys" ? value.keys() : value.values())];
  if (Array.isArray(value)) return value as readonly AtomValue[];
  return value === undefined ? [] : [value as AtomValue];
}

/** A column's references, over the tables at both ends. */
export function reference(
  column: string,
  place: ReferencePlace,
  to: ReplicaTable<GenericRow>,
  back: ReplicaIndex<readonly unknown[], GenericRow>,
): Reference<GenericRow, GenericRow> {
  return {
    of: (row) => referencesIn(row[column], place).flatMap((uuid) => to.get(String(uuid)) ?? []),
    to: (row) => back.find(row._uuid),
  };
}
