// What an edit does to one column of one row: every step changes what is wanted in the end, and only that becomes
// operations. Sets and maps of which no whole value is known are changed element by element.
import { ValueError } from "../errors.ts";
import type { Mutation } from "../operations.ts";
import type { ColumnType } from "../schema.ts";
import {
  type Atom,
  type AtomValue,
  type ColumnValue,
  type Integer,
  NamedUuid,
  Uuid,
  type Value,
} from "../values.ts";

/** An element of a set, a pair of a map, or the one value of any other column. */
export type Entry = readonly [key: Atom, item?: Atom];

/** A value of any column, by what tells its elements or keys apart: a UUID is an object each time. */
export type Entries = ReadonlyMap<string, Entry>;

/** What is to be written of one column. */
export interface ColumnWrite {
  /** The whole value, if that is written. */
  readonly whole?: Entries;
  readonly mutations: readonly Mutation[];
}

const nothing: ColumnWrite = { mutations: [] };

/** What an edit does to a column. */
export class ColumnEdit {
  readonly #type: ColumnType;
  readonly #column: string;
  readonly #path: string;
  /** What the column shall have, when that is known whatever it has now. */
  #whole: Entries | undefined;
  /** Else what becomes of elements and keys; undefined of those that go. */
  readonly #steps: Map<string, { readonly key: Atom; readonly entry: Entry | undefined }> = new Map();
  #by: Integer = 0;

  /** All steps go on from `whole` if it is given. */
  constructor(table: string, column: string, type: ColumnType, whole: Entries | undefined) {
    this.#type = type;
    this.#column = column;
    this.#path = `${table}.${column}`;
    this.#whole = whole;
  }

  /** A whole value, whatever was done before. */
  write(entries: Entries): void {
    this.#whole = entries;
    this.#steps.clear();
    this.#by = 0;
  }

  put(entry: Entry): void {
    const single = this.#type.max === 1;
    // Where there is room for one, it takes the place of what is there.
    if (single) this.write(new Map([[textOf(entry[0]), entry]]));
    else this.#step(entry[0], entry);
  }

  take(key: Atom): void {
    this.#step(key, undefined);
  }

