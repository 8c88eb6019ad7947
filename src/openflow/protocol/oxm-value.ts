// The value of a match field between bytes and the form that programs see. A value is read only if it can be written
// back as it was: bits beyond the field's own give undefined, and the field stays raw.

import { formatIpv4, formatIpv6, parseIpv4, writeIpv6, writeMac } from "../wire/addresses.ts";
import { Fault, shown } from "../wire/fault.ts";
import type { Reader } from "../wire/reader.ts";
import type { Writer } from "../wire/writer.ts";
import type { OxmField, WireName } from "./oxm-field.ts";

/** A value as programs see it. */
export type OxmValue = number | bigint | string;

/** What a field's entry says, in the form that reading and writing want. */
export interface OxmPlan {
  readonly field: OxmField;
  readonly name: OxmField["name"];
  /** The name of the header where it isn't the field's first. */
  readonly wireName: string | undefined;
  /** The header without a mask, and what is added to it for one. */
  readonly header: number;
  readonly maskedHeader: number;
  readonly bytes: number;
  /** The experimenter's id and how many bytes it takes: 4 or 0. */
  readonly experimenter: number | undefined;
  readonly idBytes: number;
  /** The greatest number that fits, for numbers, and the greatest mask: some have bits that the field hasn't. */
  readonly max: number;
  readonly maxMask: number;
  /** The bits of a number that have to be zero, as 32 bits with a sign. */
  readonly spare: number;
  /** The low 9 bits of the two headers, which say whether there is a mask, and the size. */
  readonly size: number;
  readonly maskedSize: number;
  readonly maskable: boolean;
  /** Whether the value's size is the header's to say. */
  readonly isOption: boolean;
  readonly form: number;
}

/** The forms of values, by which reading and writing branch. */
const Form = {
  u8: 0,
  u16: 1,
  u24: 2,
  u32: 3,
  u64: 4,
  mac: 5,
  ipv4: 6,
  ipv6: 7,
  vlan: 8,
  u128: 9,
  port16: 10,
} as const;

const numberForms: Readonly<Record<number, number>> = { 1: Form.u8, 2: Form.u16, 3: Form.u24, 4: Form.u32 };

const otherForms: Readonly<Record<Exclude<OxmField["kind"], "number" | "bytes">, number>> = {
  bigint: Form.u64,
  mac: Form.mac,
  ipv4: Form.ipv4,
  ipv6: Form.ipv6,
  vlan: Form.vlan,
};

function formOf(field: OxmField, bytes: number): number {
  if (field.format === "port" && bytes === 2) {
    return Form.port16;
  }
  if (field.kind === "bigint" && bytes === 16) {
    return Form.u128;
  }
  return field.kind === "number" || field.kind === "bytes"
    ? (numberForms[bytes] ?? Form.u32)
    : otherForms[field.kind];
}

/** The bits of a header that say whether there is a mask, and how many bytes follow. */
export const SIZE_BITS = 0x1ff;

/** The plan for a field under one of its headers. */
export function planFor(field: OxmField, wire: WireName): OxmPlan {
  const bytes = wire.bytes ?? field.bytes;
  const idBytes = wire.experimenter === undefined ? 0 : 4;
  const header = wire.class * 0x10000 + wire.number * 0x200 + bytes + idBytes;
  return {
    field,
    name: field.name,
    wireName: wire === field.wire[0] ? undefined : wire.name,
    header,
    maskedHeader: header + 0x100 + bytes,
    bytes,
    experimenter: wire.experimenter,
    idBytes,
    max: greatest(field.valueBits ?? field.bits),
    maxMask: greatest(field.exactBits ?? field.bits),
    spare: ~greatest(field.valueBits ?? field.bits),
    size: header & SIZE_BITS,
    maskedSize: (header + 0x100 + bytes) & SIZE_BITS,
    // A load has no room for an experimenter's header: Open vSwitch writes it as a field with a mask, whatever matches may have.
    maskable: field.maskable || (field.writable && wire.experimenter !== undefined),
    isOption: field.kind === "bytes",
    form: formOf(field, bytes),
  };
}

function greatest(bits: number): number {
  return bits <= 32 ? 2 ** bits - 1 : 0;
}

/** The same plan for the mask, which may be wider than the value. */
function forMask(plan: OxmPlan): OxmPlan {
  return plan.maxMask === plan.max ? plan : { ...plan, max: plan.maxMask, spare: ~plan.maxMask };
}

/** The mask at `at`; undefined if it has bits that no mask of the field has. */
export function readMask(reader: Reader, plan: OxmPlan, at: number): OxmValue | undefined {
  return readValue(reader, forMask(plan), at);
}

/** Writes a mask at `at`, without moving the writer; throws a Fault if it has no wire form. */
export function writeMaskValue(writer: Writer, plan: OxmPlan, mask: unknown, at: number): void {
  writeValue(writer, forMask(plan), mask, at);
}

/** The bit that says that there is a tag at all (OpenFlow 1.3.5, 7.2.3.7, OFPVID_PRESENT). */
const VLAN_PRESENT = 0x1000;
const VLAN_MAX = 0xfff;

/** The value at `at`; undefined if it has bits that the field hasn't. */
export function readValue(reader: Reader, plan: OxmPlan, at: number): OxmValue | undefined {
  const { view } = reader;
  switch (plan.form) {
    case Form.u8:
      return within(view.getUint8(at), plan.spare);
    case Form.u16:
      return within(view.getUint16(at), plan.spare);
    case Form.u32:
      return within(view.getUint32(at), plan.spare);
    case Form.ipv4:
      return formatIpv4(view.getUint32(at));
    case Form.mac:
      return reader.macAt(at);
    case Form.u64:
      return view.getBigUint64(at);
    case Form.vlan:
      return readVlan(view.getUint16(at));
    case Form.ipv6:
      return formatIpv6(view, at);
    case Form.u128:
      return (view.getBigUint64(at) << 64n) | view.getBigUint64(at + 8);
    case Form.port16:
      return widePort(view.getUint16(at));
    default:
      return view.getUint8(at) * 0x10000 + view.getUint16(at + 1);
  }
}

