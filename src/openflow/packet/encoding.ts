// Packet to bytes: the layers in order, and then the lengths and checksums, which are known when all is written.

import { EncodeError } from "../codec-errors.ts";
import { Fault, faultWithin } from "../wire/fault.ts";
import { Writer } from "../wire/writer.ts";
import { writeArp } from "./arp.ts";
import { checksumOf, sumWords } from "./checksum.ts";
import { EtherType, writeEthernet } from "./ethernet.ts";
import { ICMP_CHECKSUM_AT, writeIcmp } from "./icmp.ts";
import { writeIcmpv6 } from "./icmpv6.ts";
import { finishIpv4, ipv4PseudoHeader, isIpv4Fragment, writeIpv4 } from "./ipv4.ts";
import { finishIpv6, ipv6PseudoHeader, isLaterFragment, writeIpv6 } from "./ipv6.ts";
import { inBits, type PseudoHeader } from "./layer.ts";
import { IpProtocol, type PacketInput } from "./packet.ts";
import { TCP_CHECKSUM_AT, writeTcp } from "./tcp.ts";
import { UDP_CHECKSUM_AT, UDP_LENGTH_AT, writeUdp } from "./udp.ts";

/** Options of {@link encodePacket}. */
export interface EncodePacketOptions {
  /**
   * Writes lengths and checksums as the value has them, where it has them: a decoded packet becomes the bytes it came
   * from, also when it was cut or had a wrong checksum. Default false: they are computed.
   */
  readonly keep?: boolean | undefined;
}

let spare: Writer | undefined = new Writer();

/**
 * Encodes a packet into memory of its own. Nothing is added to reach Ethernet's 60 bytes. A value that has no wire form
 * throws an `EncodeError` that names the field.
 */
export function encodePacket(packet: PacketInput, options: EncodePacketOptions = {}): Uint8Array {
  const writer = spare ?? new Writer();
  spare = undefined;
  writer.begin();
  try {
    writeFrame(writer, packet, options.keep === true);
    return writer.take();
  } catch (error) {
    const fault = faultWithin(error, "packet");
    throw new EncodeError(fault.message, fault.path);
  } finally {
    spare = writer;
  }
}

/** The one of some layers that is there. */
function onlyOne<K extends keyof PacketInput>(packet: PacketInput, names: readonly K[]): K | undefined {
  const [first, second] = names.filter((name) => packet[name] !== undefined);
  if (second !== undefined) {
    throw new Fault(`can't stand beside ${first}`, -1, second);
  }
  return first;
}

/** A number that follows from the layer after it, or else has to be given. */
function follows(given: number | undefined, implied: number | undefined, bits: number, path: string): number {
  const number = implied ?? given;
  if (number === undefined || (given !== undefined && given !== number)) {
    const wanted = number === undefined ? "must be given" : `must be ${number} for what follows`;
    throw new Fault(`${wanted}, not ${String(given)}`, -1, path);
  }
  return inBits(number, bits, path);
}

/** Runs `write` with the name of a layer around its faults. */
function within(layer: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw faultWithin(error, layer);
  }
}

function writeFrame(writer: Writer, packet: PacketInput, keep: boolean): void {
  if (typeof packet.ethernet !== "object") {
    throw new Fault(`must be the Ethernet header, not ${String(packet.ethernet)}`, -1, "ethernet");
  }
  const network = onlyOne(packet, ["arp", "ipv4", "ipv6"]);
  const transport = onlyOne(packet, ["icmp", "icmpv6", "tcp", "udp"]);
  if (transport !== undefined && !fits(transport, network)) {
    throw new Fault(`can't stand ${network === undefined ? "without IP" : `in ${network}`}`, -1, transport);
  }
  const implied = network === undefined ? undefined : EtherType[network];
  const etherType = follows(packet.ethernet.etherType, implied, 16, "ethernet.etherType");
  writeEthernet(writer, packet.ethernet, packet.vlans ?? [], etherType);
  const { arp } = packet;
  if (arp !== undefined) {
    within("arp", () => writeArp(writer, arp));
  }
  writeIp(writer, packet, transport, keep);
  writer.raw(packet.trailer ?? new Uint8Array(0));
}

type Network = "arp" | "ipv4" | "ipv6";
type Transport = "icmp" | "icmpv6" | "tcp" | "udp";

