// Parts of fields as Open vSwitch's actions name them on the wire: a header of four bytes or of eight, and 16 bits that
// hold the lowest bit and the number of bits.

import type { Codec } from "../wire/codec.ts";
import { Fault, faultWithin, shown } from "../wire/fault.ts";
import type { Reader } from "../wire/reader.ts";
import { type Struct, struct } from "../wire/struct.ts";
import type { Writer } from "../wire/writer.ts";
import { subfield } from "./subfield.ts";
import type { SubfieldName } from "./subfields.ts";

const EXPERIMENTER_CLASS = 0xffff;

/** Bits of a field: `NXM_NX_REG0[4..7]` has `ofs` 4 and `nBits` 4. */
export interface FieldBits {
  name: SubfieldName;
  /** The lowest bit, 0 to 1023. */
  ofs: number;
  /** How many bits, 1 to 64. */
  nBits: number;
}

/** A field in an action that has room for a four-byte header only; an experimenter's field leaves the action raw. */
export const narrowSubfield: Codec<SubfieldName> = {
  name: "subfield",
  minBytes: 4,
  fixedBytes: 4,

  read(reader: Reader): SubfieldName {
    if (reader.end - reader.offset >= 4 && reader.view.getUint16(reader.offset) === EXPERIMENTER_CLASS) {
      reader.declined = true;
      reader.offset += 4;
      return 0;
    }
    return subfield.read(reader);
  },

  write(writer: Writer, value: SubfieldName): void {
    const start = writer.offset;
    subfield.write(writer, value);
    if (writer.offset - start !== 4) {
      throw new Fault(`${shown(value)} has no four-byte header, and there is no room for more`, -1);
    }
  },
};

/** 16 bits after something of variable size, which no check of a fixed part reaches. */
export const trailing16: Codec<number> = {
  name: "number",
  minBytes: 2,
  fixedBytes: undefined,

  read(reader: Reader): number {
    if (reader.end - reader.offset < 2) {
      throw reader.fault("takes 2 bytes");
    }
    return reader.u16();
  },

  write(writer: Writer, value: number): void {
    writer.ensure(2);
    writer.u16(value);
  },
};

/** The lowest bit and the number of bits from 16: 10 bits, and 6 that hold one less. */
export function bitsOf16(ofsNBits: number): { ofs: number; nBits: number } {
  return { ofs: ofsNBits >> 6, nBits: (ofsNBits & 0x3f) + 1 };
}

/** The 16 bits that say `ofs` and `nBits`. */
export function bits16Of({ ofs, nBits }: { ofs: number; nBits: number }): number {
  return checkedInteger(ofs, 0, 1023, "ofs") * 64 + checkedInteger(nBits, 1, 64, "nBits") - 1;
}

/** `value` if it is a whole number between the two; else a fault that names `key`. */
export function checkedInteger(value: number, min: number, max: number, key: string): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new Fault(`must be a whole number from ${min} to ${max}, not ${shown(value)}`, -1, key);
  }
  return value;
}

/** Runs `write`; what it finds wrong is about the entry `key`. */
export function writingEntry(key: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw faultWithin(error, key);
  }
}

/** Bits of a field, the 16 bits before the four-byte header. */
export const fieldBits: Codec<FieldBits> = {
  name: "subfield",
  minBytes: 6,
  fixedBytes: 6,

  read(reader: Reader): FieldBits {
    const { ofs, nBits } = bitsOf16(reader.u16());
    return { name: narrowSubfield.read(reader), ofs, nBits };
  },

  write(writer: Writer, value: FieldBits): void {
    writer.ensure(6);
    writer.u16(bits16Of(value));
    writingEntry("name", () => narrowSubfield.write(writer, value.name));
  },
};

/** An action that has no argument. */
export function bare<T extends string>(type: T): Struct<{ type: T }> {
  return struct(type, (): { type: T } => ({ type }), { pad: 6 });
}
