// One row in an edit: what was read of it becomes a guard, what is changed of it becomes operations. Sets and maps are
// changed element by element, so that what others put into them meanwhile stays.
import { SelectionError, ValueError } from "../errors.ts";
import type { Mutation, Operation, RowValues } from "../operations.ts";
import type { BaseType, ColumnType, TableSchema } from "../schema.ts";
import {
  type Atom,
  type ColumnValue,
  type GenericRow,
  type Integer,
  NamedUuid,
  uuid,
  type Value,
} from "../values.ts";
import { type WrittenAtom, type WrittenValue, writtenAtom, writtenValue } from "./written-value.ts";

/** What an edited row knows of where it is. */
export interface EditedTable {
  readonly database: string;
  readonly table: string;
  readonly schema: TableSchema;
}

/** A row that is read and changed. What it is to a caller, `EditedRow` says with types. */
export class RowEdit {
  readonly _uuid: string;
  readonly #at: EditedTable;
  /** The row as the replica shows it; undefined of one that the edit inserts. */
  readonly #shown: GenericRow | undefined;
  readonly #read: Set<string> = new Set();
  readonly #values: Map<string, Value> = new Map();
  readonly #mutations: Mutation[] = [];
  #removed = false;

  constructor(at: EditedTable, id: string, shown: GenericRow | undefined) {
    this.#at = at;
    this._uuid = id;
    this.#shown = shown;
  }

  /** What the row has there; the edit is only committed if it still has that. */
  get(column: string): ColumnValue {
    const shown = this.#shown;
    if (shown === undefined || !(column in shown)) throw this.#unknown(column);
    const { key, value } = this.#type(column);
    if (key.type === "real" || value?.type === "real") {
      throw new ValueError(
        `${this.#path(column)} is a real, which the server doesn't compare exactly: read it from the replica`,
      );
    }
    this.#read.add(column);
    return shown[column];
  }

