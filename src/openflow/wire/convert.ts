// Structures whose value is not quite what their bytes spell out: declared as the bytes are, and turned into the value
// and back by two pure functions.

import type { Reader } from "./reader.ts";
import type { Struct } from "./struct.ts";
import type { Writer } from "./writer.ts";

/** The two ways between what is on the wire and what the program sees. */
export interface Conversion<W, T> {
  /** The value, or undefined if there is none: then the family around the structure keeps the bytes as they are. */
  toValue(wire: W): T | undefined;
  /** What goes on the wire; throws a Fault that names the entry if the value has no wire form. */
  toWire(value: T): W;
}

/** A structure seen through a conversion. */
export function convert<W, T>(wire: Struct<W>, conversion: Conversion<W, T>): Struct<T> {
  const { name, minBytes, fixedBytes, constants, aligned } = wire;
  return {
    name,
    minBytes,
    fixedBytes,
    constants,
    aligned,
    read(reader: Reader): T {
      const value = conversion.toValue(wire.read(reader));
      reader.declined ||= value === undefined;
      return value as T;
    },
    write(writer: Writer, value: T): void {
      wire.write(writer, conversion.toWire(value));
    },
  };
}
