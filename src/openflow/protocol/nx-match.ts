// A match as Nicira's messages carry it, from before OpenFlow had one: the length of the fields, a gap, the fields, and
// padding to a multiple of 8 that the length leaves out.

import type { Codec } from "../wire/codec.ts";
import { readItems } from "../wire/items.ts";
import type { Reader } from "../wire/reader.ts";
import type { Writer } from "../wire/writer.ts";
import { type Match, writeMatchFields } from "./match.ts";
import { oxm } from "./oxm.ts";

const HEADER_BYTES = 8;

/** A match behind 16 bits of its length and 6 bytes of nothing. */
export const nxMatch: Codec<Match> = {
  name: "nx_match",
  minBytes: HEADER_BYTES,
  fixedBytes: undefined,

  read(reader: Reader): Match {
    const start = reader.offset;
    const outer = reader.end;
    const left = outer - start;
    const length = left < HEADER_BYTES ? 0 : reader.view.getUint16(start);
    const padded = (length + 7) & ~7;
    if (left < HEADER_BYTES + padded) {
      throw reader.fault(`${length} is no length for a match with ${left} bytes left`, "length", start);
    }
    reader.offset = start + HEADER_BYTES;
    reader.end = reader.offset + length;
    const fields = readItems(reader, oxm);
    reader.end = outer;
    reader.offset = start + HEADER_BYTES + padded;
    return fields;
  },

  write(writer: Writer, value: Match): void {
    const start = writer.offset;
    writer.pad(HEADER_BYTES);
    writeMatchFields(writer, value);
    writer.patch16(start, writer.offset - start - HEADER_BYTES);
    writer.align(start, 8);
  },
};
