// A set of 100,000 ports that changes by one of them would be copied whole for it, since rows never change; mostly nobody
// looks. So the change of a long set is put off: the row has the set it was and what was toggled, and makes the copy
// when it is first looked at.
import { exclusiveOr } from "./column.ts";
import type { AtomValue, ColumnValue, GenericRow } from "./values.ts";

/** From so many elements on, a set's changes are put off. */
const longSet = 1_000;

/** When more than so many elements wait, the copy is made: so it never takes much longer than a copy. */
const mostToggled = 256;

interface PutOff {
  readonly base: readonly AtomValue[];
  /** What is in exactly one of the base and the set. */
  readonly toggled: ReadonlySet<AtomValue>;
}

/** By row and column what is put off. */
const putOffs: WeakMap<GenericRow, Map<string, PutOff>> = new WeakMap();

/** Whether a row's column waits to be looked at. */
export function isPutOff(row: GenericRow, column: string): boolean {
  return putOffs.get(row)?.has(column) === true;
}

/** Gives a row the set of the row before it, changed by a difference. False, with nothing done, when that is a short set. */
export function changeLongSet(
  row: GenericRow,
  old: GenericRow,
  column: string,
  difference: () => readonly AtomValue[],
): boolean {
  const { base, toggled: before } = putOffs.get(old)?.get(column) ?? {
    base: old[column] as readonly AtomValue[],
    toggled: new Set<AtomValue>(),
  };
  if (base.length < longSet) return false;
  const toggled = new Set(before);
  for (const item of difference()) {
    if (!toggled.delete(item)) toggled.add(item);
  }
  const make = (): void => {
    const value = exclusiveOr(base, [...toggled]);
    Object.defineProperty(row, column, { configurable: true, enumerable: true, writable: true, value });
  };
  if (toggled.size > mostToggled) make();
  else putOff(row, column, { base, toggled }, make);
  return true;
}

function putOff(row: GenericRow, column: string, change: PutOff, make: () => void): void {
  const columns = putOffs.get(row) ?? new Map<string, PutOff>();
  putOffs.set(row, columns.set(column, change));
  const get = (): ColumnValue => {
    columns.delete(column);
    make();
    return row[column];
  };
  Object.defineProperty(row, column, { configurable: true, enumerable: true, get });
}
