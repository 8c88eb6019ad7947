// The fields that Open vSwitch's register actions name by header: every header of every match field, under the name
// that Open vSwitch prints.

import type { OxmField } from "./oxm-field.ts";
import { oxmFields } from "./oxm-fields.ts";

/**
 * A field as `regMove` and `regLoad` name it: Open vSwitch's name (`NXM_OF_ETH_SRC`, `OXM_OF_VLAN_VID`), or the
 * 32-bit header itself where the library has no name for it.
 */
export type SubfieldName = string | number;

/** What a subfield's name stands for. */
export interface Subfield {
  readonly name: string;
  /** The match field that goes under this header. */
  readonly field: OxmField;
  /** The 32-bit OXM header without a mask: class, number, length. */
  readonly header: number;
  /** The id that follows a header of class 0xffff. */
  readonly experimenter?: number;
  /** Size of the value in bytes, and how many of its low bits count. */
  readonly bytes: number;
  readonly bits: number;
}

/** Every field under each of its headers. */
export const subfields: readonly Subfield[] = oxmFields.flatMap((field) =>
  field.wire.map(({ name, class: oxmClass, number, bytes = field.bytes, experimenter }) => ({
    name,
    field,
    header: oxmClass * 0x10000 + number * 0x200 + bytes + (experimenter === undefined ? 0 : 4),
    ...(experimenter === undefined ? {} : { experimenter }),
    bytes,
    bits: bytes === field.bytes ? field.bits : bytes * 8,
  })),
);

/** A subfield by the name Open vSwitch prints. */
export const subfieldByName: ReadonlyMap<string, Subfield> = new Map(subfields.map((s) => [s.name, s]));

/** A subfield by its header; those of experimenters need their id, too, and aren't here. */
export const subfieldByHeader: ReadonlyMap<number, Subfield> = new Map(
  subfields.filter(({ experimenter }) => experimenter === undefined).map((s) => [s.header, s]),
);

/** A subfield of an experimenter by its header and id. */
export function experimenterSubfield(header: number, experimenter: number): Subfield | undefined {
  return subfields.find((s) => s.header === header && s.experimenter === experimenter);
}
