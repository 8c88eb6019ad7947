// A field as register actions name it: its OXM header, seen by the name Open vSwitch has for it. A header takes four
// bytes, or eight where the class is an experimenter's and its id follows.

import type { Codec } from "../wire/codec.ts";
import { Fault, shown } from "../wire/fault.ts";
import type { Reader } from "../wire/reader.ts";
import type { Writer } from "../wire/writer.ts";
import { experimenterSubfield, type SubfieldName, subfieldByHeader, subfieldByName } from "./subfields.ts";

const EXPERIMENTER_CLASS = 0xffff;

/** The header of a subfield. An experimenter's field that has no name here leaves its action raw. */
export const subfield: Codec<SubfieldName> = {
  name: "subfield",
  minBytes: 4,
  fixedBytes: undefined,

  read(reader: Reader): SubfieldName {
    const left = reader.end - reader.offset;
    if (left < 4) {
      throw reader.fault("a field's header takes 4 bytes");
    }
    const header = reader.u32();
    if (header >>> 16 !== EXPERIMENTER_CLASS) {
      return subfieldByHeader.get(header)?.name ?? header;
    }
    if (left < 8) {
      throw reader.fault("an experimenter's field takes 8 bytes");
    }
    const name = experimenterSubfield(header, reader.u32())?.name;
    reader.declined ||= name === undefined;
    return name ?? header;
  },

  write(writer: Writer, value: SubfieldName): void {
    const known = typeof value === "string" ? subfieldByName.get(value) : undefined;
    const header = typeof value === "string" ? known?.header : value;
    if (header === undefined || (known === undefined && header >>> 16 === EXPERIMENTER_CLASS)) {
      throw new Fault(`${shown(value)} is no field that has a name or a four-byte header`, -1);
    }
    writer.ensure(8);
    writer.u32(header);
    if (known?.experimenter !== undefined) {
      writer.u32(known.experimenter);
    }
  },
};
