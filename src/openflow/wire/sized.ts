// Structures that carry their own length: entries of statistics, buckets and the like.

import type { Codec } from "./codec.ts";
import type { Reader } from "./reader.ts";
import type { Struct } from "./struct.ts";
import type { Writer } from "./writer.ts";

/** A structure that has its length in bytes as 16 bits, a pad in its declaration, at `at`: by default it begins with it. */
export function sized<T>(body: Struct<T>, at = 0): Codec<T> {
  const { name, minBytes } = body;
  return {
    name,
    minBytes,
    fixedBytes: undefined,

    read(reader: Reader): T {
      const start = reader.offset;
      const outer = reader.end;
      const left = outer - start;
      const length = left < at + 2 ? 0 : reader.view.getUint16(start + at);
      if (length < minBytes || length > left) {
        const where = Math.min(start + at, outer);
        throw reader.fault(`${length} is no length for ${name} with ${left} bytes left`, "length", where);
      }
      reader.end = start + length;
      const value = body.read(reader);
      if (reader.offset !== reader.end) {
        throw reader.fault(`${reader.end - reader.offset} bytes are left over after ${name}`);
      }
      reader.end = outer;
      return value;
    },

    write(writer: Writer, value: T): void {
      const start = writer.offset;
      body.write(writer, value);
      writer.patch16(start + at, writer.offset - start);
    },
  };
}
