// The flow match (OpenFlow 1.3.5, 7.2.3): a list of OXM fields in the order in which they stand on the wire.

import type { OxmFieldName, OxmValues } from "./oxm-field.ts";
import { oxmFieldByName } from "./oxm-fields.ts";

/** One match field by name. The mask has the value's form; without one the whole field is compared. */
export type NamedOxm = {
  [F in OxmFieldName]: {
    field: F;
    value: OxmValues[F];
    /** Which bits count. Bits of the value outside it must be zero; all ones is the same as no mask. */
    mask?: Exclude<OxmValues[F], "none">;
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
