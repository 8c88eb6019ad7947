// ICMPv6 (RFC 4443, 2.1) with echo (4.1, 4.2) and the messages of neighbour discovery (RFC 4861, 4.1 to 4.5).

import { Fault, shown } from "../wire/fault.ts";
import type { Reader } from "../wire/reader.ts";
import { type Struct, struct } from "../wire/struct.ts";
import type { Writer } from "../wire/writer.ts";
import { ipv6Address } from "./address.ts";
import type { ChecksumState } from "./checksum.ts";
import { ICMP_CHECKSUM_AT } from "./icmp.ts";
import { bytesLeft, cutOff, type Undecoded } from "./layer.ts";
import { type NeighbourOption, readOptions, writeOptions } from "./neighbour-options.ts";

/** Types of ICMPv6 messages that programs meet most (RFC 4443; RFC 4861). */
export const Icmpv6Type = {
  unreachable: 1,
  packetTooBig: 2,
  timeExceeded: 3,
  echoRequest: 128,
  echoReply: 129,
  routerSolicitation: 133,
  routerAdvertisement: 134,
  neighbourSolicitation: 135,
  neighbourAdvertisement: 136,
  redirect: 137,
} as const;

/** Bits of a neighbour advertisement's `flags` (RFC 4861, 4.4). */
export const NeighbourFlag = { router: 0x80000000, solicited: 0x40000000, override: 0x20000000 } as const;

export interface Icmpv6Echo {
  kind: "echo";
  identifier: number;
  sequence: number;
}

export interface RouterSolicitation {
  kind: "routerSolicitation";
  reserved: number;
  options: NeighbourOption[];
}

export interface RouterAdvertisement {
  kind: "routerAdvertisement";
  hopLimit: number;
  /** 0x80 addresses by DHCPv6, 0x40 other configuration by it. */
  flags: number;
  /** Seconds; 0 is no default router. */
  routerLifetime: number;
  /** Milliseconds; 0 says nothing. */
  reachableTime: number;
  /** Milliseconds; 0 says nothing. */
  retransTimer: number;
  options: NeighbourOption[];
}

export interface NeighbourSolicitation {
  kind: "neighbourSolicitation";
  reserved: number;
  target: string;
  options: NeighbourOption[];
}

export interface NeighbourAdvertisement {
  kind: "neighbourAdvertisement";
  /** Bits of `NeighbourFlag`. */
  flags: number;
  target: string;
  options: NeighbourOption[];
}

export interface Redirect {
  kind: "redirect";
  reserved: number;
  target: string;
  destination: string;
  options: NeighbourOption[];
}

/** Any other message: the four bytes after the checksum, which are an MTU, a pointer or nothing. */
export interface Icmpv6Other {
  kind: "other";
  word: number;
}

/** What comes after an ICMPv6 message's checksum; what follows it in turn is the packet's payload. */
export type Icmpv6Body =
  | Icmpv6Echo
  | RouterSolicitation
  | RouterAdvertisement
  | NeighbourSolicitation
  | NeighbourAdvertisement
  | Redirect
  | Icmpv6Other;

/** An ICMPv6 message (RFC 4443, 2.1). */
export interface Icmpv6 {
  type: number;
  code: number;
  /** As it came. Computed when encoding, but for fragments. */
  checksum: number;
  checksumState: ChecksumState;
  body: Icmpv6Body;
}

/** What encoding asks for: the type and the body that goes with it. */
export type Icmpv6Input = Partial<Icmpv6> & Pick<Icmpv6, "type" | "body">;

const header = struct("icmpv6", (f) => ({ type: f.u8(), code: f.u8(0), checksum: f.u16(0) }));

type BodyStruct = Struct<Record<string, unknown> & { kind: Icmpv6Body["kind"] }>;

const echo = struct("echo", (f) => ({ kind: "echo" as const, identifier: f.u16(0), sequence: f.u16(0) }));
const other = struct("other", (f) => ({ kind: "other" as const, word: f.u32(0) }));

/** Bodies by type, without their options. */
const bodies: ReadonlyMap<number, BodyStruct> = new Map<number, BodyStruct>([
  [Icmpv6Type.echoRequest, echo],
  [Icmpv6Type.echoReply, echo],
  [
    Icmpv6Type.routerSolicitation,
    struct("routerSolicitation", (f) => ({ kind: "routerSolicitation" as const, reserved: f.u32(0) })),
  ],
  [
    Icmpv6Type.routerAdvertisement,
    struct("routerAdvertisement", (f) => ({
      kind: "routerAdvertisement" as const,
      hopLimit: f.u8(0),
      flags: f.u8(0),
      routerLifetime: f.u16(),
      reachableTime: f.u32(0),
      retransTimer: f.u32(0),
    })),
  ],
  [
    Icmpv6Type.neighbourSolicitation,
    struct("neighbourSolicitation", (f) => ({
      kind: "neighbourSolicitation" as const,
      reserved: f.u32(0),
      target: f.part(ipv6Address),
    })),
  ],
  [
    Icmpv6Type.neighbourAdvertisement,
    struct("neighbourAdvertisement", (f) => ({
      kind: "neighbourAdvertisement" as const,
      flags: f.u32(0),
      target: f.part(ipv6Address),
    })),
  ],
  [
    Icmpv6Type.redirect,
    struct("redirect", (f) => ({
      kind: "redirect" as const,
      reserved: f.u32(0),
      target: f.part(ipv6Address),
      destination: f.part(ipv6Address),
    })),
  ],
]);

function hasOptions(kind: string): boolean {
  return kind !== "echo" && kind !== "other";
}

/** Reads a message; says why not where it isn't there, and leaves the reader where it was. */
export function readIcmpv6(
  reader: Reader,
  judge: (checksum: number) => ChecksumState,
): { readonly icmpv6: Icmpv6; readonly stop: Undecoded | undefined } | Undecoded {
  const left = bytesLeft(reader);
  const struct: BodyStruct = left < 1 ? other : (bodies.get(reader.view.getUint8(reader.offset)) ?? other);
  const size = header.minBytes + struct.minBytes;
  if (left < size) {
    return cutOff("icmpv6", size, left);
  }
  const checksumState = judge(reader.view.getUint16(reader.offset + ICMP_CHECKSUM_AT));
  const { type, code, checksum } = header.read(reader);
  const fields = struct.read(reader);
  const options: NeighbourOption[] = [];
  const stop = hasOptions(fields.kind) ? readOptions(reader, options) : undefined;
  const body = (hasOptions(fields.kind) ? { ...fields, options } : fields) as unknown as Icmpv6Body;
  return { icmpv6: { type, code, checksum, checksumState, body }, stop };
}

/** Writes a message with the checksum it was given. */
export function writeIcmpv6(writer: Writer, icmpv6: Icmpv6Input): void {
  const { type, code = 0, checksum = 0, body } = icmpv6;
  const struct: BodyStruct = bodies.get(type) ?? other;
  const kind = struct.constants.get("kind");
  if (body?.kind !== kind) {
    throw new Fault(`must be ${shown(kind)} for type ${type}, not ${shown(body?.kind)}`, -1, "body.kind");
  }
  header.write(writer, { type, code, checksum });
  struct.write(writer, { ...body });
  if ("options" in body) {
    writeOptions(writer, body.options);
  }
}
