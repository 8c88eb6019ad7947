// What a switch refuses one match field for by itself: a header it doesn't know, a mask where there may be none, bits
// outside the mask, a value the field can't have. Such fields stay raw when they are read; here they get their error.
import type { NamedOxm, Oxm, RawOxm } from "./match.ts";
import { experimenterSubfield, type Subfield, subfieldByHeader } from "./subfields.ts";

/** An error of Open vSwitch's for a match field, and what is wrong with it. */
export interface FieldFault {
  readonly error: "OFPBMC_BAD_FIELD" | "OFPBMC_BAD_MASK" | "OFPBMC_BAD_WILDCARDS" | "OFPBMC_BAD_VALUE";
  readonly reason: string;
}

const maskBit = 0x100;
/** Fields of OpenFlow 1.3 that Open vSwitch doesn't have. */
export const absentFields: ReadonlySet<string> = new Set(["inPhyPort", "pbbIsid", "ipv6Exthdr"]);

/** Why Open vSwitch refuses `oxm` wherever it stands; undefined where it doesn't. */
export function faultOfOxm(oxm: Oxm): FieldFault | undefined {
  if (oxm.field === "raw") return faultOfRaw(oxm);
  return absentFields.has(oxm.field)
    ? { error: "OFPBMC_BAD_FIELD", reason: `${oxm.field}: Open vSwitch doesn't have this field` }
    : valueFault(oxm);
}

/** What ports have no number for: 16 bits of OpenFlow 1.0 in 32. */
const noPorts = { from: 0xff00, below: 0xffff_ff00 } as const;
/** The greatest value of fields that have more bits than Open vSwitch looks at. */
const greatest: ReadonlyMap<string, number> = new Map([
  ["ctState", 0xff],
  ["arpOp", 0xff],
  ["nshMdtype", 2],
  ["nshTtl", 0x3f],
]);
const ecnBits = 3;

/** Values that have a form on the wire and no meaning to Open vSwitch. */
export function valueFault(oxm: NamedOxm): FieldFault | undefined {
  const { field, value } = oxm;
  if (typeof value !== "number") return undefined;
  const isWrong =
    ((field === "inPort" || field === "actsetOutput") && value >= noPorts.from && value < noPorts.below) ||
    (field === "nwTos" && (value & ecnBits) !== 0) ||
    (field === "nshMdtype" && value === 0) ||
    value > (greatest.get(field) ?? Number.POSITIVE_INFINITY);
  return isWrong
    ? { error: "OFPBMC_BAD_VALUE", reason: `${field}: ${value} is no value it can have` }
    : undefined;
}

function faultOfRaw(oxm: RawOxm): FieldFault | undefined {
  const { header, body } = oxm;
  const masked = (header & maskBit) !== 0;
  const subfield = subfieldOf(oxm, masked);
  if (subfield === undefined) {
    return { error: "OFPBMC_BAD_FIELD", reason: `0x${header.toString(16)} is the header of no field` };
  }
  const { field } = subfield;
  const value = body.subarray(0, subfield.bytes);
  const mask = masked ? body.subarray(subfield.bytes) : undefined;
  if (mask !== undefined && !field.maskable && mask.some((byte) => byte !== 0xff)) {
    return { error: "OFPBMC_BAD_MASK", reason: `${field.name} takes no mask` };
  }
  if (mask !== undefined && value.some((byte, i) => (byte & ~(mask[i] ?? 0)) !== 0)) {
    return { error: "OFPBMC_BAD_WILDCARDS", reason: `${field.name} has bits outside its mask` };
  }
  return numberOf(value) >> BigInt(subfield.bits) === 0n
    ? undefined
    : { error: "OFPBMC_BAD_VALUE", reason: `${field.name} has ${subfield.bits} bits, the value has more` };
}

/** The field a header names if its length is right. */
function subfieldOf({ header, body, experimenter }: RawOxm, masked: boolean): Subfield | undefined {
  const bytes = masked ? body.length / 2 : body.length;
  const base = header - (header & 0x1ff) + bytes;
  return experimenter === undefined
    ? subfieldByHeader.get(base)
    : experimenterSubfield(base + 4, experimenter);
}

function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
