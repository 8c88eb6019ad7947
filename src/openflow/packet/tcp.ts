// The TCP header (RFC 9293, 3.1).

import type { Reader } from "../wire/reader.ts";
import { struct } from "../wire/struct.ts";
import type { Writer } from "../wire/writer.ts";
import type { ChecksumState } from "./checksum.ts";
import { broken, bytesLeft, cutOff, inBits, paddedOptions, type Undecoded } from "./layer.ts";

/** The bits of `Tcp.flags` (RFC 9293, 3.1; `ns` is RFC 3540's, and historic). */
export const TcpFlag = {
  fin: 0x001,
  syn: 0x002,
  rst: 0x004,
  psh: 0x008,
  ack: 0x010,
  urg: 0x020,
  ece: 0x040,
  cwr: 0x080,
  ns: 0x100,
} as const;

/** A TCP header (RFC 9293, 3.1). */
export interface Tcp {
  srcPort: number;
  dstPort: number;
  seq: number;
  ack: number;
  /** Bits of `TcpFlag`, 12 in all, as the match field `tcp_flags` has them. */
  flags: number;
  window: number;
  /** As it came. Computed when encoding, but for fragments. */
  checksum: number;
  checksumState: ChecksumState;
  urgentPointer: number;
  /** Options as they came, with their padding. Encoding fills them up to a multiple of 4. */
  options: Uint8Array;
}

/** What encoding asks for: the ports. */
export type TcpInput = Partial<Tcp> & Pick<Tcp, "srcPort" | "dstPort">;

const FIXED_BYTES = 20;
/** Where the checksum stands. */
export const TCP_CHECKSUM_AT = 16;

const header = struct("tcp", (f) => ({
  srcPort: f.u16(),
  dstPort: f.u16(),
  seq: f.u32(0),
  ack: f.u32(0),
  lengthAndFlags: f.u16(),
  window: f.u16(0xffff),
  checksum: f.u16(0),
  urgentPointer: f.u16(0),
}));

/** Reads a header with its options; says why not where it isn't there, and leaves the reader where it was. */
export function readTcp(reader: Reader, judge: (checksum: number) => ChecksumState): Tcp | Undecoded {
  const left = bytesLeft(reader);
  if (left < FIXED_BYTES) {
    return cutOff("tcp", FIXED_BYTES, left);
  }
  const headerBytes = (reader.view.getUint8(reader.offset + 12) >> 4) * 4;
  if (headerBytes < FIXED_BYTES) {
    return broken("tcp", `has a header of ${headerBytes} bytes`);
  }
  if (left < headerBytes) {
    return cutOff("tcp", headerBytes, left);
  }
  const checksumState = judge(reader.view.getUint16(reader.offset + TCP_CHECKSUM_AT));
  const wire = header.read(reader);
  return {
    srcPort: wire.srcPort,
    dstPort: wire.dstPort,
    seq: wire.seq,
    ack: wire.ack,
    flags: wire.lengthAndFlags & 0xfff,
    window: wire.window,
    checksum: wire.checksum,
    checksumState,
    urgentPointer: wire.urgentPointer,
    options: reader.bytes(headerBytes - FIXED_BYTES),
  };
}

/** Writes a header with its options and the checksum it was given. */
export function writeTcp(writer: Writer, tcp: TcpInput): void {
  const options = paddedOptions(tcp.options ?? new Uint8Array(0));
  const { srcPort, dstPort, seq = 0, ack = 0, window = 0xffff, checksum = 0, urgentPointer = 0 } = tcp;
  const lengthAndFlags = ((FIXED_BYTES + options.length) << 10) | inBits(tcp.flags ?? 0, 12, "flags");
  header.write(writer, { srcPort, dstPort, seq, ack, lengthAndFlags, window, checksum, urgentPointer });
  writer.raw(options);
}
