// The IPv4 header (RFC 791, 3.1).

import { Fault } from "../wire/fault.ts";
import type { Reader } from "../wire/reader.ts";
import { struct } from "../wire/struct.ts";
import type { Writer } from "../wire/writer.ts";
import { ipv4Address } from "./address.ts";
import { type ChecksumState, checksumOf, judgeChecksum, sumWords } from "./checksum.ts";
import {
  broken,
  bytesLeft,
  cutOff,
  inBits,
  type PseudoHeader,
  paddedOptions,
  type Undecoded,
} from "./layer.ts";

/** An IPv4 header (RFC 791, 3.1; RFC 2474, 3 and RFC 3168, 5 for what was the type of service). */
export interface Ipv4 {
  /** Differentiated services code point, 0 to 63. */
  dscp: number;
  /** Explicit congestion notification, 0 to 3. */
  ecn: number;
  /** Header and payload in bytes, as the packet says. Computed when encoding. */
  totalLength: number;
  identification: number;
  /** The flag bit that means nothing. */
  reservedFlag: boolean;
  dontFragment: boolean;
  /** Whether fragments follow this one. */
  moreFragments: boolean;
  /** Where the payload lies in that of the whole packet, in bytes; a multiple of 8. Not 0: no transport header follows. */
  fragmentOffset: number;
  ttl: number;
  /** The number of what it carries. */
  protocol: number;
  /** The header's checksum as it came. Computed when encoding. */
  checksum: number;
  /** Whether it is right. */
  checksumState: ChecksumState;
  src: string;
  dst: string;
  /** Options as they came, with their padding. Encoding fills them up to a multiple of 4. */
  options: Uint8Array;
}

/** What encoding asks for: the addresses. Without a transport layer, `protocol` too. */
export type Ipv4Input = Partial<Ipv4> & Pick<Ipv4, "src" | "dst">;

const FIXED_BYTES = 20;
const LENGTH_AT = 2;
const CHECKSUM_AT = 10;
const ADDRESSES_AT = 12;

const header = struct("ipv4", (f) => ({
  versionAndLength: f.u8(),
  trafficClass: f.u8(),
  totalLength: f.u16(),
  identification: f.u16(),
  fragment: f.u16(),
  ttl: f.u8(),
  protocol: f.u8(),
  checksum: f.u16(),
  src: f.part(ipv4Address),
  dst: f.part(ipv4Address),
}));

/** Why no header begins where the reader is. */
function refusal(reader: Reader): Undecoded | undefined {
  const left = bytesLeft(reader);
  if (left < FIXED_BYTES) {
    return cutOff("ipv4", FIXED_BYTES, left);
  }
  const first = reader.view.getUint8(reader.offset);
  const headerBytes = (first & 15) * 4;
  if (first >> 4 !== 4) {
    return broken("ipv4", `has version ${first >> 4}`);
  }
  if (headerBytes < FIXED_BYTES) {
    return broken("ipv4", `has a header of ${headerBytes} bytes`);
  }
  const totalLength = reader.view.getUint16(reader.offset + LENGTH_AT);
  if (totalLength < headerBytes) {
    return broken("ipv4", `has a total length of ${totalLength} bytes, less than its header`);
  }
  return left < headerBytes ? cutOff("ipv4", headerBytes, left) : undefined;
}

/** Reads a header with its options; says why not where it isn't there, and leaves the reader where it was. */
export function readIpv4(reader: Reader): Ipv4 | Undecoded {
  const refused = refusal(reader);
  if (refused !== undefined) {
    return refused;
  }
  const start = reader.offset;
  const wire = header.read(reader);
  const optionBytes = (wire.versionAndLength & 15) * 4 - FIXED_BYTES;
  const { trafficClass, fragment } = wire;
  return {
    dscp: trafficClass >> 2,
    ecn: trafficClass & 3,
    totalLength: wire.totalLength,
    identification: wire.identification,
    reservedFlag: (fragment & 0x8000) !== 0,
    dontFragment: (fragment & 0x4000) !== 0,
    moreFragments: (fragment & 0x2000) !== 0,
    fragmentOffset: (fragment & 0x1fff) * 8,
    ttl: wire.ttl,
    protocol: wire.protocol,
    checksum: wire.checksum,
    checksumState: judgeChecksum(sumWords(reader.buffer, start, start + FIXED_BYTES + optionBytes)),
    src: wire.src,
    dst: wire.dst,
    options: reader.bytes(optionBytes),
  };
}

/** Writes a header, its length and checksum left for {@link finishIpv4}. */
export function writeIpv4(writer: Writer, ipv4: Ipv4Input, protocol: number): void {
  const options = paddedOptions(ipv4.options ?? new Uint8Array(0));
  const dscp = inBits(ipv4.dscp ?? 0, 6, "dscp");
  header.write(writer, {
    versionAndLength: 0x40 | ((FIXED_BYTES + options.length) / 4),
    trafficClass: (dscp << 2) | inBits(ipv4.ecn ?? 0, 2, "ecn"),
    totalLength: 0,
    identification: ipv4.identification ?? 0,
    fragment: fragmentWord(ipv4),
    ttl: ipv4.ttl ?? 64,
    protocol,
    checksum: 0,
    src: ipv4.src,
    dst: ipv4.dst,
  });
  writer.raw(options);
}

function fragmentWord({ reservedFlag, dontFragment, moreFragments, fragmentOffset = 0 }: Ipv4Input): number {
  if (fragmentOffset % 8 !== 0) {
    throw new Fault(`must be a multiple of 8, not ${fragmentOffset}`, -1, "fragmentOffset");
  }
  const flags = (reservedFlag ? 0x8000 : 0) | (dontFragment ? 0x4000 : 0) | (moreFragments ? 0x2000 : 0);
  return flags | inBits(fragmentOffset / 8, 13, "fragmentOffset");
}

/** Sets length and checksum of the header at `start`, whose packet ends where the writer is. */
export function finishIpv4(writer: Writer, start: number, ipv4: Ipv4Input, keep: boolean): void {
  const headerBytes = (writer.view.getUint8(start) & 15) * 4;
  const { totalLength, checksum } = keep ? ipv4 : { totalLength: undefined, checksum: undefined };
  writer.patch16(start + LENGTH_AT, totalLength ?? writer.offset - start);
  writer.patch16(
    start + CHECKSUM_AT,
    checksum ?? checksumOf(sumWords(writer.buffer, start, start + headerBytes)),
  );
}

/** The pseudo header of what the header at `start` carries (RFC 793, 3.1); none for a fragment. */
export function ipv4PseudoHeader(bytes: Uint8Array, start: number, isFragment: boolean): PseudoHeader {
  return isFragment
    ? undefined
    : (protocol, length) =>
        sumWords(bytes, start + ADDRESSES_AT, start + ADDRESSES_AT + 8) + protocol + length;
}

/** Whether it is one of several fragments. */
export function isIpv4Fragment({ moreFragments, fragmentOffset }: Partial<Ipv4>): boolean {
  return moreFragments === true || (fragmentOffset ?? 0) > 0;
}
