// VLANs. ovs-ofctl has five words for them (dl_vlan, dl_vlan_pcp, vlan_vid, vlan_pcp, vlan_tci) which all speak of one
// 16-bit TCI; OpenFlow 1.3 has two fields. This file turns one into the other and refuses what two fields can't say.
//
//    15  13   12   11            0
//   +------+-----+----------------+
//   | PCP  | CFI |      VID       |   CFI is the "there is a tag" bit; a match on it alone means any tag
//   +------+-----+----------------+
import type { Oxm, RawOxm } from "../protocol/match.ts";
import type { Bits } from "./field-text.ts";
import { allOnes, formatWideHex, parseBits } from "./number-text.ts";
import { refuse, sliceToken, type Token } from "./scanner.ts";

const vidBits = 0x0fffn;
const cfi = 0x1000n;
const pcpBits = 0xe000n;
const tagBits = vidBits | cfi;
const tciBits = 0xffffn;

/** OXM_OF_VLAN_VID without and with a mask. */
const exactHeader = 0x80000c02;
const maskedHeader = 0x80000d04;

/** What each word says of the TCI. */
export const vlanWords: ReadonlyMap<string, (value: Token) => Bits> = new Map([
  ["dl_vlan", parseDlVlan],
  ["dl_vlan_pcp", parsePcp],
  ["vlan_pcp", parsePcp],
  ["vlan_vid", (value: Token) => parseMasked(value, 13, "vlan_vid", tagBits)],
  ["vlan_tci", (value: Token) => parseMasked(value, 16, "vlan_tci", tciBits)],
]);

/** The fields that say `tci`. `token` is what was written, for the refusal of what they can't say. */
export function oxmsOfTci(tci: Bits, token: Token): Oxm[] {
  const pcpMask = tci.mask & pcpBits;
  const vid = vidOxm({ value: tci.value & tagBits, mask: tci.mask & tagBits });
  if (pcpMask === 0n) return vid;
  if ((tci.value & cfi) === 0n) {
    if ((tci.value & pcpBits) === 0n && (tci.mask & tagBits) === tagBits) return withoutTag(tci, vid);
    throw refuse(token, "OpenFlow 1.3 matches the priority of a tagged packet only", {
      hint: "match the tag as well: dl_vlan_pcp=…, or vlan_tci with bit 0x1000",
    });
  }
  if (pcpMask !== pcpBits) {
    throw refuse(token, "OpenFlow 1.3 can't match some bits of the VLAN priority alone", {
      hint: "match all three (mask 0xe000) or none",
    });
  }
  return [...vid, { field: "vlanPcp", value: Number((tci.value & pcpBits) >> 13n) }];
}

/** The TCI that VLAN fields of a match speak of; undefined where `oxm` isn't one of them. */
export function tciOfOxm(oxm: Oxm): Bits | undefined {
  if (oxm.field === "vlanPcp") return { value: BigInt(oxm.value) << 13n, mask: pcpBits };
  if (oxm.field === "raw") return tciOfRaw(oxm);
  if (oxm.field === "vlanTci") return { value: BigInt(oxm.value), mask: BigInt(oxm.mask ?? 0xffff) };
  if (oxm.field !== "vlanVid") return undefined;
  if (oxm.value === "none") return { value: 0n, mask: tagBits };
  const mask = oxm.mask === undefined ? tagBits : BigInt(oxm.mask) | cfi;
  return { value: BigInt(oxm.value) | cfi, mask };
}

/** As dump-flows prints it: dl_vlan and dl_vlan_pcp where they can say it, else the whole TCI. */
export function formatTci({ value, mask }: Bits): string[] {
  const vidMask = mask & vidBits;
  const pcpMask = mask & pcpBits;
  const tagged = (mask & value & cfi) !== 0n;
  if (
    tagged &&
    allOrNothing(vidMask, vidBits) &&
    allOrNothing(pcpMask, pcpBits) &&
    (vidMask | pcpMask) !== 0n
  ) {
    return [
      ...(vidMask === 0n ? [] : [`dl_vlan=${value & vidBits}`]),
      ...(pcpMask === 0n ? [] : [`dl_vlan_pcp=${(value & pcpBits) >> 13n}`]),
    ];
  }
  if (mask === tciBits) return [`vlan_tci=${formatWideHex(value, 4)}`];
  return [`vlan_tci=${formatWideHex(value, 4)}/${formatWideHex(mask, 4)}`];
}

function allOrNothing(part: bigint, all: bigint): boolean {
  return part === 0n || part === all;
}

/** vlan_tci=0x0001 says a VID, a priority, and that there is no tag: it matches nothing, but it is sayable. */
function withoutTag(tci: Bits, vid: Oxm[]): Oxm[] {
  return (tci.value & vidBits) === 0n ? vid : [...vid, { field: "vlanPcp", value: 0 }];
}

function vidOxm({ value, mask }: Bits): Oxm[] {
  if (mask === 0n) return [];
  if (mask === tagBits && value === 0n) return [{ field: "vlanVid", value: "none" }];
  const tagged = (value & mask & cfi) !== 0n;
  if (!tagged) return [rawVid({ value, mask })];
  const vid = Number(value & vidBits);
  return mask === tagBits
    ? [{ field: "vlanVid", value: vid }]
    : [{ field: "vlanVid", value: vid, mask: Number(mask & vidBits) }];
}

/** A VID without the tag bit: no name can say it, since VIDs by name mean tagged packets. */
function rawVid({ value, mask }: Bits): RawOxm {
  const exact = mask === tagBits;
  const body = exact ? bytesOf([value]) : bytesOf([value, mask]);
  return { field: "raw", header: exact ? exactHeader : maskedHeader, body };
}

function bytesOf(words: readonly bigint[]): Uint8Array {
  return Uint8Array.from(words.flatMap((word) => [Number(word >> 8n), Number(word & 0xffn)]));
}

function tciOfRaw({ header, body }: RawOxm): Bits | undefined {
  const word = (at: number): bigint => (BigInt(body[at] ?? 0) << 8n) | BigInt(body[at + 1] ?? 0);
  if (header === exactHeader && body.length === 2) return { value: word(0) & tagBits, mask: tagBits };
  if (header === maskedHeader && body.length === 4) return { value: word(0), mask: word(2) };
  return undefined;
}

function parseDlVlan(value: Token): Bits {
  const vid = parseBits(value, 16, "dl_vlan");
  if (vid === 0xffffn) return { value: 0n, mask: tagBits };
  if (vid > vidBits) {
    throw refuse(value, `dl_vlan: ${value.text} is not a VLAN`, {
      hint: "VLANs are 0 to 4095; 0xffff stands for no tag",
    });
  }
  return { value: vid | cfi, mask: tagBits };
}

function parsePcp(value: Token): Bits {
  return { value: (parseBits(value, 3, "dl_vlan_pcp") << 13n) | cfi, mask: pcpBits | cfi };
}

function parseMasked(value: Token, bits: number, what: string, whole: bigint): Bits {
  const slash = value.text.indexOf("/");
  if (slash < 0) return { value: parseBits(value, bits, what), mask: whole };
  const mask = parseBits(sliceToken(value, slash + 1), bits, `the mask of ${what}`) & allOnes(bits);
  return { value: parseBits(sliceToken(value, 0, slash), bits, what) & mask, mask };
}
