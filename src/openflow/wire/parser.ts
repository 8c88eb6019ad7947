// Reads the fixed part of a structure with binary-parser: one parse, then what follows of variable size. binary-parser
// checks no bounds, so a structure is known to be there in full before it is parsed; it is given integers alone,
// since its buffers would alias the input.

import { Parser } from "binary-parser";
import type { IntegerKind } from "./kinds.ts";
import type { Reader } from "./reader.ts";
import { bytesBefore, type Recording, type Step } from "./recorder.ts";

/**
 * What the generated code fills in. It sets and deletes `$parent` and `$root` on it, which would turn any other
 * object into a slow dictionary; here both run into a setter.
 */
class Parsed {
  value: Record<string, unknown> | undefined = undefined;
  set $parent(_: unknown) {}
  set $root(_: unknown) {}
}

const integers: Readonly<Record<IntegerKind, (parser: Parser, key: string) => Parser>> = {
  uint8: (parser, key) => parser.uint8(key),
  uint16: (parser, key) => parser.uint16(key),
  uint32: (parser, key) => parser.uint32(key),
  uint64: (parser, key) => parser.uint64(key),
};

/**
 * The parser of the fixed part. Entries that it can't read get their place in the object all the same (the offset,
 * for the time being), so that every object has all entries, in the order of the declaration.
 */
function fixedParser({ entries }: Recording): Parser {
  let fields = new Parser().endianess("big");
  for (const entry of entries) {
    if (entry.step === undefined || entry.step.kind.bytes === undefined) {
      fields = fields.saveOffset(entry.key);
      continue;
    }
    const { kind } = entry.step;
    const before = bytesBefore(entry.step);
    fields = before > 0 ? fields.seek(before) : fields;
    fields =
      kind.integer === undefined
        ? fields.saveOffset(entry.key).seek(kind.bytes)
        : integers[kind.integer](fields, entry.key);
  }
  const parser = new Parser().create(Parsed).nest("value", { type: fields });
  parser.compile();
  return parser;
}

/** A reader for a declaration that parses the fixed part at once and goes on field by field. */
export function parserFor(recording: Recording): (reader: Reader) => object {
  const { steps } = recording;
  const constants = [...recording.constants];
  const firstVariable = steps.findIndex((step) => step.kind.bytes === undefined);
  const fixed = firstVariable < 0 ? steps : steps.slice(0, firstVariable);
  const following = steps.slice(fixed.length);
  const others = fixed.filter((step) => step.kind.integer === undefined);
  const announcing = fixed.find((step) => step.before.includes("length16"));
  const parser = fixedParser(recording);
  const last = fixed.at(-1);
  const fixedBytes = last === undefined ? 0 : last.offset + last.kind.minBytes;

  return (reader) => {
    const start = reader.offset;
    const input = start === reader.origin ? reader.input : reader.buffer.subarray(start, reader.end);
    const { value } = parser.parse(input) as { value: Record<string, unknown> };
    for (const [key, constant] of constants) {
      value[key] = constant;
    }
    for (const step of others) {
      reader.offset = start + step.offset;
      value[step.key] = step.kind.read(reader);
    }
    if (announcing !== undefined) {
      reader.offset = start + announcing.offset - bytesAfterLength(announcing);
      reader.length16();
    }
    reader.offset = start + fixedBytes;
    for (const step of following) {
      readBefore(reader, step);
      value[step.key] = step.kind.read(reader);
    }
    return value;
  };
}

function readBefore(reader: Reader, step: Step): void {
  for (const before of step.before) {
    if (before === "length16") {
      reader.length16();
    } else {
      reader.pad(before);
    }
  }
}

/** How far before its field the announced length of another one begins. */
function bytesAfterLength(step: Step): number {
  const at = step.before.indexOf("length16");
  return bytesBefore({ ...step, before: step.before.slice(at) });
}
