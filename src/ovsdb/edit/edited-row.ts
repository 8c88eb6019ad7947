// One row in an edit: what was read of it becomes a guard, what is changed of it becomes operations. Sets and maps are
// changed element by element, so that what others put into them meanwhile stays.
import { SelectionError, ValueError } from "../errors.ts";
import type { Operation, RowValues } from "../operations.ts";
import type { BaseType, ColumnType, TableSchema } from "../schema.ts";
import { type ColumnValue, type GenericRow, type Integer, uuid, type Value } from "../values.ts";
import { ColumnEdit, type Entries, entriesOf, shownOf, valueOf } from "./column-edit.ts";
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
  readonly #edits: Map<string, ColumnEdit> = new Map();
  #removed = false;

  constructor(at: EditedTable, id: string, shown: GenericRow | undefined) {
    this.#at = at;
    this._uuid = id;
    this.#shown = shown;
  }

  /** What the row has there once this edit is done, as far as it is; only committed if what that was made from is so still. */
  get(column: string): ColumnValue {
    const shown = this.#shown;
    if (shown === undefined || !(column in shown)) throw this.#unknown(column);
    const type = this.#type(column);
    if (!isCompared(type)) {
      throw new ValueError(
        `${this.#path(column)} is a real, which the server doesn't compare exactly: read it from the replica`,
      );
    }
    this.#read.add(column);
    const edit = this.#edits.get(column);
    return edit === undefined ? shown[column] : shownOf(type, edit.after(this.#before(column, type)));
  }

  /** Writes a column. A set or map of a row that is there is brought to this value element by element. */
  set(column: string, value: WrittenValue): this {
    const type = this.#type(column);
    const entries = entriesOf(writtenValue(type, value, this.#path(column)));
    const isOne = type.value === undefined && type.max === 1;
    if (this.#shown !== undefined && !isOne && isCompared(type)) {
      if (!(column in this.#shown)) throw this.#unknown(column);
      this.#read.add(column);
    }
    this.#edit(column, type).write(entries);
    return this;
  }

  /** Puts elements into a set. */
  add(column: string, ...elements: readonly WrittenAtom[]): this {
    const type = this.#setType(column);
    const atoms = elements.map((one) => writtenAtom(type.key, one, this.#path(column)));
    for (const atom of atoms) this.#edit(column, type).put([atom]);
    return this;
  }

  /** Takes elements out of a set. */
  take(column: string, ...elements: readonly WrittenAtom[]): this {
    return this.#takeAll(column, this.#setType(column), elements);
  }

  /** Gives a key of a map this value. */
  put(column: string, key: WrittenAtom, item: WrittenAtom): this {
    const type = this.#mapType(column);
    const path = this.#path(column);
    const entry = [writtenAtom(type.key, key, path), writtenAtom(type.value, item, path)] as const;
    this.#edit(column, type).put(entry);
    return this;
  }

  /** Takes keys out of a map. */
  drop(column: string, ...keys: readonly WrittenAtom[]): this {
    return this.#takeAll(column, this.#mapType(column), keys);
  }

  /** Adds to a number, whatever it is at the commit. */
  increase(column: string, by: Integer = 1): this {
    const type = this.#type(column);
    const isNumber = type.key.type === "integer" || type.key.type === "real";
    if (!isNumber || type.value !== undefined || type.max !== 1) {
      throw new ValueError(`${this.#path(column)} is no number`);
    }
    writtenAtom(type.key, by, this.#path(column));
    this.#edit(column, type).increase(by);
    return this;
  }

  /** Removes the row. A row of a table that isn't root goes by itself when nothing refers to it. */
  remove(): void {
    this.#removed = true;
  }

  /** Whether it is a row that the edit inserts. */
  get isNew(): boolean {
    return this.#shown === undefined;
  }

  get removed(): boolean {
    return this.#removed;
  }

  /** Counts what is written as read too, where the replica shows it. */
  readWritten(): void {
    const shown = this.#shown;
    if (shown === undefined) return;
    for (const column of this.#edits.keys()) {
      if (column in shown && isCompared(this.#type(column))) this.#read.add(column);
    }
  }

  /** Whether {@link guards} no longer hold when {@link operations} are done. */
  get breaksGuards(): boolean {
    if (this.#shown === undefined || this.#removed) return !this.isNew;
    return [...this.#edits].some(([column, edit]) => this.#read.has(column) && this.#changes(column, edit));
  }

  /** That the row is there still, with what was read of it: fails at once if not. */
  guards(): Operation[] {
    if (this.#shown === undefined || !this.#touched) return [];
    const { table } = this.#at;
    const columns = [...this.#read];
    const row = Object.fromEntries(columns.map((column) => [column, this.#shownValue(column)]));
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
    const where = this.#where;
    if (this.#removed) return this.isNew ? [] : [{ op: "delete", table, where }];
    const writes = Array.from(this.#edits, ([column, edit]) => {
      return [column, edit.writes(this.#known(column))] as const;
    });
    const values = writes.flatMap(([column, { whole }]): [string, Value][] =>
      whole === undefined ? [] : [[column, valueOf(this.#type(column), whole)]],
    );
    const mutations = writes.flatMap(([, one]) => one.mutations);
    const row = Object.fromEntries(values);
    if (this.isNew) return [{ op: "insert", table, row, uuid: this._uuid }];
    return [
      ...(values.length === 0 ? [] : [{ op: "update", table, where, row } as const]),
      ...(mutations.length === 0 ? [] : [{ op: "mutate", table, where, mutations } as const]),
    ];
  }

  get #touched(): boolean {
    return this.#removed || this.#read.size + this.#edits.size > 0;
  }

  get #where(): readonly [readonly ["_uuid", "==", Value]] {
    return [["_uuid", "==", uuid(this._uuid)]];
  }

  #takeAll(column: string, type: ColumnType, keys: readonly WrittenAtom[]): this {
    const atoms = keys.map((one) => writtenAtom(type.key, one, this.#path(column)));
    for (const atom of atoms) this.#edit(column, type).take(atom);
    return this;
  }

  #edit(column: string, type: ColumnType): ColumnEdit {
    const known = this.#edits.get(column);
    if (known !== undefined) return known;
    const edit = new ColumnEdit(this.#at.table, column, type, this.#beginning(column, type));
    this.#edits.set(column, edit);
    return edit;
  }

  /** What steps on a column go on from, where it takes more than mutations of whatever is there. */
  #beginning(column: string, type: ColumnType): Entries | undefined {
    if (this.#shown === undefined) return isNumber(type) ? entriesOf(0) : new Map();
    // One that must keep an element can't be changed by mutations alone, but for a set without a limit.
    const isTight = type.min > 0 && (type.value !== undefined || (type.max > 1 && Number.isFinite(type.max)));
    if (!(isTight && column in this.#shown && isCompared(type))) return undefined;
    this.#read.add(column);
    return this.#before(column, type);
  }

  /** What the column has at the commit, if it was read. */
  #known(column: string): Entries | undefined {
    return this.#read.has(column) ? this.#before(column, this.#type(column)) : undefined;
  }

  #changes(column: string, edit: ColumnEdit): boolean {
    const { whole, mutations } = edit.writes(this.#known(column));
    return whole !== undefined || mutations.length > 0;
  }

  #before(column: string, type: ColumnType): Entries {
    return entriesOf(writtenValue(type, this.#shown?.[column], this.#path(column)));
  }

  #shownValue(column: string): Value {
    return writtenValue(this.#type(column), this.#shown?.[column], this.#path(column));
  }

  #setType(column: string): ColumnType {
    const type = this.#type(column);
    if (type.value !== undefined || type.max === 1) throw new ValueError(`${this.#path(column)} is no set`);
    return type;
  }

  #mapType(column: string): ColumnType & { readonly value: BaseType } {
    const type = this.#type(column);
    const { value } = type;
    if (value === undefined) throw new ValueError(`${this.#path(column)} is no map`);
    return { ...type, value };
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

/** Whether the server compares such values exactly. */
function isCompared({ key, value }: ColumnType): boolean {
  return key.type !== "real" && value?.type !== "real";
}

function isNumber({ key, value, min, max }: ColumnType): boolean {
  return (key.type === "integer" || key.type === "real") && value === undefined && min === 1 && max === 1;
}
