// ARP for IPv4 over Ethernet (RFC 826). ARP for anything else stays raw.

import { type Names, names } from "../wire/codec.ts";
import type { Reader } from "../wire/reader.ts";
import { type Struct, struct } from "../wire/struct.ts";
import type { Writer } from "../wire/writer.ts";
import { ipv4Address } from "./address.ts";
import { broken, bytesLeft, cutOff, type Undecoded } from "./layer.ts";

export type ArpOperation = "request" | "reply";

/** An ARP packet (RFC 826), its fields under the names that OpenFlow gives them. */
export interface Arp {
  /** What it is; a number is an operation the library has no name for. */
  op: ArpOperation | number;
  /** The sender's MAC. */
  sha: string;
  /** The sender's IPv4 address. */
  spa: string;
  /** The target's MAC; zero in a request. */
  tha: string;
  /** The target's IPv4 address. */
  tpa: string;
}

const operations: Names<ArpOperation> = names<ArpOperation>({ request: 1, reply: 2 });

const arpHeader: Struct<Arp> = struct(
  "arp",
  (f): Arp => ({
    op: f.pad(6).named16(operations),
    sha: f.mac(),
    spa: f.part(ipv4Address),
    tha: f.mac(),
    tpa: f.part(ipv4Address),
  }),
);

/** Hardware type Ethernet, protocol type IPv4, address lengths 6 and 4: what every packet read here begins with. */
const OPENING = [0x0001_0800, 0x0604] as const;

/** Reads an ARP packet; says why not where it isn't there, and leaves the reader where it was. */
export function readArp(reader: Reader): Arp | Undecoded {
  const left = bytesLeft(reader);
  if (left < arpHeader.minBytes) {
    return cutOff("arp", arpHeader.minBytes, left);
  }
  const { view, offset } = reader;
  if (view.getUint32(offset) !== OPENING[0] || view.getUint16(offset + 4) !== OPENING[1]) {
    return broken("arp", "is not about IPv4 over Ethernet");
  }
  return arpHeader.read(reader);
}

/** Writes an ARP packet. */
export function writeArp(writer: Writer, arp: Arp): void {
  const start = writer.offset;
  arpHeader.write(writer, arp);
  writer.view.setUint32(start, OPENING[0]);
  writer.view.setUint16(start + 4, OPENING[1]);
}
