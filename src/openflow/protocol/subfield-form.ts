// Whether the bits that an action names are there, and may be written: judged without any packet in mind.
import { type Inconsistency, refused } from "./inconsistency.ts";
import type { Oxm } from "./match.ts";
import { absentFields, faultOfOxm, valueFault } from "./match-fault.ts";
import type { OxmField } from "./oxm-field.ts";
import { oxmFieldByName } from "./oxm-fields.ts";
import { type SubfieldName, subfieldByName } from "./subfields.ts";

/** Bits of a field. */
export interface Bits {
  readonly name: SubfieldName;
  readonly ofs: number;
  readonly nBits: number;
}

/** The error for a field nobody knows; it depends on how an action names its fields. */
export type UnknownField = "OFPBAC_BAD_SET_TYPE" | "OFPBMC_BAD_FIELD";

/** The field that actions name so, if Open vSwitch has it. */
export function fieldNamed(name: SubfieldName): OxmField | undefined {
  const field = subfieldByName.get(String(name))?.field;
  return field === undefined || absentFields.has(field.name) ? undefined : field;
}

/** Bits that actions see of a field, where a match has more: the VID without the bit that says there is a tag. */
const narrower: ReadonlyMap<SubfieldName, number> = new Map([["OXM_OF_VLAN_VID", 12]]);

/** Why an action can't name a field so. */
export function unknownFault(name: SubfieldName, error: UnknownField): Inconsistency | undefined {
  return fieldNamed(name) === undefined
    ? refused(error, `${shownName(name)} is the header of no field`)
    : undefined;
}

/** Why bits can't be read by an action, whatever the packet. */
export function readFault({ name, ofs, nBits }: Bits, unknown: UnknownField): Inconsistency | undefined {
  const known = fieldNamed(name);
  if (known === undefined) return unknownFault(name, unknown);
  const bits = narrower.get(name) ?? subfieldByName.get(String(name))?.bits ?? known.bits;
  return nBits > 0 && ofs + nBits <= bits
    ? undefined
    : refused(
        "OFPBAC_BAD_SET_LEN",
        `${name} has bits 0 to ${bits - 1}, not ${ofs} to ${ofs + nBits - 1}`,
        `name bits below ${bits}`,
      );
}

/** Why bits can't be written by an action, whatever the packet. */
export function writeFault(bits: Bits, unknown: UnknownField): Inconsistency | undefined {
  const fault = readFault(bits, unknown);
  if (fault !== undefined) return fault;
  return fieldNamed(bits.name)?.writable === false ? readOnly(String(bits.name)) : undefined;
}

/** The refusal to write a field that can only be matched. */
export function readOnly(name: string): Inconsistency {
  return refused("OFPBAC_BAD_SET_ARGUMENT", `${name}: this field can't be set`);
}

/** Why a field with its value can't be set; `maskable` where bits of it may. */
export function setFault(oxm: Oxm, what: string, maskable: boolean): Inconsistency | undefined {
  if (oxm.field === "raw") return rawSetFault(oxm, what, maskable);
  const field = oxmFieldByName.get(oxm.field);
  if (field === undefined || absentFields.has(field.name)) {
    return refused("OFPBAC_BAD_SET_LEN", `${what} ${oxm.field}: Open vSwitch doesn't have this field`);
  }
  if (oxm.mask !== undefined && !maskable) {
    const hint = "load the bits that change, or use regLoad2";
    return refused("OFPBAC_BAD_SET_MASK", `${what} ${field.name}: OpenFlow 1.3 sets whole fields only`, hint);
  }
  if (!field.writable) return readOnly(`${what} ${field.name}`);
  if (oxm.value === "none" && oxm.mask === undefined && !maskable) {
    const reason = `${what} vlanVid: a tag can't be set to none`;
    return refused("OFPBAC_BAD_SET_ARGUMENT", reason, "pop it: popVlan");
  }
  const value = maskable ? undefined : valueFault(oxm);
  return value === undefined ? undefined : refused("OFPBAC_BAD_SET_ARGUMENT", `${what} ${value.reason}`);
}

const setErrors = {
  OFPBMC_BAD_FIELD: "OFPBAC_BAD_SET_TYPE",
  OFPBMC_BAD_MASK: "OFPBAC_BAD_SET_MASK",
  OFPBMC_BAD_WILDCARDS: "OFPBAC_BAD_SET_ARGUMENT",
  OFPBMC_BAD_VALUE: "OFPBAC_BAD_SET_ARGUMENT",
} as const;

function rawSetFault(oxm: Oxm, what: string, maskable: boolean): Inconsistency | undefined {
  const fault = faultOfOxm(oxm);
  const error = fault === undefined ? "OFPBAC_BAD_SET_ARGUMENT" : setErrors[fault.error];
  // Where bits are set, Open vSwitch doesn't look at their values.
  if (maskable && error === "OFPBAC_BAD_SET_ARGUMENT") return undefined;
  return refused(error, `${what}: ${fault?.reason ?? "the field can't have this value"}`);
}

function shownName(name: SubfieldName): string {
  return typeof name === "number" ? `0x${name.toString(16)}` : name;
}
