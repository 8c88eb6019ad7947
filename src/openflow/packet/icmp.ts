// The ICMP header (RFC 792).

import type { Reader } from "../wire/reader.ts";
import { struct } from "../wire/struct.ts";
import type { Writer } from "../wire/writer.ts";
import type { ChecksumState } from "./checksum.ts";
import { bytesLeft, cutOff, type Undecoded } from "./layer.ts";

/** Types of ICMP messages that programs meet most (RFC 792). */
export const IcmpType = {
  echoReply: 0,
  unreachable: 3,
  redirect: 5,
  echoRequest: 8,
  timeExceeded: 11,
} as const;

/** An ICMP header (RFC 792). */
export interface Icmp {
  type: number;
  code: number;
  /** As it came. Computed when encoding, but for fragments. */
  checksum: number;
  checksumState: ChecksumState;
  /** Echo's identifier. In other messages these two bytes mean something else, or nothing. */
  identifier: number;
  /** Echo's sequence number; the next hop's MTU where a packet was too large (RFC 1191, 4). */
  sequence: number;
}

/** What encoding asks for: the type. */
export type IcmpInput = Partial<Icmp> & Pick<Icmp, "type">;

const ICMP_BYTES = 8;
/** Where the checksum stands, in ICMPv6 too. */
export const ICMP_CHECKSUM_AT = 2;

const header = struct("icmp", (f) => ({
  type: f.u8(),
  code: f.u8(0),
  checksum: f.u16(0),
  identifier: f.u16(0),
  sequence: f.u16(0),
}));

/** Reads a header; says why not where it isn't there, and leaves the reader where it was. */
export function readIcmp(reader: Reader, judge: (checksum: number) => ChecksumState): Icmp | Undecoded {
  const left = bytesLeft(reader);
  if (left < ICMP_BYTES) {
    return cutOff("icmp", ICMP_BYTES, left);
  }
  const checksumState = judge(reader.view.getUint16(reader.offset + ICMP_CHECKSUM_AT));
  const { type, code, checksum, identifier, sequence } = header.read(reader);
  return { type, code, checksum, checksumState, identifier, sequence };
}

/** Writes a header with the checksum it was given. */
export function writeIcmp(writer: Writer, icmp: IcmpInput): void {
  const { type, code = 0, checksum = 0, identifier = 0, sequence = 0 } = icmp;
  header.write(writer, { type, code, checksum, identifier, sequence });
}