  /** Writes a column. A set or map of a row that is there is brought to this value element by element. */
  set(column: string, value: WrittenValue): this {
    const type = this.#type(column);
    const written = writtenValue(type, value, this.#path(column));
    if (this.#shown === undefined || (type.value === undefined && type.max === 1))
      this.#values.set(column, written);
    else this.#bring(column, type, written);
    return this;
  }

  /** Puts elements into a set. */
  add(column: string, ...elements: readonly WrittenAtom[]): this {
    return this.#mutateSet(column, "insert", elements);
  }

  /** Takes elements out of a set. */
  take(column: string, ...elements: readonly WrittenAtom[]): this {
    return this.#mutateSet(column, "delete", elements);
  }

  /** Gives a key of a map this value. */
  put(column: string, key: WrittenAtom, item: WrittenAtom): this {
    const { key: keyType, value: itemType } = this.#mapType(column);
    const path = this.#path(column);
    const at = writtenAtom(keyType, key, path);
    // To insert a key that is there changes nothing.
    this.#mutations.push([column, "delete", [at]]);
    this.#mutations.push([column, "insert", new Map([[at, writtenAtom(itemType, item, path)]])]);
    return this;
  }

  /** Takes keys out of a map. */
  drop(column: string, ...keys: readonly WrittenAtom[]): this {
    const { key } = this.#mapType(column);
    const path = this.#path(column);
    this.#mutations.push([column, "delete", keys.map((one) => writtenAtom(key, one, path))]);
    return this;
  }

  /** Adds to a number, whatever it is at the commit. */
  increase(column: string, by: Integer = 1): this {
    const { key, value, max } = this.#type(column);
    const isNumber = key.type === "integer" || key.type === "real";
    if (!isNumber || value !== undefined || max !== 1) {
      throw new ValueError(`${this.#path(column)} is no number`);
    }
    this.#mutations.push([column, "+=", by]);
    return this;
  }

  /** Removes the row. A row of a table that isn't root goes by itself when nothing refers to it. */
  remove(): void {
    this.#removed = true;
  }

  /** That the row is there still, with what was read of it: fails at once if not. */
  guards(): Operation[] {
    const shown = this.#shown;
    if (shown === undefined || !this.#touched) return [];
    const { table } = this.#at;
    const columns = [...this.#read];
    const row = Object.fromEntries(
      columns.map((column) => [column, writtenValue(this.#type(column), shown[column], this.#path(column))]),
    );
    const rows: RowValues[] = [{ ...row, _uuid: uuid(this._uuid) }];
    return [
      {
        op: "wait",
        table,
        where: this.#where,
        columns: [...columns, "_uuid"],
        until: "==",
        rows,
        timeoutMs: 0,
      },
    ];
  }

  /** What is to be done. */
  operations(): Operation[] {
    const { table } = this.#at;
    if (this.#shown === undefined) return this.#removed ? [] : this.#insert();
    if (this.#removed) return [{ op: "delete", table, where: this.#where }];
    const row = Object.fromEntries(this.#values);
    const mutations = this.#mutations;
    return [
      ...(this.#values.size === 0 ? [] : [{ op: "update", table, where: this.#where, row } as const]),
      ...(mutations.length === 0 ? [] : [{ op: "mutate", table, where: this.#where, mutations } as const]),
    ];
  }

  get #touched(): boolean {
    return this.#removed || this.#read.size + this.#values.size + this.#mutations.length > 0;
  }

  get #where(): readonly [readonly ["_uuid", "==", Value]] {
    return [["_uuid", "==", uuid(this._uuid)]];
  }

  #insert(): Operation[] {
    const { table } = this.#at;
    const insert = { op: "insert", table, row: Object.fromEntries(this.#values), uuid: this._uuid } as const;
    const mutations = this.#mutations;
    return mutations.length === 0
      ? [insert]
      : [insert, { op: "mutate", table, where: this.#where, mutations }];
  }

  /** Changes a set or map from what the replica shows to `now`, which must still be shown at the commit. */
  #bring(column: string, type: ColumnType, now: Value): void {
    const before = writtenValue(type, this.get(column), this.#path(column));
    if (before instanceof Map && now instanceof Map) {
      this.#bringMap(column, pairs(before), pairs(now));
      return;
    }
    const [old, wanted] = [elements(before), elements(now)];
    const gone = [...old].flatMap(([text, atom]) => (wanted.has(text) ? [] : [atom]));
    const come = [...wanted].flatMap(([text, atom]) => (old.has(text) ? [] : [atom]));
    if (gone.length > 0) this.#mutations.push([column, "delete", gone]);
    if (come.length > 0) this.#mutations.push([column, "insert", come]);
  }

  #bringMap(
    column: string,
    before: ReadonlyMap<string, readonly [Atom, Atom]>,
    now: ReadonlyMap<string, readonly [Atom, Atom]>,
  ): void {
    const gone = [...before].filter(([key, pair]) => !sameItem(pair, now.get(key)));
    const come = [...now].filter(([key, pair]) => !sameItem(pair, before.get(key)));
    if (gone.length > 0) this.#mutations.push([column, "delete", gone.map(([, [key]]) => key)]);
    if (come.length > 0) this.#mutations.push([column, "insert", new Map(come.map(([, pair]) => pair))]);
  }

  #mutateSet(column: string, mutator: "insert" | "delete", members: readonly WrittenAtom[]): this {
    const { key, value, max } = this.#type(column);
    const path = this.#path(column);
    if (value !== undefined || max === 1) throw new ValueError(`${path} is no set`);
    if (members.length > 0) {
      this.#mutations.push([column, mutator, members.map((one) => writtenAtom(key, one, path))]);
    }
    return this;
  }

  #mapType(column: string): { readonly key: BaseType; readonly value: BaseType } {
    const { key, value } = this.#type(column);
    if (value === undefined) throw new ValueError(`${this.#path(column)} is no map`);
    return { key, value };
  }

  #type(column: string): ColumnType {
    const type = this.#at.schema.columns.get(column)?.type;
    if (type === undefined) throw this.#unknown(column);
    return type;
  }

  #unknown(column: string): SelectionError {
    return new SelectionError(this.#at.database, this.#at.table, column);
  }

  #path(column: string): string {
    return `${this.#at.table}.${column}`;
  }
}

/** What tells elements of one column apart: a UUID is an object each time. */
function textOf(atom: Atom): string {
  return atom instanceof NamedUuid ? atom.name : String(atom);
}

/** The elements of a written set, by what tells them apart. */
function elements(value: Value): ReadonlyMap<string, Atom> {
  const list = Array.isArray(value) ? (value as readonly Atom[]) : [value as Atom];
  return new Map(list.map((atom) => [textOf(atom), atom]));
}

function sameItem(one: readonly [Atom, Atom], other: readonly [Atom, Atom] | undefined): boolean {
  return other !== undefined && textOf(one[1]) === textOf(other[1]);
}

/** The pairs of a written map, by what tells their keys apart. */
function pairs(map: ReadonlyMap<Atom, Atom>): ReadonlyMap<string, readonly [Atom, Atom]> {
  return new Map(Array.from(map, (pair) => [textOf(pair[0]), pair]));
}
