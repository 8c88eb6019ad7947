// Finding rows by something other than their UUID, kept up with every change: by a column, by several together, by
// each element of a set, or by whatever a function says of a row.
import type { GenericRow } from "./values.ts";

/** Finds the rows of one table by a key. Always as up to date as the table. */
export interface ReplicaIndex<Key extends readonly unknown[], Row> {
  /** Every row with this key, in no certain order. */
  find(...key: Key): readonly Row[];
  /** A row with this key; if there are several, any of them. */
  one(...key: Key): Row | undefined;
}

/** What a set's elements, or a single value, look up as. */
export type ElementOf<Value> = Value extends readonly (infer Element)[] ? Element : Value;

/** The keys of a row; none leaves it out of the index. */
export type KeysOf = (row: GenericRow) => readonly unknown[];

/** An index over rows that are looked up by UUID elsewhere. */
export class RowIndex implements ReplicaIndex<readonly unknown[], GenericRow> {
  readonly #row: (uuid: string) => GenericRow | undefined;
  readonly #keysOf: KeysOf;
  readonly #join: (key: readonly unknown[]) => unknown;
  /** A key's row, or its rows where there are several. */
  readonly #uuids: Map<unknown, string | Set<string>> = new Map();

  constructor(
    row: (uuid: string) => GenericRow | undefined,
    keysOf: KeysOf,
    join: (key: readonly unknown[]) => unknown,
  ) {
    this.#row = row;
    this.#keysOf = keysOf;
    this.#join = join;
  }

  find(...key: readonly unknown[]): readonly GenericRow[] {
    const uuids = this.#uuids.get(this.#join(key));
    if (uuids === undefined) return [];
    const rows: GenericRow[] = [];
    for (const uuid of typeof uuids === "string" ? [uuids] : uuids) {
      const row = this.#row(uuid);
      if (row !== undefined) rows.push(row);
    }
    return rows;
  }

  one(...key: readonly unknown[]): GenericRow | undefined {
    const uuids = this.#uuids.get(this.#join(key));
    if (uuids === undefined) return undefined;
    if (typeof uuids === "string") return this.#row(uuids);
    for (const uuid of uuids) return this.#row(uuid);
    return undefined;
  }

  /** Takes a change of one row. */
  update(uuid: string, old: GenericRow | undefined, now: GenericRow | undefined): void {
    if (old !== undefined && now !== undefined) this.#modify(uuid, this.#keysOf(old), this.#keysOf(now));
    else if (now !== undefined) for (const key of this.#keysOf(now)) this.#add(key, uuid);
    else if (old !== undefined) for (const key of this.#keysOf(old)) this.#remove(key, uuid);
  }

  #modify(uuid: string, before: readonly unknown[], after: readonly unknown[]): void {
    const [from, same] = commonEnds(before, after);
    const gone = new Set(before.slice(from, before.length - same));
    for (const key of after.slice(from, after.length - same)) {
      if (!gone.delete(key)) this.#add(key, uuid);
    }
    for (const key of gone) this.#remove(key, uuid);
  }

  #add(key: unknown, uuid: string): void {
    const uuids = this.#uuids.get(key);
    if (uuids === undefined) this.#uuids.set(key, uuid);
    else if (typeof uuids !== "string") uuids.add(uuid);
    else if (uuids !== uuid) this.#uuids.set(key, new Set([uuids, uuid]));
  }

  #remove(key: unknown, uuid: string): void {
    const uuids = this.#uuids.get(key);
    if (uuids === uuid) this.#uuids.delete(key);
    if (uuids === undefined || typeof uuids === "string") return;
    uuids.delete(uuid);
    if (uuids.size === 0) this.#uuids.delete(key);
  }
}

/** How many keys two lists share at their beginning, and at their end: mostly all but one, however long they are. */
function commonEnds(one: readonly unknown[], other: readonly unknown[]): readonly [number, number] {
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < shorter - start && one[one.length - 1 - end] === other[other.length - 1 - end]) end += 1;
  return [start, end];
}

/** One key of several values. OVSDB's texts never hold U+0000. */
export function joinKey(values: readonly unknown[]): unknown {
  return values.length === 1
    ? values[0]
    : values.map((value) => `${typeof value} ${String(value)}`).join("\0");
}
