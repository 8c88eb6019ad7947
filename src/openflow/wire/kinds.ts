// The kinds of fields a declaration can name, each with its size, its reading and its writing on its own. The reader
// does the same by its own methods when a whole structure is read; this is for everything that goes field by field.

import type { Codec, Names } from "./codec.ts";
import { Fault, faultWithin, shown } from "./fault.ts";
import type { Reader } from "./reader.ts";
import { textBytes } from "./text.ts";
import type { Writer } from "./writer.ts";

/** The integers that binary-parser reads. */
export type IntegerKind = "uint8" | "uint16" | "uint32" | "uint64";

/** One kind of field. */
export interface Kind<T> {
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
  write(writer: Writer, value: T): void;
}

function integer<T>(
  integer: IntegerKind,
  bytes: number,
  read: (reader: Reader) => T,
  write: (writer: Writer, value: T) => void,
): Kind<T> {
  return { bytes, minBytes: bytes, integer, read, write };
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

/** The same kind with a value to write where none is given. */
export function orElse<T>(kind: Kind<T>, absent: T | undefined): Kind<T> {
  return absent === undefined ? kind : { ...kind, absent };
}

/** An integer whose numbers have names. */
export function named<N extends string>(kind: Kind<number>, known: Names<N>): Kind<N | number> {
  return {
    bytes: kind.bytes,
    minBytes: kind.minBytes,
    read: (r) => {
      const number = kind.read(r);
      return known.byNumber[number] ?? number;
    },
    write: (w, value) => {
      const number = typeof value === "string" ? known.byName.get(value) : value;
      if (number === undefined) {
        throw new Fault(`must be one of ${[...known.byName.keys()].join(", ")}, not ${shown(value)}`, -1);
      }
      kind.write(w, number);
    },
  };
}

export const flag16: Kind<boolean> = {
  bytes: 2,
  minBytes: 2,
  read: (r) => r.flag16(),
  write: (w, value) => {
    if (typeof value !== "boolean") {
      throw new Fault(`must be true or false, not ${shown(value)}`, -1);
    }
    w.u16(value ? 1 : 0);
  },
};

export const mac: Kind<string> = {
  bytes: 6,
  minBytes: 6,
  read: (r) => r.mac(),
  write: (w, value) => w.mac(value),
};

/** Text in a field of that size. */
export function text(bytes: number): Kind<string> {
  return {
    bytes,
    minBytes: bytes,
    read: (r) => r.text(bytes),
    write: (w, value) => {
      if (typeof value !== "string") {
        throw new Fault(`must be text, not ${shown(value)}`, -1);
      }
      const encoded = textBytes(value);
      if (encoded.length > bytes) {
        throw new Fault(`must be at most ${bytes} bytes long, not ${encoded.length}`, -1);
      }
      w.raw(encoded);
      w.pad(bytes - encoded.length);
    },
  };
}

/** Exactly so many bytes. */
export function exactly(bytes: number): Kind<Uint8Array> {
  return {
    bytes,
    minBytes: bytes,
    read: (r) => r.bytes(bytes),
    write: (w, value) => {
      if (value instanceof Uint8Array && value.length !== bytes) {
        throw new Fault(`must be ${bytes} bytes long, not ${value.length}`, -1);
      }
      w.raw(value);
    },
  };
}

/** All bytes up to the end. */
export const rest: Kind<Uint8Array> = {
  bytes: undefined,
  minBytes: 0,
  counted: true,
  read: (r) => r.rest(),
  write: (w, value) => w.raw(value),
};

/** One structure. */
export function part<T>(codec: Codec<T>): Kind<T> {
  return {
    bytes: codec.fixedBytes,
    minBytes: codec.minBytes,
    counted: true,
    read: (r) => r.part(codec),
    write: (w, value) => codec.write(w, value),
  };
}

function writeItems<T>(w: Writer, codec: Codec<T>, values: readonly T[]): void {
  if (!Array.isArray(values)) {
    throw new Fault(`must be a list, not ${shown(values)}`, -1);
  }
  let index = 0;
  try {
    for (const value of values) {
      codec.write(w, value);
      index++;
    }
  } catch (error) {
    throw faultWithin(error, `[${index}]`);
  }
}

/** Structures one after the other, to the end. */
export function list<T>(codec: Codec<T>): Kind<T[]> {
  return {
    bytes: undefined,
    minBytes: 0,
    counted: true,
    read: (r) => r.list(codec),
    write: (w, values) => writeItems(w, codec, values),
  };
}

/** Structures one after the other, whose length has been left open further up. */
export function listWithin<T>(codec: Codec<T>): Kind<T[]> {
  return {
    bytes: undefined,
    minBytes: 0,
    counted: true,
    read: (r) => r.listWithin(codec),
    write: (w, values) => {
      const { ahead, offset } = w;
      writeItems(w, codec, values);
      w.patch16(ahead, w.offset - offset);
    },
  };
}
