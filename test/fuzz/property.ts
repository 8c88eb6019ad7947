// What holds for any bytes: they are a value or a DecodeError that says where, a value comes back from what it is
// written as, and takes no more room and time than its bytes account for.
import { inspect, isDeepStrictEqual } from "node:util";
import { DecodeError } from "../../src/openflow/codec-errors.ts";
import { decode, encode, type Message } from "../../src/openflow/message.ts";

/** What came of some bytes: `fault` says what should not have been. */
export type Outcome =
  | { readonly kind: "value"; readonly message: Message }
  | { readonly kind: "refused"; readonly where: string }
  | { readonly kind: "fault"; readonly fault: string };

/**
 * How many parts a value may have to a byte of its message: a version bitmap has eight numbers to a byte, and every
 * structure has names and constants of its own.
 */
const PARTS_PER_BYTE = 16;
const PARTS_OF_NONE = 256;

/** The parts of a value: numbers, characters, bytes, objects. */
export function partsOf(value: unknown): number {
  let parts = 0;
  const left: unknown[] = [value];
  while (left.length > 0) {
    const item = left.pop();
    parts += 1;
    if (typeof item === "string") parts += item.length / 8;
    else if (item instanceof Uint8Array) parts += item.length / 8;
    else if (typeof item === "object" && item !== null) {
      for (const member of Object.values(item)) left.push(member);
    }
  }
  return parts;
}

function faultOfError(error: unknown, bytes: Uint8Array): string | undefined {
  if (!(error instanceof DecodeError)) return `decode threw ${String(error)}`;
  if (error.cause !== undefined) return `the DecodeError hides ${inspect(error.cause)}`;
  if (!(error.offset >= 0 && error.offset <= bytes.length)) return `the offset ${error.offset} is outside`;
  return error.field === "" ? "the DecodeError names no field" : undefined;
}

/** Whether a value is too long to be written with the padding that its message left out. */
function isTooLong(error: unknown, bytes: Uint8Array): boolean {
  return bytes.length > 65_400 && error instanceof Error && error.message.includes("65535");
}

function faultOfValue(value: Message, bytes: Uint8Array): string | undefined {
  if (partsOf(value) > PARTS_OF_NONE + PARTS_PER_BYTE * bytes.length) {
    return `${bytes.length} bytes became a value of ${partsOf(value)} parts`;
  }
  let written: Uint8Array;
  try {
    written = encode(value);
  } catch (error) {
    return isTooLong(error, bytes) ? undefined : `what was decoded can't be encoded: ${String(error)}`;
  }
  let again: Message;
  try {
    again = decode(written);
  } catch (error) {
    return `what was encoded can't be decoded: ${String(error)}`;
  }
  if (!isDeepStrictEqual(again, value)) return "the value isn't the same after encode and decode";
  return Buffer.compare(encode(again), written) === 0 ? undefined : "the bytes change with every encode";
}

/** Decodes `bytes` and tells what came of it. */
export function outcomeOf(bytes: Uint8Array): Outcome {
  let message: Message;
  try {
    message = decode(bytes);
  } catch (error) {
    const fault = faultOfError(error, bytes);
    if (fault !== undefined) return { kind: "fault", fault };
    return { kind: "refused", where: (error as DecodeError).field.replaceAll(/\[\d+\]/g, "[]") };
  }
  const fault = faultOfValue(message, bytes);
  return fault === undefined ? { kind: "value", message } : { kind: "fault", fault };
}
