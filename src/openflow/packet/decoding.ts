// Bytes to packet: layer by layer, as far as the bytes reach. A frame that a switch has cut, or that is broken further in, is
// no error: what was read stands in the value, with where it stopped and why.

import { DecodeError } from "../codec-errors.ts";
import { faultWithin } from "../wire/fault.ts";
import { Reader } from "../wire/reader.ts";
import { readArp } from "./arp.ts";
import { type ChecksumState, judgeChecksum, sumWords } from "./checksum.ts";
import { type Ethernet, EtherType, ethernetHeader, readTags } from "./ethernet.ts";
import { readIcmp } from "./icmp.ts";
import { readIcmpv6 } from "./icmpv6.ts";
import { ipv4PseudoHeader, isIpv4Fragment, readIpv4 } from "./ipv4.ts";
import { ipv6PseudoHeader, isLaterFragment, readExtensions, readIpv6 } from "./ipv6.ts";
import { bytesLeft, cutOff, type PseudoHeader, type Undecoded } from "./layer.ts";
import { IpProtocol, type Packet } from "./packet.ts";
import { readTcp } from "./tcp.ts";
import { readUdp, UDP_BYTES } from "./udp.ts";

/** Options of {@link decodePacket}. */
export interface DecodePacketOptions {
  /**
   * The innermost layer that is looked at; what it carries is `payload`. Default `"transport"`, all of them. For the
   * addresses of the frame alone there is {@link decodeEthernet}.
   */
  readonly upTo?: "ethernet" | "network" | "transport" | undefined;
}

const reader = new Reader();
const NOTHING = new Uint8Array(0);

/**
 * Decodes an Ethernet frame. The value is plain and holds nothing of `bytes`. A frame of fewer than the 14 bytes of an
 * Ethernet header is a `DecodeError`; whatever is missing or wrong further in is told by `undecoded`, and a wrong
 * checksum by its layer's `checksumState`.
 */
export function decodePacket(bytes: Uint8Array, options: DecodePacketOptions = {}): Packet {
  if (!(bytes instanceof Uint8Array)) {
    throw new DecodeError("must be a Uint8Array", 0, "packet");
  }
  reader.open(bytes);
  try {
    return readFrame(options.upTo ?? "transport");
  } catch (error) {
    const fault = faultWithin(error, "packet.ethernet");
    throw new DecodeError(fault.message, Math.max(fault.offset, 0), fault.path);
  } finally {
    reader.close();
  }
}

/**
 * Decodes the Ethernet header alone, in a fraction of the time: all that a learning switch looks at. `etherType` is what
 * stands there, which may announce a tag. Throws a `DecodeError` as {@link decodePacket} does.
 */
export function decodeEthernet(bytes: Uint8Array): Ethernet {
  if (!(bytes instanceof Uint8Array)) {
    throw new DecodeError("must be a Uint8Array", 0, "ethernet");
  }
  reader.open(bytes);
  try {
    return ethernetHeader.read(reader);
  } catch (error) {
    const fault = faultWithin(error, "ethernet");
    throw new DecodeError(fault.message, Math.max(fault.offset, 0), fault.path);
  } finally {
    reader.close();
  }
}

function readFrame(upTo: "ethernet" | "network" | "transport"): Packet {
  const packet: Packet = {
    ethernet: ethernetHeader.read(reader),
    vlans: [],
    arp: undefined,
    ipv4: undefined,
    ipv6: undefined,
    icmp: undefined,
    icmpv6: undefined,
    tcp: undefined,
    udp: undefined,
    payload: NOTHING,
    trailer: NOTHING,
    undecoded: undefined,
  };
  const frameEnd = reader.end;
  packet.undecoded = readTags(reader, packet.ethernet, packet.vlans);
  if (packet.undecoded === undefined && upTo !== "ethernet") {
    packet.undecoded = readNetwork(packet, upTo === "transport");
  }
  packet.payload = reader.copy(reader.offset, reader.end);
  packet.trailer = frameEnd > reader.end ? reader.copy(reader.end, frameEnd) : NOTHING;
  return packet;
}

function readNetwork(packet: Packet, further: boolean): Undecoded | undefined {
  switch (packet.ethernet.etherType) {
    case EtherType.arp:
      return takeArp(packet);
    case EtherType.ipv4:
      return takeIpv4(packet, further);
    case EtherType.ipv6:
      return takeIpv6(packet, further);
    default:
      return undefined;
  }
}

