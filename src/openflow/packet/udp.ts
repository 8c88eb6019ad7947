// The UDP header (RFC 768).

import type { Reader } from "../wire/reader.ts";
import { struct } from "../wire/struct.ts";
import type { Writer } from "../wire/writer.ts";
import type { ChecksumState } from "./checksum.ts";
import { broken, bytesLeft, cutOff, type Undecoded } from "./layer.ts";

/** A UDP header (RFC 768). */
export interface Udp {
  srcPort: number;
  dstPort: number;
  /** Header and payload in bytes, as the packet says. Computed when encoding. */
  length: number;
  /** As it came; 0 is none. Computed when encoding, but for fragments. */
  checksum: number;
  checksumState: ChecksumState;
}

/** What encoding asks for: the ports. */
export type UdpInput = Partial<Udp> & Pick<Udp, "srcPort" | "dstPort">;

/** The size of the header. */
export const UDP_BYTES = 8;
/** Where length and checksum stand. */
export const UDP_LENGTH_AT = 4;
export const UDP_CHECKSUM_AT = 6;

const header = struct("udp", (f) => ({
  srcPort: f.u16(),
  dstPort: f.u16(),
  length: f.u16(0),
  checksum: f.u16(0),
}));

/** Reads a header; says why not where it isn't there, and leaves the reader where it was. */
export function readUdp(reader: Reader, judge: (checksum: number) => ChecksumState): Udp | Undecoded {
  const left = bytesLeft(reader);
  if (left < UDP_BYTES) {
    return cutOff("udp", UDP_BYTES, left);
  }
  const length = reader.view.getUint16(reader.offset + UDP_LENGTH_AT);
  if (length < UDP_BYTES) {
    return broken("udp", `has a length of ${length} bytes, less than its header`);
  }
  const checksumState = judge(reader.view.getUint16(reader.offset + UDP_CHECKSUM_AT));
  const { srcPort, dstPort, checksum } = header.read(reader);
  return { srcPort, dstPort, length, checksum, checksumState };
}

/** Writes a header with the length and checksum it was given. */
export function writeUdp(writer: Writer, { srcPort, dstPort, length = 0, checksum = 0 }: UdpInput): void {
  header.write(writer, { srcPort, dstPort, length, checksum });
}
