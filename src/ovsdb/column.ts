// One codec per column, made from its type: from the wire to plain values, the default that updates leave out, and
// the difference form of update2. Rows are made of these; nothing here knows rows.
import type { JsonValue } from "../jsonrpc/json.ts";
import { OvsdbDecodeError } from "./errors.ts";
import type { AtomicType, BaseType, ColumnType } from "./schema.ts";
import { type AtomValue, type ColumnValue, isUuid } from "./values.ts";

/** Reads one column. Every function throws `OvsdbDecodeError`. */
export interface ColumnCodec {
  /** What a row has when an update leaves the column out (RFC 7047, 5.2.1). */
  readonly initial: ColumnValue;
  /** A value as the wire has it. */
  decode(wire: JsonValue): ColumnValue;
  /** `old` changed by what an update2's modify says: sets by exclusive or, maps by merging, the rest replaced. */
  apply(old: ColumnValue, difference: JsonValue): ColumnValue;
  /** Of a set: what is in it. */
  readonly elements?: (wire: JsonValue) => readonly AtomValue[];
  /** Whether two values are the same; sets and maps have no order. */
  equal(one: ColumnValue, other: ColumnValue): boolean;
}

const emptySet: readonly AtomValue[] = Object.freeze([]);
const emptyMap: ReadonlyMap<AtomValue, AtomValue> = new Map();

/** The codec of a column. `path` is for errors, such as `Port.tag`. */
export function columnCodec(type: ColumnType, path: string): ColumnCodec {
  if (type.value !== undefined) return mapCodec(type, type.value, path);
  if (type.max > 1) return setCodec(type, path);
  return type.min === 0 ? optionalCodec(type, path) : scalarCodec(type, path);
}

function scalarCodec({ key }: ColumnType, path: string): ColumnCodec {
  const decode = atomDecoder(key, path);
  return {
    initial: initialAtoms[key.type],
    decode,
    apply: (_old, difference) => decode(difference),
    equal: Object.is,
  };
}

function optionalCodec({ key }: ColumnType, path: string): ColumnCodec {
  const element = atomDecoder(key, path);
  const decode = (wire: JsonValue): ColumnValue => {
    const elements = elementsOf(wire);
    if (elements === undefined) return element(wire);
    const [first, second] = elements;
    if (second !== undefined) throw new OvsdbDecodeError(path, "more than one element");
    return first === undefined ? undefined : element(first);
  };
  return { initial: undefined, decode, apply: (_old, difference) => decode(difference), equal: Object.is };
}

function setCodec({ key, min }: ColumnType, path: string): ColumnCodec {
  const element = atomDecoder(key, path);
  const decode = (wire: JsonValue): readonly AtomValue[] => {
    const elements = elementsOf(wire);
    if (elements === undefined) return [element(wire)];
    return elements.length === 0 ? emptySet : elements.map((item) => element(item));
  };
  return {
    initial: min === 0 ? emptySet : [initialAtoms[key.type]],
    decode,
    elements: decode,
    apply: (old, difference) => exclusiveOr(old as readonly AtomValue[], decode(difference)),
    equal: (one, other) => sameSet(one as readonly AtomValue[], other as readonly AtomValue[]),
  };
}

function mapCodec({ key, min, max }: ColumnType, value: BaseType, path: string): ColumnCodec {
  const keyOf = atomDecoder(key, path);
  const valueOf = atomDecoder(value, path);
  // Rows mostly have the same keys in the same order: one text for all of them, instead of one each.
  const lastKeys: AtomValue[] = [];
  const shared = (key: AtomValue, index: number): AtomValue => {
    const last = lastKeys[index];
    if (last === key) return last;
    if (index < sharedKeys) lastKeys[index] = key;
    return key;
  };
  const decode = (wire: JsonValue): ReadonlyMap<AtomValue, AtomValue> => {
    const pairs = Array.isArray(wire) && wire[0] === "map" ? (wire[1] as JsonValue) : undefined;
    if (!Array.isArray(pairs)) throw new OvsdbDecodeError(path, "no map");
    if (pairs.length === 0) return emptyMap;
    const map = new Map<AtomValue, AtomValue>();
    for (let index = 0; index < pairs.length; index += 1) {
      const pair: unknown = pairs[index];
      if (!Array.isArray(pair) || pair.length !== 2) throw new OvsdbDecodeError(path, "no pair in a map");
      map.set(shared(keyOf(pair[0] as JsonValue), index), valueOf(pair[1] as JsonValue));
    }
    return map;
  };
  return {
    initial: min === 0 ? emptyMap : new Map([[initialAtoms[key.type], initialAtoms[value.type]]]),
    decode,
    apply: (old, difference) => {
      const changes = decode(difference);
      return max > 1 ? merged(old as ReadonlyMap<AtomValue, AtomValue>, changes) : changes;
    },
    equal: (one, other) =>
      sameMap(one as ReadonlyMap<AtomValue, AtomValue>, other as ReadonlyMap<AtomValue, AtomValue>),
  };
}

