// The IPv6 header and its extension headers (RFC 8200, 3 and 4), of which there may be many: reading them is bounded.

import { Fault, shown } from "../wire/fault.ts";
import type { Reader } from "../wire/reader.ts";
import { struct } from "../wire/struct.ts";
import type { Writer } from "../wire/writer.ts";
import { ipv6Address } from "./address.ts";
import { sumWords } from "./checksum.ts";
import { broken, bytesLeft, cutOff, inBits, type PseudoHeader, type Undecoded } from "./layer.ts";

/** A fragment header (RFC 8200, 4.5). */
export interface Ipv6Fragment {
  type: "fragment";
  /** Where the payload lies in that of the whole packet, in bytes; a multiple of 8. Not 0: no transport header follows. */
  offset: number;
  moreFragments: boolean;
  identification: number;
  /** The 8 and 2 bits that mean nothing, as one number. */
  reserved: number;
}

/** Any other extension header. */
export interface Ipv6RawExtension {
  type: "raw";
  /** Its number: 0 hop-by-hop options, 43 routing, 51 authentication, 60 destination options, 135, 139, 140. */
  protocol: number;
  /** Everything after its second byte. */
  data: Uint8Array;
}

export type Ipv6Extension = Ipv6Fragment | Ipv6RawExtension;

/** An IPv6 header (RFC 8200, 3) with its extension headers. */
export interface Ipv6 {
  /** Differentiated services code point, 0 to 63. */
  dscp: number;
  /** Explicit congestion notification, 0 to 3. */
  ecn: number;
  /** 20 bits. */
  flowLabel: number;
  /** Extension headers and payload in bytes, as the packet says. Computed when encoding. */
  payloadLength: number;
  /** The number of what follows the last extension header. */
  protocol: number;
  hopLimit: number;
  src: string;
  dst: string;
  /** In the order of the wire; at most 8, what comes after those stays raw. */
  extensions: Ipv6Extension[];
}

/** What encoding asks for: the addresses. Without a transport layer, `protocol` too. */
export type Ipv6Input = Partial<Ipv6> & Pick<Ipv6, "src" | "dst">;

const FIXED_BYTES = 40;
const LENGTH_AT = 4;
const ADDRESSES_AT = 8;
const MAX_EXTENSIONS = 8;
const FRAGMENT = 44;
const ROUTING = 43;
const AUTHENTICATION = 51;
/** Extension headers by number; authentication counts its length in 4 bytes (RFC 4302, 2.2), the others in 8. */
const extensionNumbers: ReadonlySet<number> = new Set([
  0,
  ROUTING,
  FRAGMENT,
  AUTHENTICATION,
  60,
  135,
  139,
  140,
]);

const header = struct("ipv6", (f) => ({
  versionClassLabel: f.u32(),
  payloadLength: f.u16(),
  nextHeader: f.u8(),
  hopLimit: f.u8(),
  src: f.part(ipv6Address),
  dst: f.part(ipv6Address),
}));

const fragmentHeader = struct("fragment", (f) => ({
  nextHeader: f.u8(),
  reserved: f.u8(),
  offsetAndMore: f.u16(),
  identification: f.u32(),
}));

/** Reads the fixed header; says why not where it isn't there, and leaves the reader where it was. */
export function readIpv6(reader: Reader): Ipv6 | Undecoded {
  const left = bytesLeft(reader);
  if (left < FIXED_BYTES) {
    return cutOff("ipv6", FIXED_BYTES, left);
  }
  const version = reader.view.getUint8(reader.offset) >> 4;
  if (version !== 6) {
    return broken("ipv6", `has version ${version}`);
  }
  const wire = header.read(reader);
  const word = wire.versionClassLabel;
  return {
    dscp: (word >>> 22) & 63,
    ecn: (word >>> 20) & 3,
    flowLabel: word & 0xfffff,
    payloadLength: wire.payloadLength,
    protocol: wire.nextHeader,
    hopLimit: wire.hopLimit,
    src: wire.src,
    dst: wire.dst,
    extensions: [],
  };
}

/** Reads the extension headers into `ipv6`, and into its `protocol` what follows them. */
export function readExtensions(reader: Reader, ipv6: Ipv6): Undecoded | undefined {
  while (extensionNumbers.has(ipv6.protocol)) {
    if (ipv6.extensions.length === MAX_EXTENSIONS) {
      return broken("ipv6.extensions", `are more than ${MAX_EXTENSIONS}`);
    }
    const left = bytesLeft(reader);
    const size = left < 8 ? 8 : extensionBytes(ipv6.protocol, reader.view.getUint8(reader.offset + 1));
    if (left < size) {
      return cutOff("ipv6.extensions", size, left);
    }
    const protocol = reader.view.getUint8(reader.offset);
    const extension = readExtension(reader, ipv6.protocol, size);
    ipv6.extensions.push(extension);
    ipv6.protocol = protocol;
    if (extension.type === "fragment" && extension.offset > 0) {
      return undefined;
    }
  }
  return undefined;
}