function isStop(value: object): value is Undecoded {
  return "missingBytes" in value;
}

function takeArp(packet: Packet): Undecoded | undefined {
  const arp = readArp(reader);
  if (isStop(arp)) {
    return arp;
  }
  packet.arp = arp;
  reader.end = reader.offset;
  return undefined;
}

function takeIpv4(packet: Packet, further: boolean): Undecoded | undefined {
  const start = reader.offset;
  const ipv4 = readIpv4(reader);
  if (isStop(ipv4)) {
    return ipv4;
  }
  packet.ipv4 = ipv4;
  const cut = endAt(start + ipv4.totalLength);
  if (!further || ipv4.fragmentOffset > 0) {
    return cut;
  }
  const pseudo = cut ? undefined : ipv4PseudoHeader(reader.buffer, start, isIpv4Fragment(ipv4));
  const { protocol } = ipv4;
  const stop =
    protocol === IpProtocol.icmp ? takeIcmp(packet, pseudo) : takeTransport(packet, protocol, pseudo);
  return stop ?? cut;
}

function takeIpv6(packet: Packet, further: boolean): Undecoded | undefined {
  const start = reader.offset;
  const ipv6 = readIpv6(reader);
  if (isStop(ipv6)) {
    return ipv6;
  }
  packet.ipv6 = ipv6;
  const cut = endAt(reader.offset + ipv6.payloadLength);
  const stop = readExtensions(reader, ipv6);
  if (stop !== undefined || !further || isLaterFragment(ipv6)) {
    return stop ?? cut;
  }
  const pseudo = cut ? undefined : ipv6PseudoHeader(reader.buffer, start, ipv6.extensions);
  const { protocol } = ipv6;
  const isIcmp = protocol === IpProtocol.icmpv6;
  return (isIcmp ? takeIcmpv6(packet, pseudo) : takeTransport(packet, protocol, pseudo)) ?? cut;
}

/** Sets the end of what is read to where the packet says it ends, if the frame reaches that far. */
function endAt(end: number): Undecoded | undefined {
  if (end > reader.end) {
    return cutOff("payload", end - reader.offset, reader.end - reader.offset);
  }
  reader.end = end;
  return undefined;
}

function takeTransport(packet: Packet, protocol: number, pseudo: PseudoHeader): Undecoded | undefined {
  if (protocol === IpProtocol.tcp) {
    const tcp = readTcp(reader, () => judge(protocol, pseudo, reader.end));
    if (isStop(tcp)) {
      return tcp;
    }
    packet.tcp = tcp;
  }
  return protocol === IpProtocol.udp ? takeUdp(packet, pseudo) : undefined;
}

function takeUdp(packet: Packet, pseudo: PseudoHeader): Undecoded | undefined {
  const start = reader.offset;
  const announced = bytesLeft(reader) < UDP_BYTES ? 0 : reader.view.getUint16(start + 4);
  const known = announced > bytesLeft(reader) ? undefined : pseudo;
  const udp = readUdp(reader, (checksum) =>
    checksum === 0 ? "none" : judge(IpProtocol.udp, known, start + announced),
  );
  if (isStop(udp)) {
    return udp;
  }
  packet.udp = udp;
  return endAt(start + announced);
}

function takeIcmp(packet: Packet, pseudo: PseudoHeader): Undecoded | undefined {
  // ICMP's checksum covers the message alone.
  const alone = pseudo === undefined ? undefined : (): number => 0;
  const icmp = readIcmp(reader, () => judge(IpProtocol.icmp, alone, reader.end));
  if (isStop(icmp)) {
    return icmp;
  }
  packet.icmp = icmp;
  return undefined;
}

function takeIcmpv6(packet: Packet, pseudo: PseudoHeader): Undecoded | undefined {
  const found = readIcmpv6(reader, () => judge(IpProtocol.icmpv6, pseudo, reader.end));
  if (isStop(found)) {
    return found;
  }
  packet.icmpv6 = found.icmpv6;
  return found.stop;
}

/** The state of a checksum over everything from the reader to `end`. */
function judge(protocol: number, pseudo: PseudoHeader, end: number): ChecksumState {
  if (pseudo === undefined) {
    return "unverified";
  }
  const { buffer, offset } = reader;
  return judgeChecksum(pseudo(protocol, end - offset) + sumWords(buffer, offset, end));
}
