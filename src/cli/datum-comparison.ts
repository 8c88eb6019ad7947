// How values of columns compare, as ovsdb-server and ovs-vsctl have it: the one with more elements is the larger, then
// the keys decide in their order, then the values; and as sets, by what of one is in the other.
import type { AtomValue, ColumnValue } from "../ovsdb/values.ts";
import { compareAtoms } from "./datum-text.ts";

type Pair = readonly [key: AtomValue, item?: AtomValue];

/** The elements of a value in their order, those of a map with their values. */
function pairsOf(value: ColumnValue): readonly Pair[] {
  if (value === undefined) return [];
  if (value instanceof Map) {
    const pairs = [...(value as ReadonlyMap<AtomValue, AtomValue>)];
    return pairs.toSorted(([one], [other]) => compareAtoms(one, other));
  }
  const keys = Array.isArray(value) ? (value as readonly AtomValue[]) : [value as AtomValue];
  return keys.toSorted(compareAtoms).map((key) => [key]);
}

/** Below, above or equal to 0 as `one` is smaller than, larger than or equal to `other`, of the same type. */
export function compareValues(one: ColumnValue, other: ColumnValue): number {
  const [pairs, others] = [pairsOf(one), pairsOf(other)];
  if (pairs.length !== others.length) return pairs.length - others.length;
  const difference = (at: 0 | 1): number =>
    pairs
      .map((pair, index) => compareOptional(pair[at], others[index]?.[at]))
      .find((result) => result !== 0) ?? 0;
  return difference(0) || difference(1);
}

function compareOptional(one: AtomValue | undefined, other: AtomValue | undefined): number {
  return one === undefined || other === undefined ? 0 : compareAtoms(one, other);
}

/** How many elements of `one` are in `other`, those of a map with the same value. */
function commonCount(one: ColumnValue, other: ColumnValue): number {
  const items = new Map<AtomValue, AtomValue | undefined>(pairsOf(other).map(([key, item]) => [key, item]));
  return pairsOf(one).filter(([key, item]) => items.has(key) && items.get(key) === item).length;
}

/** The operators of ovs-vsctl's conditions. Those in braces compare sets. */
export const relations = {
  "=": (one: ColumnValue, other: ColumnValue): boolean => compareValues(one, other) === 0,
  "!=": (one: ColumnValue, other: ColumnValue): boolean => compareValues(one, other) !== 0,
  "<": (one: ColumnValue, other: ColumnValue): boolean => compareValues(one, other) < 0,
  ">": (one: ColumnValue, other: ColumnValue): boolean => compareValues(one, other) > 0,
  "<=": (one: ColumnValue, other: ColumnValue): boolean => compareValues(one, other) <= 0,
  ">=": (one: ColumnValue, other: ColumnValue): boolean => compareValues(one, other) >= 0,
  "{=}": (one: ColumnValue, other: ColumnValue): boolean => compareValues(one, other) === 0,
  "{!=}": (one: ColumnValue, other: ColumnValue): boolean => compareValues(one, other) !== 0,
  "{<}": (one: ColumnValue, other: ColumnValue): boolean =>
    includesAll(other, one) && !includesAll(one, other),
  "{>}": (one: ColumnValue, other: ColumnValue): boolean =>
    includesAll(one, other) && !includesAll(other, one),
  "{<=}": (one: ColumnValue, other: ColumnValue): boolean => includesAll(other, one),
  "{>=}": (one: ColumnValue, other: ColumnValue): boolean => includesAll(one, other),
  "{in}": (one: ColumnValue, other: ColumnValue): boolean => includesAll(other, one),
  "{not-in}": (one: ColumnValue, other: ColumnValue): boolean => commonCount(one, other) === 0,
} as const;

/** One of {@link relations}. */
export type Relation = keyof typeof relations;

function includesAll(whole: ColumnValue, part: ColumnValue): boolean {
  return commonCount(part, whole) === pairsOf(part).length;
}
