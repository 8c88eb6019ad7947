// The short forms in which TABLE_FEATURES names things (OpenFlow 1.3.5, 7.3.5.5.2): an instruction or action by its
// type and length without a body, a match field by its OXM header without a value.

import type { Codec, Names } from "../wire/codec.ts";
import { Fault, shown } from "../wire/fault.ts";
import type { Reader } from "../wire/reader.ts";
import type { Writer } from "../wire/writer.ts";
import type { OxmFieldName } from "./oxm-field.ts";
import { oxmFields } from "./oxm-fields.ts";

/** An instruction or action that has no name: its number, and what follows type and length. */
export interface UnnamedId {
  number: number;
  data: Uint8Array;
}

/** A match field by name. */
export interface NamedOxmId {
  field: OxmFieldName;
  /** Whether the header has its mask bit set: in a list of what can be matched, that any mask may be given. */
  masked: boolean;
}

/** A match field that the library has no name for: kept as it came. */
export interface RawOxmId {
  field: "raw";
  /** The 32-bit header: class, number, mask bit, length. */
  header: number;
  /** The 32-bit id that follows a header of class 0xffff. */
  experimenter?: number;
}

export type OxmId = NamedOxmId | RawOxmId;

const ID_BYTES = 4;
const MAX_ID_BYTES = 0xffff;

/** Instructions or actions without their bodies, by name; `names` has the numbers. */
export function featureId<N extends string>(name: string, names: Names<N>): Codec<N | UnnamedId> {
  return {
    name,
    minBytes: ID_BYTES,
    fixedBytes: undefined,

    read(reader: Reader): N | UnnamedId {
      const { offset, end, view } = reader;
      const left = end - offset;
      if (left < ID_BYTES) {
        throw reader.fault(`${name} takes at least ${ID_BYTES} bytes and ${left} are left`);
      }
      const number = view.getUint16(offset);
      const length = view.getUint16(offset + 2);
      if (length < ID_BYTES || length > left) {
        throw reader.fault(
          `${length} is no length for ${name} with ${left} bytes left`,
          "length",
          offset + 2,
        );
      }
      reader.offset = offset + length;
      const known = length === ID_BYTES ? names.byNumber[number] : undefined;
      return known ?? { number, data: reader.copy(offset + ID_BYTES, offset + length) };
    },

    write(writer: Writer, value: N | UnnamedId): void {
      const { number, data } = typeof value === "string" ? named(value, names) : value;
      const length = ID_BYTES + data.length;
      if (!Number.isInteger(number) || number < 0 || number > 0xffff) {
        throw new Fault(`must be a whole number from 0 to 65535, not ${shown(number)}`, -1, "number");
      }
      if (length > MAX_ID_BYTES) {
        throw new Fault(`must be at most ${MAX_ID_BYTES - ID_BYTES} bytes long`, -1, "data");
      }
      writer.ensure(length);
      const start = writer.offset;
      writer.view.setUint16(start, number);
      writer.view.setUint16(start + 2, length);
      for (const [i, byte] of data.entries()) {
        writer.view.setUint8(start + ID_BYTES + i, byte);
      }
      writer.offset = start + length;
    },
  };
}

const NO_DATA = new Uint8Array(0);

function named<N extends string>(value: N, names: Names<N>): UnnamedId {
  const number = names.byName.get(value);
  if (number === undefined) {
    throw new Fault(`must be one of ${[...names.byName.keys()].join(", ")}, not ${shown(value)}`, -1);
  }
  return { number, data: NO_DATA };
}

const MASK_BIT = 0x100;
const EXPERIMENTER_CLASS = 0xffff;

/** The first header of each field, without a mask; an experimenter's have more to them, and stay raw. */
const headers: ReadonlyMap<OxmFieldName, { readonly header: number; readonly bytes: number }> = new Map(
  oxmFields.flatMap(({ name, wire: [first], bytes }) =>
    first.class === EXPERIMENTER_CLASS
      ? []
      : [[name, { header: first.class * 0x10000 + first.number * 0x200 + bytes, bytes }] as const],
  ),
);

const idsByHeader: ReadonlyMap<number, NamedOxmId> = new Map(
  [...headers].flatMap(([field, { header, bytes }]): [number, NamedOxmId][] => [
    [header, { field, masked: false }],
    [header + MASK_BIT + bytes, { field, masked: true }],
  ]),
);

/** A match field without its value. */
export const oxmId: Codec<OxmId> = {
  name: "match field",
  minBytes: ID_BYTES,
  fixedBytes: undefined,

  read(reader: Reader): OxmId {
    const { offset, end, view } = reader;
    const left = end - offset;
    if (left < ID_BYTES) {
      throw reader.fault(`a match field takes at least ${ID_BYTES} bytes and ${left} are left`);
    }
    const header = view.getUint32(offset);
    if (header >>> 16 !== EXPERIMENTER_CLASS) {
      reader.offset = offset + ID_BYTES;
      const id = idsByHeader.get(header);
      return id === undefined ? { field: "raw", header } : { field: id.field, masked: id.masked };
    }
    if (left < 2 * ID_BYTES) {
      throw reader.fault(`an experimenter's match field takes 8 bytes and ${left} are left`);
    }
    reader.offset = offset + 2 * ID_BYTES;
    return { field: "raw", header, experimenter: view.getUint32(offset + ID_BYTES) };
  },

  write(writer: Writer, value: OxmId): void {
    writer.ensure(2 * ID_BYTES);
    const raw: RawOxmId = value.field === "raw" ? value : { field: "raw", header: headerOf(value) };
    const isExperimenter = word(raw.header, "header") >>> 16 === EXPERIMENTER_CLASS;
    writer.view.setUint32(writer.offset, raw.header);
    if (isExperimenter) {
      writer.view.setUint32(writer.offset + ID_BYTES, word(raw.experimenter, "experimenter"));
    }
    writer.offset += isExperimenter ? 2 * ID_BYTES : ID_BYTES;
  },
};

function headerOf({ field, masked }: NamedOxmId): number {
  const known = headers.get(field);
  if (known === undefined) {
    throw new Fault(`${shown(field)} is no match field with a four-byte header`, -1, "field");
  }
  return masked ? known.header + MASK_BIT + known.bytes : known.header;
}

function word(value: number | undefined, key: string): number {
  if (value === undefined || !Number.isInteger(value) || value < 0 || value > 0xffffffff) {
    throw new Fault(`must be a whole number from 0 to 4294967295, not ${shown(value)}`, -1, key);
  }
  return value;
}
