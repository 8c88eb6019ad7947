// Rows in the order of a column, for "the next free tag" and "everything from here to there". Changes are kept aside
// until somebody looks, so that a thousand of them cost one pass and one of them a few comparisons.
import type { AtomValue, GenericRow } from "./values.ts";

/** Between which values; both ends belong to it. Default: no end. */
export interface RangeOptions<Key> {
  readonly from?: Key | undefined;
  readonly to?: Key | undefined;
}

/** The rows of one table in ascending order of a column: numbers by value, texts by code unit. Always as up to date as the table. */
export interface ReplicaRange<Key, Row> {
  /** The rows whose value lies in a range, in order. Rows without a value are in none. Throws `RangeError` for a range that ends before it begins. */
  rows(range?: RangeOptions<Key>): readonly Row[];
  /** The row with the least value, or the first that isn't below `from`. */
  first(from?: Key): Row | undefined;
  /** The row with the greatest value, or the last that isn't above `to`. */
  last(to?: Key): Row | undefined;
}

interface Entry {
  readonly key: AtomValue;
  readonly uuid: string;
}

/** More changes than these are sorted in together. */
const fewChanges = 32;

/** The rows of a table by what a function says of each. */
export class OrderedRows implements ReplicaRange<AtomValue, GenericRow> {
  readonly #row: (uuid: string) => GenericRow | undefined;
  readonly #keyOf: (row: GenericRow) => AtomValue | undefined;
  #entries: Entry[] = [];
  readonly #added: Map<string, AtomValue> = new Map();
  readonly #removed: Map<string, AtomValue> = new Map();

  constructor(
    row: (uuid: string) => GenericRow | undefined,
    keyOf: (row: GenericRow) => AtomValue | undefined,
  ) {
    this.#row = row;
    this.#keyOf = keyOf;
  }

  rows({ from, to }: RangeOptions<AtomValue> = {}): readonly GenericRow[] {
    if (from !== undefined && to !== undefined && from > to) {
      throw new RangeError(`no range: from ${from} to ${to}`);
    }
    this.#settle();
    const start = from === undefined ? 0 : this.#below(from);
    const end = to === undefined ? this.#entries.length : this.#upTo(to);
    return this.#entries.slice(start, end).flatMap(({ uuid }) => this.#row(uuid) ?? []);
  }

  first(from?: AtomValue): GenericRow | undefined {
    this.#settle();
    return this.#at(from === undefined ? 0 : this.#below(from));
  }

  last(to?: AtomValue): GenericRow | undefined {
    this.#settle();
    return this.#at((to === undefined ? this.#entries.length : this.#upTo(to)) - 1);
  }

  /** Takes a change of one row. */
  update(uuid: string, old: GenericRow | undefined, now: GenericRow | undefined): void {
    const before = old === undefined ? undefined : this.#keyOf(old);
    const after = now === undefined ? undefined : this.#keyOf(now);
    if (before === after) return;
    if (before !== undefined && !this.#added.delete(uuid)) this.#removed.set(uuid, before);
    if (after !== undefined) this.#added.set(uuid, after);
  }

  #at(index: number): GenericRow | undefined {
    const entry = this.#entries[index];
    return entry === undefined ? undefined : this.#row(entry.uuid);
  }

  /** How many entries come before this key. */
  #below(key: AtomValue): number {
    return this.#count((entry) => entry.key < key);
  }

  /** How many entries come before or have this key. */
  #upTo(key: AtomValue): number {
    return this.#count((entry) => entry.key <= key);
  }

  /** How many entries at the beginning have what all others lack. */
  #count(holds: (entry: Entry) => boolean): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#entries[middle];
      if (entry !== undefined && holds(entry)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #settle(): void {
    if (this.#added.size + this.#removed.size <= fewChanges) this.#settleOneByOne();
    else {
      const kept = this.#entries.filter(({ uuid }) => !this.#removed.has(uuid));
      const added = Array.from(this.#added, ([uuid, key]) => ({ key, uuid }));
      this.#entries = [...kept, ...added].toSorted(compare);
    }
    this.#added.clear();
    this.#removed.clear();
  }

  #settleOneByOne(): void {
    for (const [uuid, key] of this.#removed) this.#entries.splice(this.#place({ key, uuid }), 1);
    for (const [uuid, key] of this.#added) {
      const entry = { key, uuid };
      this.#entries.splice(this.#place(entry), 0, entry);
    }
  }

  #place(entry: Entry): number {
    return this.#count((other) => compare(other, entry) < 0);
  }
}

function compare(one: Entry, other: Entry): number {
  if (one.key !== other.key) return one.key < other.key ? -1 : 1;
  if (one.uuid === other.uuid) return 0;
  return one.uuid < other.uuid ? -1 : 1;
}
