// Tunnel options as match fields (`tunMetadata0` to `tunMetadata63`): the one kind of field whose size isn't known
// here. The switch's TLV table says how long an option is; on the wire the header's length does.

import { Fault, shown } from "../wire/fault.ts";
import type { Reader } from "../wire/reader.ts";
import type { Writer } from "../wire/writer.ts";
import type { NamedOxm } from "./match.ts";
import type { OxmPlan } from "./oxm-value.ts";

const MASK_BIT = 0x100;
const HEADER_BYTES = 4;
const bytePairs = /^0x(?:[0-9a-f]{2})*$/i;

/** Reads an option with its mask, if it has one; undefined if the two don't have the same size. */
export function readOption(reader: Reader, plan: OxmPlan, header: number): NamedOxm | undefined {
  const at = reader.offset + HEADER_BYTES;
  const length = header & 0xff;
  const masked = (header & MASK_BIT) !== 0;
  const size = masked ? length / 2 : length;
  if (!Number.isInteger(size) || size > plan.bytes) {
    return undefined;
  }
  const value = hexAt(reader, at, size);
  const read = masked
    ? { field: plan.name, value, mask: hexAt(reader, at + size, size) }
    : { field: plan.name, value };
  return read as NamedOxm;
}

/** Writes an option with its header. */
export function writeOption(writer: Writer, plan: OxmPlan, oxm: NamedOxm): void {
  const value = bytesOf(oxm.value, plan, "value");
  const mask = oxm.mask === undefined ? undefined : bytesOf(oxm.mask, plan, "mask");
  if (mask !== undefined && mask.length !== value.length) {
    throw new Fault(`${mask.length} bytes don't fit a value of ${value.length}`, -1, "mask");
  }
  const length = value.length + (mask?.length ?? 0);
  const base = plan.header - plan.bytes;
  writer.u32(base + length + (mask === undefined ? 0 : MASK_BIT));
  writer.raw(value);
  if (mask !== undefined) {
    writer.raw(mask);
  }
}

function hexAt(reader: Reader, at: number, size: number): string {
  let text = "0x";
  for (let i = at; i < at + size; i++) {
    text += (reader.buffer[i] ?? 0).toString(16).padStart(2, "0");
  }
  return text;
}

function bytesOf(value: unknown, plan: OxmPlan, part: string): Uint8Array {
  if (typeof value !== "string" || !bytePairs.test(value) || value.length > 2 + 2 * plan.bytes) {
    const expected = `0x and two hex digits for each of at most ${plan.bytes} bytes`;
    throw new Fault(`must be ${expected}, not ${shown(value)}`, -1, part);
  }
  return Uint8Array.from(value.slice(2).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
