// Values as callers write them and as the wire has them (RFC 7047, 5.1). A row that was read has plain JavaScript
// values; what is written needs two more, since text alone doesn't say that it is a UUID.
import type { JsonValue } from "../jsonrpc/json.ts";
import { ValueError } from "./errors.ts";

/** An int64: a number while that is exact (up to 2^53), a bigint beyond. */
export type Integer = number | bigint;

/** A UUID to be written. Made by {@link uuid}. */
export class Uuid {
  /** In lower case, with dashes. */
  readonly value: string;

  /** @internal Use {@link uuid}, which checks. */
  constructor(value: string) {
    this.value = value;
  }

  toString(): string {
    return this.value;
  }
}

/** The row that another insert of the same transaction makes. Made by {@link namedUuid}. */
export class NamedUuid {
  readonly name: string;

  /** @internal Use {@link namedUuid}, which checks. */
  constructor(name: string) {
    this.name = name;
  }
}

const uuidForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const nameForm = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Whether `text` is a UUID with dashes. */
export function isUuid(text: string): boolean {
  return uuidForm.test(text);
}

/** A reference to an existing row, such as `uuid(row._uuid)`. Throws `ValueError`. */
export function uuid(text: string): Uuid {
  if (!isUuid(text)) throw new ValueError(`${JSON.stringify(text)} is no UUID`);
  return new Uuid(text.toLowerCase());
}

/** A reference to the row of the insert with this `uuidName`: letters, digits and `_`, no digit first. Throws `ValueError`. */
export function namedUuid(name: string): NamedUuid {
  if (!nameForm.test(name))
    throw new ValueError(`${JSON.stringify(name)} can't name a row: letters, digits and _ only`);
  return new NamedUuid(name);
}

/** One element of a value to be written. */
export type Atom = string | number | bigint | boolean | Uuid | NamedUuid;

/** A column's value to be written: one element, a set (array or Set) or a map. An optional column is emptied by `[]`. */
export type Value = Atom | readonly Atom[] | ReadonlySet<Atom> | ReadonlyMap<Atom, Atom>;

/** One element of a value that was read. A UUID is its text. */
export type AtomValue = string | number | bigint | boolean;

/** A column's value that was read: one element, an optional one, a set without order, or a map. */
export type ColumnValue = AtomValue | undefined | readonly AtomValue[] | ReadonlyMap<AtomValue, AtomValue>;

/** A row of a table that no model describes. */
export interface GenericRow {
  readonly _uuid: string;
  readonly [column: string]: ColumnValue;
}

const minInt64 = -(2n ** 63n);
const maxInt64 = 2n ** 63n - 1n;
/** The least real that ovsdb-server reads. */
const leastReal = 2.2250738585072014e-308;

/** An element as the wire has it. Throws `ValueError`. */
function encodeAtom(atom: Atom): JsonValue {
  if (atom instanceof Uuid) return ["uuid", atom.value];
  if (atom instanceof NamedUuid) return ["named-uuid", atom.name];
  if (typeof atom === "bigint" && (atom < minInt64 || atom > maxInt64)) {
    throw new ValueError(`${atom} has more than 64 bits`);
  }
  if (typeof atom === "number" && atom !== 0 && Math.abs(atom) < leastReal) {
    throw new ValueError(`${atom} is too close to 0: ovsdb-server ends the connection over it`);
  }
  if (!["string", "number", "bigint", "boolean"].includes(typeof atom)) {
    throw new ValueError(`${atom === null ? "null" : typeof atom} is no OVSDB value`);
  }
  return atom;
}

/** A value as the wire has it. Throws `ValueError`. */
export function encodeValue(value: Value): JsonValue {
  if (Array.isArray(value)) return ["set", (value as readonly Atom[]).map(encodeAtom)];
  if (value instanceof Set) return ["set", Array.from(value as ReadonlySet<Atom>, encodeAtom)];
  if (value instanceof Map) {
    const pairs = Array.from(value as ReadonlyMap<Atom, Atom>, ([key, item]) => [
      encodeAtom(key),
      encodeAtom(item),
    ]);
    return ["map", pairs];
  }
  return encodeAtom(value as Atom);
}

/** The elements of a value, of a map its keys and values. */
export function atomsIn(value: Value): readonly Atom[] {
  if (value instanceof Map) {
    const map = value as ReadonlyMap<Atom, Atom>;
    return [...map.keys(), ...map.values()];
  }
  const many = Array.isArray(value) || value instanceof Set;
  return many ? [...(value as Iterable<Atom>)] : [value as Atom];
}

/** The named rows that a value refers to. */
export function namesIn(value: Value): string[] {
  return atomsIn(value).flatMap((atom) => (atom instanceof NamedUuid ? [atom.name] : []));
}
