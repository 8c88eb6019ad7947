// The flow match (OpenFlow 1.3.5, 7.2.3): a list of OXM fields in the order in which they stand on the wire.

import type { Codec } from "../wire/codec.ts";
import { Fault, faultWithin, shown } from "../wire/fault.ts";
import { readItems } from "../wire/items.ts";
import type { Reader } from "../wire/reader.ts";
import { Writer } from "../wire/writer.ts";
import { oxm } from "./oxm.ts";
import type { OxmFieldName, OxmValues } from "./oxm-field.ts";
import { oxmFieldByName } from "./oxm-fields.ts";

/** One match field by name. The mask has the value's form; without one the whole field is compared. */
export type NamedOxm = {
  [F in OxmFieldName]: {
    field: F;
    value: OxmValues[F];
    /** Which bits count. Bits of the value outside it must be zero; all ones is the same as no mask. */
    mask?: Exclude<OxmValues[F], "none">;
    /** Open vSwitch's name of the header it goes under, such as `NXM_OF_ETH_SRC`; default: the one ovs-ofctl writes. */
    wireName?: string;
  };
}[OxmFieldName];

/** A field that the library has no name for, or whose value it can't express: kept as it came. */
export interface RawOxm {
  field: "raw";
  /** The 32-bit header: class, number, mask bit, length. */
  header: number;
  /** What follows the header (and the experimenter id, if any): the value and, with the mask bit set, the mask. */
  body: Uint8Array;
  /** The 32-bit id that follows a header of class 0xffff. */
  experimenter?: number;
}

/** One field of a match, or the value a `setField` action writes. */
export type Oxm = NamedOxm | RawOxm;

/** A flow match: the fields in wire order; empty matches every packet. */
export type Match = readonly Oxm[];

const LAST = 1_000;

function rank(oxm: Oxm): number {
  return oxmFieldByName.get(oxm.field)?.rank ?? LAST;
}

/** The same match in the order in which Open vSwitch writes one: prerequisites first, raw fields last. */
export function canonicalMatch(match: Match): Match {
  return match.toSorted((a, b) => rank(a) - rank(b));
}

/** The match type of OXM fields (`OFPMT_OXM`); the only other one died with OpenFlow 1.1. */
const OXM_MATCH = 1;
const HEADER_BYTES = 4;

/** The match (`ofp_match`): type, length, fields; the padding to a multiple of 8 isn't counted in the length. */
export const match: Codec<Match> = {
  name: "match",
  minBytes: 8,
  fixedBytes: undefined,

  read(reader: Reader): Match {
    const start = reader.offset;
    const outer = reader.end;
    const left = outer - start;
    if (left < 8) {
      throw reader.fault(`a match takes at least 8 bytes and ${left} are left`);
    }
    const type = reader.view.getUint16(start);
    if (type !== OXM_MATCH) {
      throw reader.fault(`${type} is no match of OXM fields`, "type");
    }
    const length = reader.view.getUint16(start + 2);
    const padded = (length + 7) & ~7;
    if (length < HEADER_BYTES || padded > left) {
      throw reader.fault(`${length} is no length for a match with ${left} bytes left`, "length", start + 2);
    }
    reader.offset = start + HEADER_BYTES;
    reader.end = start + length;
    const fields = readItems(reader, oxm);
    reader.end = outer;
    reader.offset = start + padded;
    return fields;
  },

  write(writer: Writer, value: Match): void {
    const start = writer.offset;
    writer.ensure(HEADER_BYTES);
    writer.u16(OXM_MATCH);
    writer.offset = start + HEADER_BYTES;
    writeMatchFields(writer, value);
    writer.patch16(start + 2, writer.offset - start);
    writer.align(start, 8);
  },
};

/** Writes the fields of a match one after the other. */
export function writeMatchFields(writer: Writer, value: Match): void {
  if (!Array.isArray(value)) {
    throw new Fault(`must be a list of match fields, not ${shown(value)}`, -1);
  }
  let index = 0;
  try {
    for (; index < value.length; index++) {
      oxm.write(writer, value[index] as Oxm);
    }
  } catch (error) {
    throw faultWithin(error, `[${index}]`);
  }
}

/** The length that a match says it has: its fields and its own header, without the padding. */
export function matchLength(value: Match): number {
  const writer = new Writer();
  try {
    match.write(writer, value);
  } catch (error) {
    throw faultWithin(error, "match");
  }
  return writer.view.getUint16(2);
}
