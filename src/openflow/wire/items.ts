// Structures one after the other. They are read into an array that is no larger than it has to be: one that grows by push
// has room for 17 at its first element, which for the short lists of flows is most of the memory they take.

import type { Codec } from "./codec.ts";
import { Fault, faultWithin, shown } from "./fault.ts";
import type { Reader } from "./reader.ts";
import type { Writer } from "./writer.ts";

/** Structures up to the reader's end. */
export function readItems<T>(reader: Reader, codec: Codec<T>): T[] {
  if (reader.offset >= reader.end) {
    return nothingLeft(reader);
  }
  let index = 0;
  try {
    const first = codec.read(reader);
    if (reader.offset >= reader.end) {
      return [first];
    }
    index = 1;
    const second = codec.read(reader);
    if (reader.offset >= reader.end) {
      return [first, second];
    }
    index = 2;
    const third = codec.read(reader);
    if (reader.offset >= reader.end) {
      return [first, second, third];
    }
    index = 3;
    const fourth = codec.read(reader);
    if (reader.offset >= reader.end) {
      return [first, second, third, fourth];
    }
    index = 4;
    const fifth = codec.read(reader);
    const items = [first, second, third, fourth, fifth];
    for (index = 5; reader.offset < reader.end; index++) {
      items.push(codec.read(reader));
    }
    return items;
  } catch (error) {
    throw error instanceof Fault ? error.within(`[${index}]`) : error;
  }
}

/** A pad may have gone beyond the end. */
function nothingLeft(reader: Reader): never[] {
  if (reader.offset > reader.end) {
    throw reader.fault(`ends ${reader.offset - reader.end} bytes before it`, "", reader.end);
  }
  return [];
}

/** How deep lists may stand in each other: what is written can be read again. */
const MAX_LISTS = 66;

/** Writes each structure of a list. */
export function writeItems<T>(writer: Writer, codec: Codec<T>, values: readonly T[]): void {
  if (!Array.isArray(values)) {
    throw new Fault(`must be a list, not ${shown(values)}`, -1);
  }
  if (++writer.lists > MAX_LISTS) {
    throw new Fault(`lists stand more than ${MAX_LISTS} deep in each other`, -1);
  }
  let index = 0;
  try {
    for (; index < values.length; index++) {
      codec.write(writer, values[index] as T);
    }
    writer.lists--;
  } catch (error) {
    throw faultWithin(error, `[${index}]`);
  }
}
