// A field as register actions name it: its OXM header as 32 bits, seen by the name Open vSwitch has for it.

import type { Codec } from "../wire/codec.ts";
import { Fault, shown } from "../wire/fault.ts";
import type { Reader } from "../wire/reader.ts";
import type { Writer } from "../wire/writer.ts";
import { type SubfieldName, subfieldByHeader, subfieldByName } from "./subfields.ts";

const EXPERIMENTER_CLASS = 0xffff;

/** The header of a subfield. An experimenter's takes eight bytes and has no name yet: its action stays raw. */
export const subfield: Codec<SubfieldName> = {
  name: "subfield",
  minBytes: 4,
  fixedBytes: 4,

  read(reader: Reader): SubfieldName {
    if (reader.end - reader.offset < 4) {
      throw reader.fault("a field's header takes 4 bytes");
    }
    const header = reader.u32();
    reader.declined ||= header >>> 16 === EXPERIMENTER_CLASS;
    return subfieldByHeader.get(header)?.name ?? header;
  },

  write(writer: Writer, value: SubfieldName): void {
    const header = typeof value === "string" ? subfieldByName.get(value)?.header : value;
    if (header === undefined || header >>> 16 === EXPERIMENTER_CLASS) {
      throw new Fault(`${shown(value)} is no field with a four-byte header`, -1);
    }
    writer.ensure(4);
    writer.u32(header);
  },
};
