// The IP and transport layers of a frame, for printing: IPv4 and IPv6 with its extension headers, ports, types, TCP's
// flags, neighbour discovery, and the checksum.
import { IpProtocol } from "../packet/packet.ts";
import { formatIpv4, formatIpv6, formatMac } from "../wire/addresses.ts";
import { flagSets, formatFlags } from "./flag-text.ts";
import { protocolWord } from "./match-words.ts";
import { Bytes, type FrameWords } from "./message-frame-words.ts";
import { formatWideHex } from "./number-text.ts";

const IPV4_BYTES = 20;
const IPV6_BYTES = 40;
const SCTP = 132;
const IGMP = 2;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
/** Hop-by-hop options, routing, fragment, authentication and destination options. */
const extensionHeaders: ReadonlySet<number> = new Set([0, 43, FRAGMENT, AUTHENTICATION, 60]);

/** What an IP header says, whichever version. */
interface Network {
  readonly addresses: readonly string[];
  readonly trafficClass: number;
  readonly ttl: number;
  readonly protocol: number;
  readonly fragment: "no" | "first" | "later";
  /** What the packet carries; undefined where the header is cut or broken. */
  readonly payload: Bytes | undefined;
}

/** The words of an IP packet; `isNamed` where its protocol may be told by the frame's first word. */
export function networkWords(type: number, bytes: Bytes, isNamed: boolean): FrameWords {
  const network = type === 0x0800 ? readIpv4(bytes) : readIpv6(bytes);
  const { addresses, trafficClass, ttl, protocol, fragment, payload } = network;
  const transport = payload === undefined ? { words: [] } : transportWords(network, payload, type);
  const words = [
    ...addresses,
    ...(isNamed && protocolWord(type, protocol)?.saysProto === true ? [] : [`nw_proto=${protocol}`]),
    `nw_tos=${trafficClass & 0xfc}`,
    `nw_ecn=${trafficClass & 3}`,
    `nw_ttl=${ttl}`,
    `nw_frag=${fragment}`,
    ...transport.words,
  ];
  return { ...transport, words, protocol };
}

const unread: Omit<Network, "addresses"> = {
  trafficClass: 0,
  ttl: 0,
  protocol: 0,
  fragment: "no",
  payload: undefined,
};

function ipv4Addresses(header: Bytes): readonly string[] {
  return [`nw_src=${formatIpv4(header.u32(12))}`, `nw_dst=${formatIpv4(header.u32(16))}`];
}

function readIpv4(bytes: Bytes): Network {
  const headerBytes = bytes.left < IPV4_BYTES ? 0 : (bytes.u8(0) & 15) * 4;
  const totalLength = bytes.left < IPV4_BYTES ? 0 : bytes.u16(2);
  const isSane = headerBytes >= IPV4_BYTES && headerBytes <= totalLength && totalLength <= bytes.left;
  if (!isSane) return { ...unread, addresses: ipv4Addresses(new Bytes(new Uint8Array(IPV4_BYTES))) };
  const packet = bytes.take(totalLength);
  const header = packet.take(headerBytes);
  return {
    addresses: ipv4Addresses(header),
    trafficClass: header.u8(1),
    ttl: header.u8(8),
    protocol: header.u8(9),
    fragment: fragmentWord(header.u16(6) & 0x1fff, (header.u16(6) & 0x2000) !== 0),
    payload: packet,
  };
}

function fragmentWord(offset: number, hasMore: boolean): Network["fragment"] {
  if (offset !== 0) return "later";
  return hasMore ? "first" : "no";
}

function ipv6Addresses(header: Bytes, label: number): readonly string[] {
  const { buffer, byteOffset } = header.bytes;
  const addressAt = (at: number): string => formatIpv6(new DataView(buffer, byteOffset), at);
  return [`ipv6_src=${addressAt(8)}`, `ipv6_dst=${addressAt(24)}`, `ipv6_label=${formatWideHex(label, 5)}`];
}

function readIpv6(bytes: Bytes): Network {
  const isSane = bytes.left >= IPV6_BYTES && bytes.u16(4) <= bytes.left - IPV6_BYTES;
  if (!isSane) return { ...unread, addresses: ipv6Addresses(new Bytes(new Uint8Array(IPV6_BYTES)), 0) };
  const header = bytes.take(IPV6_BYTES);
  const first = header.u32(0);
  const payload = bytes.take(header.u16(4));
  const read = takeExtensions(header.u8(6), payload);
  // Of a packet whose extension headers are cut, the addresses alone count.
  if (read === undefined) return { ...unread, addresses: ipv6Addresses(header, 0) };
  const addresses = ipv6Addresses(header, first & 0xfffff);
  return { ...read, addresses, trafficClass: (first >>> 20) & 0xff, ttl: header.u8(7), payload };
}

/** Takes the extension headers off; undefined where one of them is cut. */
function takeExtensions(first: number, payload: Bytes): Pick<Network, "protocol" | "fragment"> | undefined {
  let protocol = first;
  let fragment: Network["fragment"] = "no";
  while (extensionHeaders.has(protocol)) {
    const size = payload.left < 8 ? 8 : extensionBytes(protocol, payload.u8(1));
    if (payload.left < size) return undefined;
    const header = payload.take(size);
    if (protocol === FRAGMENT && header.u16(2) !== 0) {
      fragment = (header.u16(2) & 0xfff8) === 0 ? "first" : "later";
      if (fragment === "later") return { protocol, fragment };
    }
    protocol = header.u8(0);
  }
  return { protocol, fragment };
}