/** In maps longer than this, keys are rarely those of another row. */
const sharedKeys = 32;

/** The elements of `["set", […]]`; undefined for what is one element by itself. */
function elementsOf(wire: JsonValue): readonly JsonValue[] | undefined {
  if (!Array.isArray(wire) || wire[0] !== "set") return undefined;
  const elements = wire[1] as JsonValue | undefined;
  return Array.isArray(elements) ? (elements as readonly JsonValue[]) : undefined;
}

/** What an element of each type is when nothing was given (RFC 7047, 5.2.1). */
const initialAtoms: Readonly<Record<AtomicType, AtomValue>> = {
  integer: 0,
  real: 0,
  boolean: false,
  string: "",
  uuid: "00000000-0000-0000-0000-000000000000",
};

/** Reads an element of each type; undefined for what is none. */
const atomReaders: Readonly<Record<AtomicType, (wire: JsonValue) => AtomValue | undefined>> = {
  integer: (wire) =>
    typeof wire === "bigint" || (typeof wire === "number" && Number.isInteger(wire)) ? wire : undefined,
  // A real with many digits comes as a bigint when the message was parsed exactly.
  real: (wire) => (typeof wire === "number" || typeof wire === "bigint" ? Number(wire) : undefined),
  boolean: (wire) => (typeof wire === "boolean" ? wire : undefined),
  string: (wire) => (typeof wire === "string" ? wire : undefined),
  uuid: (wire) => {
    const text = Array.isArray(wire) && wire[0] === "uuid" ? (wire[1] as JsonValue) : undefined;
    return typeof text === "string" && isUuid(text) ? text : undefined;
  },
};

function atomDecoder({ type }: BaseType, path: string): (wire: JsonValue) => AtomValue {
  const read = atomReaders[type];
  return (wire) => {
    const value = read(wire);
    if (value === undefined) throw new OvsdbDecodeError(path, `no ${type}`);
    return value;
  };
}

/** Up to so many elements, looking through an array is faster than hashing all of it. */
const few = 4;

/** From so many elements on, a set that changes once is taken to be one that changes often. */
const many = 256;

/** What is in a long set, handed on from each array to the one that comes after it. */
const membersOf: WeakMap<readonly AtomValue[], Set<AtomValue>> = new WeakMap();

/** What is in exactly one of the two; what stays keeps its place, which indexes make use of. */
export function exclusiveOr(
  old: readonly AtomValue[],
  difference: readonly AtomValue[],
): readonly AtomValue[] {
  const result = difference.length <= few ? toggled(old, difference) : combined(old, difference);
  return result.length === 0 ? emptySet : result;
}

function toggled(old: readonly AtomValue[], difference: readonly AtomValue[]): readonly AtomValue[] {
  const members = old.length < many ? undefined : (membersOf.get(old) ?? new Set(old));
  const added: AtomValue[] = [];
  let result = old;
  for (const item of difference) {
    const at = members?.has(item) === false ? -1 : result.indexOf(item);
    if (at < 0) {
      added.push(item);
      members?.add(item);
    } else {
      result = result.toSpliced(at, 1);
      members?.delete(item);
    }
  }
  if (added.length > 0) result = result.concat(added);
  if (members !== undefined) {
    membersOf.delete(old);
    membersOf.set(result, members);
  }
  return result;
}

function combined(old: readonly AtomValue[], difference: readonly AtomValue[]): readonly AtomValue[] {
  const left = new Set(difference);
  const kept = old.filter((item) => !left.delete(item));
  return [...kept, ...left];
}

/** A pair that is in `old` just so is removed, any other is put in. */
function merged(
  old: ReadonlyMap<AtomValue, AtomValue>,
  changes: ReadonlyMap<AtomValue, AtomValue>,
): ReadonlyMap<AtomValue, AtomValue> {
  const result = new Map(old);
  for (const [key, value] of changes) {
    if (result.has(key) && Object.is(result.get(key), value)) result.delete(key);
    else result.set(key, value);
  }
  return result.size === 0 ? emptyMap : result;
}

function sameSet(one: readonly AtomValue[], other: readonly AtomValue[]): boolean {
  if (one === other) return true;
  if (one.length !== other.length) return false;
  if (one.every((item, index) => item === other[index])) return true;
  const items = new Set(other);
  return one.every((item) => items.has(item));
}

function sameMap(one: ReadonlyMap<AtomValue, AtomValue>, other: ReadonlyMap<AtomValue, AtomValue>): boolean {
  if (one.size !== other.size) return false;
  return [...one].every(([key, value]) => other.has(key) && Object.is(other.get(key), value));
}
