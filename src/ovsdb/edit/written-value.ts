// From plain values, as a row shows them, to values for an operation: only the column's type says whether a text is a
// UUID. Rows of the same edit stand for their own UUIDs.
import { ValueError } from "../errors.ts";
import type { BaseType, ColumnType } from "../schema.ts";
import { type Atom, type AtomValue, NamedUuid, Uuid, uuid, type Value } from "../values.ts";

/** Something with a UUID: a row of a replica, or one of the same edit. */
export interface Identified {
  readonly _uuid: string;
}

/** What may stand where a row has an element. */
export type WrittenAtom = AtomValue | Identified | Uuid;

/** A column's value as it is written. */
export type WrittenValue =
  | WrittenAtom
  | undefined
  | readonly WrittenAtom[]
  | ReadonlySet<WrittenAtom>
  | ReadonlyMap<WrittenAtom, WrittenAtom>;

/** The type of what may be written where a row has a `Shown`. */
export type Written<Shown> =
  Shown extends ReadonlyMap<infer Key, infer Item>
    ? ReadonlyMap<Key | IdentifiedFor<Key>, Item | IdentifiedFor<Item>>
    : Shown extends readonly (infer Element)[]
      ? readonly (Element | IdentifiedFor<Element>)[]
      : Shown | IdentifiedFor<Shown>;

/** A row may stand for its UUID, which is a text. */
type IdentifiedFor<Shown> = string extends Shown ? Identified : never;

/** An element, for a column of this type. Throws `ValueError`. */
export function writtenAtom(type: BaseType, value: WrittenAtom, path: string): Atom {
  if (value instanceof Uuid || value instanceof NamedUuid) return value;
  if (typeof value === "object") return writtenAtom(type, identity(type, value, path), path);
  if (type.type === "integer" && typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new ValueError(`${path}: ${value} isn't exact as a number: write it as a bigint`);
  }
  if (type.type !== "uuid") return value;
  if (typeof value !== "string") throw new ValueError(`${path}: ${String(value)} is no UUID`);
  return uuid(value);
}

function identity(type: BaseType, { _uuid }: Identified, path: string): string {
  if (type.type !== "uuid" || typeof _uuid !== "string")
    throw new ValueError(`${path} doesn't hold references`);
  return _uuid;
}

/** A whole value, for a column of this type. Throws `ValueError`. */
export function writtenValue({ key, value: item }: ColumnType, value: WrittenValue, path: string): Value {
  if (value === undefined) return [];
  if (value instanceof Map) {
    if (item === undefined) throw new ValueError(`${path} is no map`);
    const pairs = Array.from(value as ReadonlyMap<WrittenAtom, WrittenAtom>, ([one, other]) => {
      return [writtenAtom(key, one, path), writtenAtom(item, other, path)] as const;
    });
    return new Map(pairs);
  }
  if (item !== undefined) throw new ValueError(`${path} is a map`);
  if (Array.isArray(value) || value instanceof Set) {
    return Array.from(value as Iterable<WrittenAtom>, (one) => writtenAtom(key, one, path));
  }
  return writtenAtom(key, value as WrittenAtom, path);
}