function within(value: number, spare: number): number | undefined {
  return (value & spare) === 0 ? value : undefined;
}

/** A VLAN as the wire has it: 0 is untagged, with the bit it is a tag, and anything else matches nothing. */
function readVlan(value: number): number | "none" | undefined {
  if (value === 0) {
    return "none";
  }
  return value >= VLAN_PRESENT && value <= VLAN_PRESENT + VLAN_MAX ? value - VLAN_PRESENT : undefined;
}

/** The first reserved port number of 16 bits, and how far below those of 32 bits they stand. */
const RESERVED_16 = 0xff00;
const RESERVED_GAP = 0xffff_0000;

function widePort(port: number): number {
  return port >= RESERVED_16 ? port + RESERVED_GAP : port;
}

function narrowPort(value: unknown): number {
  const port = number(value, 0xffff_ffff);
  if (port >= RESERVED_16 && port < RESERVED_16 + RESERVED_GAP) {
    throw wrong("a port that 16 bits can say", value);
  }
  return port & 0xffff;
}

function wrong(expected: string, value: unknown): Fault {
  return new Fault(`must be ${expected}, not ${shown(value)}`, -1);
}

/** Writes a value at `at`, without moving the writer; throws a Fault if it has no wire form. */
export function writeValue(writer: Writer, plan: OxmPlan, value: unknown, at: number): void {
  switch (plan.form) {
    case Form.mac:
      putMac(writer, value, at);
      break;
    case Form.ipv6:
      putIpv6(writer, value, at);
      break;
    case Form.u64:
      putBig64(writer.view, bigNumber(value, 64), at);
      break;
    case Form.u128:
      putBig128(writer.view, bigNumber(value, 128), at);
      break;
    default:
      putNumber(writer.view, plan.bytes, numberFor(plan, value), at);
  }
}

/** The number that stands on the wire for a value of a form that is one. */
function numberFor(plan: OxmPlan, value: unknown): number {
  switch (plan.form) {
    case Form.ipv4:
      return ipv4Number(value);
    case Form.vlan:
      return value === "none" ? 0 : VLAN_PRESENT + number(value, VLAN_MAX);
    case Form.port16:
      return narrowPort(value);
    default:
      return number(value, plan.max);
  }
}

function putMac(writer: Writer, value: unknown, at: number): void {
  if (typeof value !== "string" || !writeMac(value, writer.buffer, at)) {
    throw wrong('a MAC address such as "fa:16:3e:00:00:01"', value);
  }
}

function putIpv6(writer: Writer, value: unknown, at: number): void {
  if (typeof value !== "string" || !writeIpv6(value, writer.view, at)) {
    throw wrong('an IPv6 address such as "2001:db8::1"', value);
  }
}

function bigNumber(value: unknown, bits: number): bigint {
  if (typeof value !== "bigint" || BigInt.asUintN(bits, value) !== value) {
    throw wrong(`a bigint from 0n to 2^${bits} - 1`, value);
  }
  return value;
}

function ipv4Number(value: unknown): number {
  const address = typeof value === "string" ? parseIpv4(value) : -1;
  if (address < 0) {
    throw wrong('an IPv4 address such as "10.0.0.1"', value);
  }
  return address;
}

function number(value: unknown, max: number): number {
  if (typeof value !== "number" || value >>> 0 !== value || value > max) {
    throw wrong(`a whole number from 0 to ${max}`, value);
  }
  return value;
}

function putNumber(view: DataView, bytes: number, value: number, at: number): void {
  switch (bytes) {
    case 1:
      view.setUint8(at, value);
      break;
    case 2:
      view.setUint16(at, value);
      break;
    case 4:
      view.setUint32(at, value);
      break;
    default:
      view.setUint8(at, value >>> 16);
      view.setUint16(at + 1, value & 0xffff);
  }
}

function putBig64(view: DataView, value: bigint, at: number): void {
  view.setBigUint64(at, value);
}

function putBig128(view: DataView, value: bigint, at: number): void {
  view.setBigUint64(at, value >> 64n);
  view.setBigUint64(at + 8, value & 0xffff_ffff_ffff_ffffn);
}

/** What a mask says: nothing counts, all of the field counts, or some of it. */
export type MaskExtent = "nothing" | "all" | "some";

/** How much of a field of `bits` bits the mask at `at` covers. */
export function maskExtent(memory: Uint8Array, plan: OxmPlan, at: number): MaskExtent {
  let all = true;
  let nothing = true;
  let bits = plan.field.exactBits ?? plan.field.bits;
  for (let i = plan.bytes - 1; i >= 0; i--) {
    const full = bits >= 8 ? 0xff : 2 ** Math.max(bits, 0) - 1;
    const byte = memory[at + i] ?? 0;
    all &&= (byte & full) === full;
    nothing &&= byte === 0;
    bits -= 8;
  }
  if (nothing) {
    return "nothing";
  }
  return all ? "all" : "some";
}

/** Whether the value at `at`, followed by its mask, has a bit that the mask leaves out. */
export function strays(memory: Uint8Array, plan: OxmPlan, at: number): boolean {
  const { bytes } = plan;
  for (let i = at; i < at + bytes; i++) {
    if (((memory[i] ?? 0) & ~(memory[i + bytes] ?? 0)) !== 0) {
      return true;
    }
  }
  return false;
}