function extensionBytes(protocol: number, length: number): number {
  if (protocol === FRAGMENT) return 8;
  return protocol === AUTHENTICATION ? (length + 2) * 4 : (length + 1) * 8;
}

/** One transport protocol: what it takes to be read, its words, and where its checksum stands. */
interface Transport {
  readonly type?: number;
  readonly bytes: number;
  readonly words: (payload: Bytes) => readonly string[];
  readonly checksum?: {
    readonly name: string;
    readonly at: number;
    readonly bytes: 2 | 4;
    readonly from: number;
  };
}

const ports = (payload: Bytes): readonly string[] => [`tp_src=${payload.u16(0)}`, `tp_dst=${payload.u16(2)}`];

const typeAndCode = (payload: Bytes): readonly string[] => [
  `icmp_type=${payload.u8(0)}`,
  `icmp_code=${payload.u8(1)}`,
];

const bareTypeAndCode = (payload: Bytes): readonly string[] => [
  `tp_src=${payload.u8(0)}`,
  `tp_dst=${payload.u8(1)}`,
];

const transports: ReadonlyMap<number, Transport> = new Map<number, Transport>([
  [
    IpProtocol.tcp,
    { bytes: 20, words: tcpWords, checksum: { name: "tcp_csum", at: 16, bytes: 2, from: 20 } },
  ],
  [IpProtocol.udp, { bytes: 8, words: ports, checksum: { name: "udp_csum", at: 6, bytes: 2, from: 8 } }],
  [SCTP, { bytes: 12, words: ports, checksum: { name: "sctp_csum", at: 8, bytes: 4, from: 12 } }],
  [
    IpProtocol.icmp,
    { type: 0x0800, bytes: 8, words: typeAndCode, checksum: { name: "icmp_csum", at: 2, bytes: 2, from: 8 } },
  ],
  [
    IpProtocol.icmpv6,
    {
      type: 0x86dd,
      bytes: 8,
      words: icmpv6Words,
      checksum: { name: "icmp6_csum", at: 2, bytes: 2, from: 4 },
    },
  ],
  [IGMP, { type: 0x0800, bytes: 8, words: bareTypeAndCode }],
]);

function transportWords({ protocol, fragment }: Network, payload: Bytes, type: number): FrameWords {
  const transport = transports.get(protocol);
  if (transport === undefined) return { words: [] };
  const isThere = payload.left >= transport.bytes && (protocol !== IpProtocol.tcp || hasTcp(payload));
  const read = isThere ? payload : new Bytes(new Uint8Array(transport.bytes));
  // A protocol of the other IP has its type and code, but not by name.
  const print = (transport.type ?? type) === type ? transport.words : bareTypeAndCode;
  const words = fragment === "later" ? [] : print(read);
  const { checksum } = transport;
  if (checksum === undefined || payload.left < checksum.from) return { words };
  const sum = checksum.bytes === 2 ? payload.u16(checksum.at) : payload.u32(checksum.at);
  return { words, checksum: `${checksum.name}:${sum.toString(16)}` };
}

/** Whether the header is as long as it says. */
function hasTcp(payload: Bytes): boolean {
  const headerBytes = (payload.u8(12) >> 4) * 4;
  return headerBytes >= 20 && headerBytes <= payload.left;
}

function tcpWords(payload: Bytes): readonly string[] {
  const flags = { value: BigInt(payload.u16(12) & 0xfff), mask: flagSets.tcpFlags.all };
  return [...ports(payload), `tcp_flags=${formatFlags(flags, flagSets.tcpFlags)}`];
}

function icmpv6Words(payload: Bytes): readonly string[] {
  const words = typeAndCode(payload);
  const isDiscovery = [135, 136].includes(payload.u8(0)) && payload.u8(1) === 0;
  return isDiscovery ? [...words, ...discoveryWords(payload)] : words;
}

const TARGET_AT = 8;
const OPTIONS_AT = 24;

/** The target and the link layer's addresses of neighbour discovery (RFC 4861, 4.3 and 4.4); zeros where they are broken. */
function discoveryWords(payload: Bytes): readonly string[] {
  const message = new Bytes(payload.bytes);
  const head = message.left < OPTIONS_AT ? undefined : message.take(OPTIONS_AT);
  const options = head === undefined ? undefined : linkAddresses(message);
  const source = head === undefined || options === undefined ? new Uint8Array(OPTIONS_AT) : head.bytes;
  const target = formatIpv6(new DataView(source.buffer, source.byteOffset), TARGET_AT);
  const none = "00:00:00:00:00:00";
  return [`nd_target=${target}`, `nd_sll=${options?.get(1) ?? none}`, `nd_tll=${options?.get(2) ?? none}`];
}

/** The addresses by the number of their option; undefined where one is given twice. */
function linkAddresses(options: Bytes): ReadonlyMap<number, string> | undefined {
  const found = new Map<number, string>();
  while (options.left >= 8) {
    const type = options.u8(0);
    const length = options.u8(1) * 8;
    if (length === 0 || length > options.left) break;
    const option = options.take(length);
    if ((type !== 1 && type !== 2) || length !== 8) continue;
    if (found.has(type)) return undefined;
    found.set(type, formatMac(option.bytes, 2));
  }
  return found;
}
