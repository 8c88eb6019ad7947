// The kinds of fields a declaration can name, each with its size and with the method of reader and writer that is its
// own: for everything that goes field by field, and not by running the declaration.

import type { Codec, Names } from "./codec.ts";
import type { Reader } from "./reader.ts";
import type { Writer } from "./writer.ts";

/** The integers that binary-parser reads. */
export type IntegerKind = "uint8" | "uint16" | "uint32" | "uint64";

/** One kind of field. */
export interface Kind<T> {
  /** What tells it from other kinds, with its size and with what it is made of: names, or another structure. */
  readonly name: string;
  readonly of?: unknown;
  /** Its size; undefined if it varies, and then the fewest bytes are `minBytes`. */
  readonly bytes: number | undefined;
  readonly minBytes: number;
  /** How binary-parser reads it, where it can. */
  readonly integer?: IntegerKind;
  /** Whether reading it can fail beyond the check of the fixed part: the reader counts such fields. */
  readonly counted?: true;
  /** What is written where no value is given. */
  readonly absent?: T;
  read(reader: Reader): T;
  write(writer: Writer, value: T): unknown;
}

function integer<T>(
  integer: IntegerKind,
  bytes: number,
  read: (reader: Reader) => T,
  write: (writer: Writer, value: T) => unknown,
): Kind<T> {
  return { name: integer, bytes, minBytes: bytes, integer, read, write };
}

export const u8: Kind<number> = integer(
  "uint8",
  1,
  (r) => r.u8(),
  (w, value) => w.u8(value),
);
export const u16: Kind<number> = integer(
  "uint16",
  2,
  (r) => r.u16(),
  (w, value) => w.u16(value),
);
export const u32: Kind<number> = integer(
  "uint32",
  4,
  (r) => r.u32(),
  (w, value) => w.u32(value),
);
export const u64: Kind<bigint> = integer(
  "uint64",
  8,
  (r) => r.u64(),
  (w, value) => w.u64(value),
);

/** An integer whose numbers have names. */
export function named<N extends string>(bytes: 1 | 2 | 4, known: Names<N>): Kind<N | number> {
  const kinds: Readonly<Record<1 | 2 | 4, Pick<Kind<N | number>, "read" | "write">>> = {
    1: { read: (r) => r.named8(known), write: (w, value) => w.named8(known, value) },
    2: { read: (r) => r.named16(known), write: (w, value) => w.named16(known, value) },
    4: { read: (r) => r.named32(known), write: (w, value) => w.named32(known, value) },
  };
  return { name: "named", of: known, bytes, minBytes: bytes, ...kinds[bytes] };
}

export const flag16: Kind<boolean> = {
  name: "flag16",
  bytes: 2,
  minBytes: 2,
  read: (r) => r.flag16(),
  write: (w, value) => w.flag16(value),
};

export const mac: Kind<string> = {
  name: "mac",
  bytes: 6,
  minBytes: 6,
  read: (r) => r.mac(),
  write: (w, value) => w.mac(value),
};

/** Text in a field of that size. */
export function text(bytes: number): Kind<string> {
  return {
    name: "text",
    bytes,
    minBytes: bytes,
    read: (r) => r.text(bytes),
    write: (w, value) => w.text(bytes, value),
  };
}

/** Exactly so many bytes. */
export function exactly(bytes: number): Kind<Uint8Array> {
  return {
    name: "bytes",
    bytes,
    minBytes: bytes,
    read: (r) => r.bytes(bytes),
    write: (w, value) => w.bytes(bytes, value),
  };
}

/** All bytes up to the end. */
export const rest: Kind<Uint8Array> = {
  name: "rest",
  bytes: undefined,
  minBytes: 0,
  counted: true,
  read: (r) => r.rest(),
  write: (w, value) => w.rest(value),
};

/** One structure. */
export function part<T>(codec: Codec<T>): Kind<T> {
  return {
    name: "part",
    of: codec,
    bytes: codec.fixedBytes,
    minBytes: codec.minBytes,
    counted: true,
    read: (r) => r.part(codec),
    write: (w, value) => w.part(codec, value),
  };
}

/** Structures one after the other, to the end. */
export function list<T>(codec: Codec<T>): Kind<T[]> {
  return {
    name: "list",
    of: codec,
    bytes: undefined,
    minBytes: 0,
    counted: true,
    read: (r) => r.list(codec),
    write: (w, values) => w.list(codec, values),
  };
}

/** Structures one after the other, whose length has been left open further up. */
export function listWithin<T>(codec: Codec<T>): Kind<T[]> {
  return {
    name: "listWithin",
    of: codec,
    bytes: undefined,
    minBytes: 0,
    counted: true,
    read: (r) => r.listWithin(codec),
    write: (w, values) => w.listWithin(codec, values),
  };
}
