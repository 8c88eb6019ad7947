// Forgetting connections that the switch tracks: all, those of a zone, or those that a tuple names (NXT_CT_FLUSH_ZONE,
// NXT_CT_FLUSH).

import { formatIpv4, formatIpv6, parseIpv4, writeIpv6 } from "../wire/addresses.ts";
import type { Codec } from "../wire/codec.ts";
import { convert } from "../wire/convert.ts";
import { family } from "../wire/family.ts";
import { Fault, shown } from "../wire/fault.ts";
import { type Struct, struct } from "../wire/struct.ts";
import { type Header, message, version, xid } from "./header.ts";

/** Forgets every connection of a zone. */
export interface CtFlushZoneMessage extends Header<"ctFlushZone"> {
  zoneId: number;
}

/** A property that the library doesn't know: kept as it came. */
export interface RawCtProperty {
  type: "raw";
  number: number;
  /** What follows type and length, without padding. */
  data: Uint8Array;
}

/** What a connection's packets say in one direction. */
export type CtTupleProperty =
  /** IPv4 or IPv6, as text. */
  | { type: "src"; address: string }
  | { type: "dst"; address: string }
  | { type: "srcPort"; port: number }
  | { type: "dstPort"; port: number }
  | { type: "icmpId"; icmpId: number }
  | { type: "icmpType"; icmpType: number }
  | { type: "icmpCode"; icmpCode: number }
  | RawCtProperty;

/** What narrows the connections down that are forgotten. */
export type CtFlushProperty =
  /** The direction in which the connection was opened. */
  | { type: "origTuple"; properties: CtTupleProperty[] }
  | { type: "replyTuple"; properties: CtTupleProperty[] }
  | { type: "zone"; zoneId: number }
  | RawCtProperty;

/** Forgets the connections that all properties agree with; without any, all there are. */
export interface CtFlushMessage extends Header<"ctFlush"> {
  /** The IP protocol of the tuples; 0 where there are none. */
  ipProto: number;
  properties: CtFlushProperty[];
}

/** The bytes of an experimenter message's two ids, which are set from the table of messages. */
const IDS = 8;
/** The words that stand before an IPv4 address that is written as an IPv6 one. */
const MAPPED = [0, 0, 0xffff] as const;

type Tuple<T extends CtTupleProperty["type"]> = Extract<CtTupleProperty, { type: T }>;
type Flush<T extends CtFlushProperty["type"]> = Extract<CtFlushProperty, { type: T }>;

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function addressText(bytes: Uint8Array): string {
  const view = viewOf(bytes);
  const mapped = MAPPED.every((word, at) => view.getUint32(4 * at) === word);
  return mapped ? formatIpv4(view.getUint32(12)) : formatIpv6(view, 0);
}

function addressBytes(address: string): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = viewOf(bytes);
  if (typeof address === "string" && writeAddress(address, view)) {
    return bytes;
  }
  throw new Fault(`must be an IPv4 or IPv6 address, not ${shown(address)}`, -1, "address");
}

function writeAddress(address: string, view: DataView): boolean {
  if (address.includes(":")) {
    return writeIpv6(address, view, 0);
  }
  const ipv4 = parseIpv4(address);
  for (const [at, word] of MAPPED.entries()) {
    view.setUint32(4 * at, word);
  }
  view.setUint32(12, ipv4);
  return ipv4 >= 0;
}

interface AddressWire<T> {
  type: T;
  address: Uint8Array;
}

function address<T extends "src" | "dst">(type: T): Struct<{ type: T; address: string }> {
  return convert<AddressWire<T>, { type: T; address: string }>(
    struct(type, (f): AddressWire<T> => ({ type, address: f.bytes(16) })),
    {
      toValue: (wire) => ({ type, address: addressText(wire.address) }),
      toWire: (value) => ({ type, address: addressBytes(value.address) }),
    },
  );
}

function port<T extends "srcPort" | "dstPort">(type: T): Struct<{ type: T; port: number }> {
  return struct(type, (f): { type: T; port: number } => ({ type, port: f.u16() }), { pad: 2 });
}

const tupleProperty: Codec<CtTupleProperty> = family<CtTupleProperty>("tuple property", {
  lengthLeavesPadOut: true,
  members: {
    0: address("src"),
    1: address("dst"),
    2: port("srcPort"),
    3: port("dstPort"),
    4: struct("icmpId", (f): Tuple<"icmpId"> => ({ type: "icmpId", icmpId: f.u16() }), { pad: 2 }),
    5: struct("icmpType", (f): Tuple<"icmpType"> => ({ type: "icmpType", icmpType: f.u8() })),
    6: struct("icmpCode", (f): Tuple<"icmpCode"> => ({ type: "icmpCode", icmpCode: f.u8() })),
  },
});

const flushProperty: Codec<CtFlushProperty> = family<CtFlushProperty>("flush property", {
  lengthLeavesPadOut: true,
  members: {
    0: struct(
      "origTuple",
      (f): Flush<"origTuple"> => ({ type: "origTuple", properties: f.pad(4).list(tupleProperty) }),
    ),
    1: struct(
      "replyTuple",
      (f): Flush<"replyTuple"> => ({ type: "replyTuple", properties: f.pad(4).list(tupleProperty) }),
    ),
    2: struct("zone", (f): Flush<"zone"> => ({ type: "zone", zoneId: f.u16() }), { pad: 2 }),
  },
});

export const ctFlushZone: Struct<CtFlushZoneMessage> = message(
  "ctFlushZone",
  (f): CtFlushZoneMessage => ({
    version: version(f),
    type: "ctFlushZone",
    xid: xid(f),
    zoneId: f.pad(IDS + 6).u16(),
  }),
);

export const ctFlush: Struct<CtFlushMessage> = message(
  "ctFlush",
  (f): CtFlushMessage => ({
    version: version(f),
    type: "ctFlush",
    xid: xid(f),
    ipProto: f.pad(IDS).u8(),
    properties: f.pad(7).list(flushProperty),
  }),
);
