// Whether a packet can exist that two matches both take, by value and mask of every field: what CHECK_OVERLAP asks
// (OpenFlow 1.3.5, 6.4), and how a foreign flow that is in the way is told from one that merely stands in the same table.
import type { Match, Oxm } from "../protocol/match.ts";
import { parseIpv4, writeIpv6 } from "../wire/addresses.ts";

interface Bits {
  readonly field: string;
  readonly value: bigint;
  readonly mask: bigint;
}

const allOnes = -1n;
// OXM_OF_VLAN_VID: class 0x8000, field 6. Its 13 bits are CFI, which says that there is a tag, and the id.
const vlanHeader = (0x8000 << 7) | 6;
const vlanBits = 0x1fffn;
const vlanPresent = 0x1000n;

/** Whether some packet matches both. A field that can't be compared counts as though it could. */
export function matchesOverlap(a: Match, b: Match): boolean {
  const fields = new Map(a.map(bitsOf).map((bits) => [bits?.field, bits]));
  return b.map(bitsOf).every((right) => {
    const left = fields.get(right?.field);
    if (left === undefined || right === undefined) return true;
    const mask = left.mask & right.mask;
    return (left.value & mask) === (right.value & mask);
  });
}

function bitsOf(oxm: Oxm): Bits | undefined {
  if (oxm.field === "raw") return rawBits(oxm.header, oxm.body);
  if (oxm.field === "vlanVid") return vlanOf(oxm.value, oxm.mask);
  const value = numberOf(oxm.value);
  const mask = oxm.mask === undefined ? allOnes : numberOf(oxm.mask);
  return value === undefined || mask === undefined ? undefined : { field: oxm.field, value, mask };
}

function vlanOf(value: number | "none", mask: number | undefined): Bits {
  if (value === "none") return { field: "vlanVid", value: 0n, mask: vlanBits };
  const id = mask === undefined ? vlanBits : vlanPresent | BigInt(mask);
  return { field: "vlanVid", value: vlanPresent | BigInt(value), mask: id };
}

function rawBits(header: number, body: Uint8Array): Bits | undefined {
  const hasMask = ((header >>> 8) & 1) === 1;
  if (header >>> 9 !== vlanHeader || body.length !== (hasMask ? 4 : 2)) return undefined;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const mask = hasMask ? BigInt(view.getUint16(2)) : vlanBits;
  return { field: "vlanVid", value: BigInt(view.getUint16(0)), mask };
}

function numberOf(value: number | bigint | string): bigint | undefined {
  if (typeof value !== "string") return BigInt(value);
  if (/^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/.test(value)) return BigInt(`0x${value.replaceAll(":", "")}`);
  const address = parseIpv4(value);
  return address < 0 ? ipv6Number(value) : BigInt(address);
}

function ipv6Number(text: string): bigint | undefined {
  const view = new DataView(new ArrayBuffer(16));
  return writeIpv6(text, view, 0) ? (view.getBigUint64(0) << 64n) | view.getBigUint64(8) : undefined;
}
