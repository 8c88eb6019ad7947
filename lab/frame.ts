// Ethernet frames as the lab sees them, read from the pcap stream of tcpdump: just the fields the cases talk about.

/** One frame that passed an interface. */
export interface Frame {
  readonly ethSrc: string;
  readonly ethDst: string;
  /** The VLAN id of the outer tag, undefined when untagged. */
  readonly vlan: number | undefined;
  readonly protocol: "arp" | "icmp" | "tcp" | "udp" | "other";
  /** IPv4 source, or the sender's address of an ARP message. */
  readonly ipSrc: string | undefined;
  /** IPv4 destination, or the target's address of an ARP message. */
  readonly ipDst: string | undefined;
  /** ICMP type, ARP operation, or the destination port. */
  readonly detail: number | undefined;
  /** What follows the IP header, or the ARP message. */
  readonly payload: Buffer;
}

/** Six bytes as people write a MAC address. */
export function macText(bytes: Buffer): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}

function ip(bytes: Buffer): string {
  return [...bytes].join(".");
}

const ipProtocols: Readonly<Record<number, "icmp" | "tcp" | "udp">> = { 1: "icmp", 6: "tcp", 17: "udp" };
const etherType = { arp: 0x0806, ipv4: 0x0800, vlan: 0x8100 } as const;

type Upper = Omit<Frame, "ethSrc" | "ethDst" | "vlan">;

function parseArp(bytes: Buffer): Upper {
  return {
    protocol: "arp",
    ipSrc: ip(bytes.subarray(14, 18)),
    ipDst: ip(bytes.subarray(24, 28)),
    detail: bytes.readUInt16BE(6),
    payload: bytes,
  };
}

function parseIpv4(bytes: Buffer): Upper {
  const protocol = ipProtocols[bytes.readUInt8(9)] ?? "other";
  const payload = bytes.subarray((bytes.readUInt8(0) & 0x0f) * 4);
  const details = { icmp: () => payload.readUInt8(0), other: () => undefined } as const;
  const detail = protocol === "icmp" || protocol === "other" ? details[protocol]() : payload.readUInt16BE(2);
  return { protocol, ipSrc: ip(bytes.subarray(12, 16)), ipDst: ip(bytes.subarray(16, 20)), detail, payload };
}

function parseUpper(type: number, bytes: Buffer): Upper {
  if (type === etherType.arp && bytes.length >= 28) return parseArp(bytes);
  if (type === etherType.ipv4 && bytes.length >= 24) return parseIpv4(bytes);
  return { protocol: "other", ipSrc: undefined, ipDst: undefined, detail: undefined, payload: bytes };
}

/** Reads one Ethernet frame. */
export function parseFrame(bytes: Buffer): Frame {
  const outer = bytes.readUInt16BE(12);
  const tagged = outer === etherType.vlan;
  return {
    ethDst: macText(bytes.subarray(0, 6)),
    ethSrc: macText(bytes.subarray(6, 12)),
    vlan: tagged ? bytes.readUInt16BE(14) & 0x0fff : undefined,
    ...(tagged
      ? parseUpper(bytes.readUInt16BE(16), bytes.subarray(18))
      : parseUpper(outer, bytes.subarray(14))),
  };
}

const pcapFileHeaderBytes = 24;
const pcapRecordHeaderBytes = 16;

/** Cuts a pcap stream (as tcpdump writes it on a little-endian machine, or a big-endian one) into frames. */
export class PcapReader {
  #rest: Buffer = Buffer.alloc(0);
  #littleEndian: boolean | undefined;

  /** Takes the next bytes; gives the frames that are complete now. */
  push(chunk: Buffer): readonly Frame[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    if (this.#littleEndian === undefined) {
      if (this.#rest.length < pcapFileHeaderBytes) return [];
      this.#littleEndian = this.#rest.readUInt32LE(0) === 0xa1b2c3d4;
      this.#rest = this.#rest.subarray(pcapFileHeaderBytes);
    }
    const frames: Frame[] = [];
    for (;;) {
      if (this.#rest.length < pcapRecordHeaderBytes) return frames;
      const length = this.#littleEndian ? this.#rest.readUInt32LE(8) : this.#rest.readUInt32BE(8);
      const end = pcapRecordHeaderBytes + length;
      if (this.#rest.length < end) return frames;
      frames.push(parseFrame(this.#rest.subarray(pcapRecordHeaderBytes, end)));
      this.#rest = this.#rest.subarray(end);
    }
  }
}
