// Prints a frame as ovs-ofctl does below the message that carries it: what Open vSwitch would match of it, and its
// transport checksum. It reads frames its own way and not with `decodePacket`, since a layer that is cut or broken shows
// zeros here, and two tags and three labels are all that is looked at.
import { formatIpv4, formatMac } from "../wire/addresses.ts";
import { formatPacketType } from "./flag-text.ts";
import { protocolWord } from "./match-words.ts";
import { networkWords } from "./message-frame-network.ts";
import { Bytes, type FrameWords } from "./message-frame-words.ts";
import { formatWideHex } from "./number-text.ts";

const ETHERNET_BYTES = 14;
/** From here on the two bytes after the addresses are a type; below it they are a length. */
const FIRST_TYPE = 0x600;
/** What Open vSwitch takes for the type of a frame that has none. */
const NO_TYPE = 0x5ff;
const MAX_TAGS = 2;
const MAX_LABELS = 3;
const ARP_BYTES = 28;

/**
 * What is seen of a packet, with commas between, and its checksum. `packetType` says what it begins with: 0 for an Ethernet
 * header; one of the namespace of Ethernet's types (1) for what would follow that.
 */
export function frameText(frame: Uint8Array, packetType = 0): string {
  const bytes = new Bytes(frame);
  const { words, checksum } = packetType === 0 ? ethernetWords(bytes) : bareWords(packetType, bytes);
  return `${words.join(",")}${checksum === undefined ? "" : ` ${checksum}`}`;
}

function ethernetWords(bytes: Bytes): FrameWords {
  const whole = bytes.left >= ETHERNET_BYTES;
  const addresses = whole ? bytes.take(12) : new Bytes(new Uint8Array(12));
  const tags = whole ? takeTags(bytes) : [];
  const type = whole ? takeType(bytes) : 0;
  const above = wordsOf(type, bytes, true);
  const protocol = protocolWord(type, above.protocol);
  const words = [
    ...(protocol === undefined ? [] : [protocol.word]),
    ...tagWords(tags),
    `dl_src=${macAt(addresses, 6)}`,
    `dl_dst=${macAt(addresses, 0)}`,
    ...(protocol === undefined ? [`dl_type=${formatWideHex(type, 4)}`] : []),
    ...above.words,
  ];
  return { ...above, words };
}

const ETHERTYPES = 1;

function bareWords(packetType: number, bytes: Bytes): FrameWords {
  const isEtherType = packetType >>> 16 === ETHERTYPES;
  const above = isEtherType ? wordsOf(packetType & 0xffff, bytes, false) : { words: [] };
  return { ...above, words: [`packet_type=${formatPacketType(BigInt(packetType))}`, ...above.words] };
}

function macAt(bytes: Bytes, at: number): string {
  return formatMac(bytes.bytes, at);
}

function takeTags(bytes: Bytes): number[] {
  const tags: number[] = [];
  // A tag counts when the type behind it is there too.
  while (tags.length < MAX_TAGS && bytes.left >= 6 && isTag(bytes.u16(0))) {
    tags.push(bytes.take(4).u16(2));
  }
  return tags;
}

function isTag(type: number): boolean {
  return type === 0x8100 || type === 0x88a8;
}

/** The first tag shows as none where there is none, and so does the second behind a first one. */
function tagWords(tags: readonly number[]): string[] {
  const shown = tags.length < MAX_TAGS ? [...tags, undefined] : tags;
  return shown.flatMap((tag, index) => {
    const suffix = index === 0 ? "" : String(index);
    if (tag === undefined) return [`vlan_tci${suffix}=0x0000`];
    return [`dl_vlan${suffix}=${tag & 0xfff}`, `dl_vlan_pcp${suffix}=${tag >> 13}`];
  });
}

/** The frame's type, which in 802.3 stands behind a SNAP header. */
function takeType(bytes: Bytes): number {
  const type = bytes.take(2).u16(0);
  if (type >= FIRST_TYPE) return type;
  const isSnap = bytes.left >= 8 && bytes.u32(0) === 0xaaaa0300 && bytes.u16(4) === 0;
  if (!isSnap || bytes.u16(6) < FIRST_TYPE) return NO_TYPE;
  return bytes.take(8).u16(6);
}

/** `isNamed` says whether the frame's first word may tell the protocol. */
function wordsOf(type: number, bytes: Bytes, isNamed: boolean): FrameWords {
  switch (type) {
    case 0x0800:
    case 0x86dd:
      return networkWords(type, bytes, isNamed);
    case 0x0806:
    case 0x8035:
      return { words: arpWords(bytes) };
    case 0x8847:
    case 0x8848:
      return { words: mplsWords(bytes) };
    case 0x894f:
      return { words: nshWords(bytes) };
    default:
      return { words: [] };
  }
}

function arpWords(bytes: Bytes): string[] {
  const isKnown = bytes.left >= ARP_BYTES && bytes.u32(0) === 0x00010800 && bytes.u16(4) === 0x0604;
  const arp = isKnown ? bytes : new Bytes(new Uint8Array(ARP_BYTES));
  const operation = arp.u16(6);
  return [
    `arp_spa=${formatIpv4(arp.u32(14))}`,
    `arp_tpa=${formatIpv4(arp.u32(24))}`,
    `arp_op=${operation > 0xff ? 0 : operation}`,
    `arp_sha=${macAt(arp, 8)}`,
    `arp_tha=${macAt(arp, 18)}`,
  ];
}

function mplsWords(bytes: Bytes): string[] {
  const labels: number[] = [];
  // The label at the bottom of the stack is the last; where that is cut off, zeros follow.
  do labels.push(bytes.left >= 4 ? bytes.take(4).u32(0) : 0);
  while (labels.length < MAX_LABELS && ((labels.at(-1) ?? 0) & 0x100) === 0);
  const first = labels[0] ?? 0;
  return [
    `mpls_label=${first >>> 12}`,
    `mpls_tc=${(first >>> 9) & 7}`,
    `mpls_ttl=${first & 0xff}`,
    `mpls_bos=${(first >>> 8) & 1}`,
    ...labels.slice(1).map((label, index) => `mpls_lse${index + 1}=${label}`),
  ];
}

/** A network service header (RFC 8300, 2), with words of the layer above it that are always zero. */
function nshWords(bytes: Bytes): string[] {
  const nsh = hasNsh(bytes) ? bytes : new Bytes(new Uint8Array(8));
  const first = nsh.u16(0);
  const type = nsh.u8(2);
  const path = nsh.u32(4);
  const contexts =
    type === 1 ? [1, 2, 3, 4].map((n) => `nsh_c${n}=0x${nsh.u32(4 + 4 * n).toString(16)}`) : [];
  return [
    `nsh_flags=${(first >> 12) & 3}`,
    `nsh_ttl=${(first >> 6) & 0x3f}`,
    `nsh_mdtype=${type}`,
    `nsh_np=${nsh.u8(3)}`,
    `nsh_spi=0x${(path >>> 8).toString(16)}`,
    `nsh_si=${path & 0xff}`,
    ...contexts,
    "nw_proto=0,nw_tos=0,nw_ecn=0,nw_ttl=0,nw_frag=no",
  ];
}

function hasNsh(bytes: Bytes): boolean {
  if (bytes.left < 8) return false;
  const first = bytes.u16(0);
  const length = (first & 0x3f) * 4;
  const isMd1 = bytes.u8(2) === 1;
  return first >> 14 === 0 && length <= bytes.left && (!isMd1 || length === 24);
}