function fits(transport: Transport, network: Network | undefined): boolean {
  const isIp = network === "ipv4" || network === "ipv6";
  return transport === "icmp" ? network === "ipv4" : transport === "icmpv6" ? network === "ipv6" : isIp;
}

function writeIp(writer: Writer, packet: PacketInput, transport: Transport | undefined, keep: boolean): void {
  const { ipv4, ipv6 } = packet;
  const implied = transport === undefined ? undefined : IpProtocol[transport];
  const start = writer.offset;
  if (ipv4 !== undefined) {
    within("ipv4", () => {
      noTransportIn(transport, (ipv4.fragmentOffset ?? 0) > 0);
      writeIpv4(writer, ipv4, follows(ipv4.protocol, implied, 8, "protocol"));
    });
    const pseudo = ipv4PseudoHeader(writer.buffer, start, isIpv4Fragment(ipv4));
    writeTransport(writer, packet, pseudo, keep);
    within("ipv4", () => finishIpv4(writer, start, ipv4, keep));
  } else if (ipv6 !== undefined) {
    within("ipv6", () => {
      noTransportIn(transport, isLaterFragment(ipv6));
      writeIpv6(writer, ipv6, follows(ipv6.protocol, implied, 8, "protocol"));
    });
    writeTransport(writer, packet, ipv6PseudoHeader(writer.buffer, start, ipv6.extensions ?? []), keep);
    within("ipv6", () => finishIpv6(writer, start, ipv6, keep));
  } else {
    writer.raw(packet.payload ?? new Uint8Array(0));
  }
}

function noTransportIn(transport: Transport | undefined, laterFragment: boolean): void {
  if (transport !== undefined && laterFragment) {
    throw new Fault(`a fragment that begins further in has no ${transport} header`, -1);
  }
}

/** A transport header that was written: where its checksum stands, and the one it was given. */
interface Written {
  readonly name: Transport;
  readonly checksumAt: number;
  readonly given: number | undefined;
}

function writeHeader(writer: Writer, { tcp, udp, icmp, icmpv6 }: PacketInput): Written | undefined {
  if (tcp !== undefined) {
    within("tcp", () => writeTcp(writer, tcp));
    return { name: "tcp", checksumAt: TCP_CHECKSUM_AT, given: tcp.checksum };
  }
  if (udp !== undefined) {
    within("udp", () => writeUdp(writer, udp));
    return { name: "udp", checksumAt: UDP_CHECKSUM_AT, given: udp.checksum };
  }
  if (icmp !== undefined) {
    within("icmp", () => writeIcmp(writer, icmp));
    return { name: "icmp", checksumAt: ICMP_CHECKSUM_AT, given: icmp.checksum };
  }
  if (icmpv6 !== undefined) {
    within("icmpv6", () => writeIcmpv6(writer, icmpv6));
    return { name: "icmpv6", checksumAt: ICMP_CHECKSUM_AT, given: icmpv6.checksum };
  }
  return undefined;
}

/** Writes the transport layer and the payload, and then the length and the checksum that cover them. */
function writeTransport(writer: Writer, packet: PacketInput, pseudo: PseudoHeader, keep: boolean): void {
  const start = writer.offset;
  const written = writeHeader(writer, packet);
  within("payload", () => writer.raw(packet.payload ?? new Uint8Array(0)));
  if (packet.udp !== undefined && !(keep && packet.udp.length !== undefined)) {
    within("udp", () => writer.patch16(start + UDP_LENGTH_AT, writer.offset - start));
  }
  if (written !== undefined && pseudo !== undefined && !(keep && written.given !== undefined)) {
    setChecksum(writer, start, written, pseudo);
  }
}

/** Sets the checksum of what begins at `start` and ends where the writer is. */
function setChecksum(
  writer: Writer,
  start: number,
  { name, checksumAt }: Written,
  pseudo: NonNullable<PseudoHeader>,
): void {
  const at = start + checksumAt;
  writer.patch16(at, 0);
  // ICMP's checksum, unlike the others, covers the message alone.
  const before = name === "icmp" ? 0 : pseudo(IpProtocol[name], writer.offset - start);
  const checksum = checksumOf(before + sumWords(writer.buffer, start, writer.offset));
  // In UDP zero says that there is none; the other zero stands for it (RFC 768).
  writer.patch16(at, name === "udp" && checksum === 0 ? 0xffff : checksum);
}