  increase(by: Integer): void {
    if (this.#whole === undefined) this.#by = sum(this.#by, by);
    else this.#whole = this.#increased(this.#whole, by);
  }

  /** What the column has when it had this before. */
  after(before: Entries): Entries {
    if (this.#whole !== undefined) return this.#whole;
    const stepped = new Map(before);
    for (const [text, { entry }] of this.#steps) apply(stepped, text, entry);
    return this.#by === 0 ? stepped : this.#increased(stepped, this.#by);
  }

  /** What is to be written; `before` is what the column has for sure, if that is known. */
  writes(before: Entries | undefined): ColumnWrite {
    if (before !== undefined && sameEntries(before, this.after(before))) return nothing;
    if (this.#whole === undefined) return { mutations: this.#mutations() };
    return before === undefined
      ? { whole: this.#whole, mutations: [] }
      : this.#difference(before, this.#whole);
  }

  #step(key: Atom, entry: Entry | undefined): void {
    const text = textOf(key);
    if (this.#whole === undefined) this.#steps.set(text, { key, entry });
    else {
      const whole = new Map(this.#whole);
      apply(whole, text, entry);
      this.#whole = whole;
    }
  }

  #increased(entries: Entries, by: Integer): Entries {
    const increased = Array.from(entries.values(), ([value]): [string, Entry] => {
      if (typeof value !== "number" && typeof value !== "bigint") {
        throw new ValueError(`${this.#path} is no number`);
      }
      const now = sum(value, by);
      return [textOf(now), [now]];
    });
    return new Map(increased);
  }

  #mutations(): Mutation[] {
    const steps = [...this.#steps.values()];
    const come = steps.flatMap(({ entry }) => (entry === undefined ? [] : [entry]));
    const gone = steps.flatMap(({ key, entry }) => (entry === undefined ? [key] : []));
    return [...(this.#by === 0 ? [] : [[this.#column, "+=", this.#by] as const]), ...this.#moves(gone, come)];
  }

  #difference(before: Entries, now: Entries): ColumnWrite {
    const { min, max } = this.#type;
    const gone = [...before].flatMap(([text, entry]) => (now.has(text) ? [] : [entry[0]]));
    const come = [...now].flatMap(([text, entry]) => (sameEntry(entry, before.get(text)) ? [] : [entry]));
    // No single mutation may leave a column with too few elements or too many.
    const changed = come.filter(([key]) => before.has(textOf(key))).length;
    return max === 1 || before.size - gone.length - changed < min
      ? { whole: now, mutations: [] }
      : { mutations: this.#moves(gone, come) };
  }

  #moves(gone: readonly Atom[], come: readonly Entry[]): Mutation[] {
    const column = this.#column;
    const isMap = this.#type.value !== undefined;
    // To insert a key that is there changes nothing.
    const keys = isMap ? [...gone, ...come.map(([key]) => key)] : gone;
    const inserted = isMap ? mapOf(come) : come.map(([atom]) => atom);
    const taken = keys.length === 0 ? [] : [[column, "delete", keys] as const];
    const put = come.length === 0 ? [] : [[column, "insert", inserted] as const];
    // A set that may not be empty gets what comes before what it has goes.
    return this.#type.min > 0 && !isMap ? [...put, ...taken] : [...taken, ...put];
  }
}

/** What tells elements of one column apart. */
function textOf(atom: Atom): string {
  return atom instanceof NamedUuid ? atom.name : String(atom);
}

/** A value to be written, by its elements; each is there once. */
export function entriesOf(value: Value): Entries {
  const list: Iterable<Entry> =
    value instanceof Map
      ? (value as ReadonlyMap<Atom, Atom>)
      : Array.from(isMany(value) ? value : [value as Atom], (atom) => [atom] as const);
  return new Map(Array.from(list, (entry) => [textOf(entry[0]), entry]));
}

function isMany(value: Value): value is readonly Atom[] | ReadonlySet<Atom> {
  return Array.isArray(value) || value instanceof Set;
}

/** As {@link entriesOf} had it. */
export function valueOf({ value: item, max }: ColumnType, entries: Entries): Value {
  const list = [...entries.values()];
  if (item !== undefined) return mapOf(list);
  const [first] = list;
  return max === 1 && first !== undefined && list.length === 1 ? first[0] : list.map(([atom]) => atom);
}

/** As a row shows it. */
export function shownOf({ value: item, max }: ColumnType, entries: Entries): ColumnValue {
  const list = [...entries.values()];
  if (item !== undefined) return new Map(Array.from(mapOf(list), ([key, one]) => [plain(key), plain(one)]));
  const atoms = list.map(([atom]) => plain(atom));
  return max === 1 ? atoms[0] : atoms;
}

function plain(atom: Atom): AtomValue {
  if (atom instanceof Uuid) return atom.value;
  return atom instanceof NamedUuid ? atom.name : atom;
}

function mapOf(entries: readonly Entry[]): ReadonlyMap<Atom, Atom> {
  return new Map(entries.flatMap(([key, item]) => (item === undefined ? [] : [[key, item]])));
}

function apply(entries: Map<string, Entry>, text: string, entry: Entry | undefined): void {
  if (entry === undefined) entries.delete(text);
  else entries.set(text, entry);
}

function sameEntry([, one]: Entry, other: Entry | undefined): boolean {
  if (other === undefined) return false;
  const [, item] = other;
  return one === undefined || item === undefined ? one === item : textOf(one) === textOf(item);
}

function sameEntries(one: Entries, other: Entries): boolean {
  return one.size === other.size && [...one].every(([text, entry]) => sameEntry(entry, other.get(text)));
}

/** Exact for integers, however large. */
function sum(one: Integer, other: Integer): Integer {
  if (typeof one === "number" && typeof other === "number") {
    const inexact = Number.isInteger(one) && Number.isInteger(other) && !Number.isSafeInteger(one + other);
    return inexact ? BigInt(one) + BigInt(other) : one + other;
  }
  const exact = BigInt(one) + BigInt(other);
  return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
}