/** What the length byte of an extension header comes to; a fragment header has none. */
function extensionBytes(protocol: number, length: number): number {
  if (protocol === FRAGMENT) {
    return 8;
  }
  return protocol === AUTHENTICATION ? Math.max((length + 2) * 4, 8) : (length + 1) * 8;
}

function readExtension(reader: Reader, protocol: number, size: number): Ipv6Extension {
  if (protocol !== FRAGMENT) {
    return { type: "raw", protocol, data: reader.pad(2).bytes(size - 2) };
  }
  const { reserved, offsetAndMore, identification } = fragmentHeader.read(reader);
  return {
    type: "fragment",
    offset: offsetAndMore & 0xfff8,
    moreFragments: (offsetAndMore & 1) === 1,
    identification,
    reserved: (reserved << 2) | ((offsetAndMore >> 1) & 3),
  };
}

/** Writes the header and its extension headers, the length left for {@link finishIpv6}. */
export function writeIpv6(writer: Writer, ipv6: Ipv6Input, protocol: number): void {
  const { extensions = [] } = ipv6;
  const dscp = inBits(ipv6.dscp ?? 0, 6, "dscp");
  const ecn = inBits(ipv6.ecn ?? 0, 2, "ecn");
  header.write(writer, {
    versionClassLabel:
      0x60000000 + dscp * 2 ** 22 + ecn * 2 ** 20 + inBits(ipv6.flowLabel ?? 0, 20, "flowLabel"),
    payloadLength: 0,
    nextHeader: extensions[0] ? numberOf(extensions[0]) : protocol,
    hopLimit: ipv6.hopLimit ?? 64,
    src: ipv6.src,
    dst: ipv6.dst,
  });
  for (const [index, extension] of extensions.entries()) {
    const next = extensions[index + 1];
    writeExtension(writer, extension, next ? numberOf(next) : protocol, `extensions[${index}]`);
  }
}

function numberOf(extension: Ipv6Extension): number {
  return extension.type === "fragment" ? FRAGMENT : extension.protocol;
}

function writeExtension(writer: Writer, extension: Ipv6Extension, nextHeader: number, path: string): void {
  if (extension.type === "fragment") {
    const { offset, moreFragments, identification, reserved } = extension;
    if (offset % 8 !== 0) {
      throw new Fault(`must be a multiple of 8, not ${offset}`, -1, `${path}.offset`);
    }
    inBits(reserved, 10, `${path}.reserved`);
    const offsetAndMore =
      inBits(offset, 16, `${path}.offset`) | ((reserved & 3) << 1) | (moreFragments ? 1 : 0);
    fragmentHeader.write(writer, { nextHeader, reserved: reserved >> 2, offsetAndMore, identification });
    return;
  }
  const { protocol, data } = extension;
  if (!extensionNumbers.has(protocol) || protocol === FRAGMENT) {
    throw new Fault(
      `must be the number of an extension header, not ${shown(protocol)}`,
      -1,
      `${path}.protocol`,
    );
  }
  const size = data.length + 2;
  const length = protocol === AUTHENTICATION ? size / 4 - 2 : size / 8 - 1;
  if (size < 8 || !Number.isInteger(length) || length > 255) {
    throw new Fault(`of ${data.length} bytes has no length that header can say`, -1, `${path}.data`);
  }
  writer.ensure(2);
  writer.u8(nextHeader);
  writer.u8(length);
  writer.raw(data);
}

/** Sets the length of the header at `start`, whose packet ends where the writer is. */
export function finishIpv6(writer: Writer, start: number, ipv6: Ipv6Input, keep: boolean): void {
  const length = writer.offset - start - FIXED_BYTES;
  writer.patch16(start + LENGTH_AT, (keep ? ipv6.payloadLength : undefined) ?? length);
}

/**
 * The pseudo header of what the header at `start` carries (RFC 8200, 8.1); none for a fragment, and none on the way
 * through a routing header, which is about another destination than the header's.
 */
export function ipv6PseudoHeader(
  bytes: Uint8Array,
  start: number,
  extensions: readonly Ipv6Extension[],
): PseudoHeader {
  const isHidden = extensions.some((one) =>
    one.type === "fragment"
      ? one.moreFragments || one.offset > 0
      : one.protocol === ROUTING && one.data[1] !== 0,
  );
  return isHidden
    ? undefined
    : (protocol, length) =>
        sumWords(bytes, start + ADDRESSES_AT, start + FIXED_BYTES) +
        protocol +
        (length >>> 16) +
        (length & 0xffff);
}

/** Whether it is a fragment that begins inside the payload. */
export function isLaterFragment({ extensions = [] }: Partial<Ipv6>): boolean {
  return extensions.some((extension) => extension.type === "fragment" && extension.offset > 0);
}
