// How Open vSwitch hands packets to a controller beside PACKET_IN: in two forms of its own, the second of which can pause
// a packet until the controller resumes it. A controller says which form it wants.

import { names } from "../wire/codec.ts";
import type { Struct } from "../wire/struct.ts";
import { type Header, message, version, xid } from "./header.ts";
import type { Match } from "./match.ts";
import { nxMatch } from "./nx-match.ts";
import { type PacketProperty, packetProperty } from "./nx-packet-property.ts";
import type { PacketInReason } from "./packet.ts";

/** The forms that packets can come in: PACKET_IN, or one of Nicira's. */
export type PacketInFormat = "standard" | "nxPacketIn" | "packetIn2";

/** The form in which this connection wants its packets (NXT_SET_PACKET_IN_FORMAT). */
export interface SetPacketInFormatMessage extends Header<"setPacketInFormat"> {
  /** A number is a form the library has no name for. */
  format: PacketInFormat | number;
}

/** A packet in Nicira's first form (NXT_PACKET_IN). */
export interface NxPacketIn {
  /** Where the switch keeps the packet; `NO_BUFFER` if `data` is all of it. */
  bufferId: number;
  /** The packet's full length; `data` may be shorter. */
  totalLen: number;
  reason: PacketInReason | number;
  tableId: number;
  /** The cookie of the flow that sent it. */
  cookie: bigint;
  /** The packet's pipeline fields. */
  match: Match;
  data: Uint8Array;
}

export interface NxPacketInMessage extends Header<"nxPacketIn">, NxPacketIn {}

/** A packet in Nicira's second form (NXT_PACKET_IN2), as the properties that it has. */
export interface PacketIn2Message extends Header<"packetIn2"> {
  properties: PacketProperty[];
}

/** Lets a paused packet go on (NXT_RESUME): the properties it came with, of which packet and metadata may be others. */
export interface ResumeMessage extends Header<"resume"> {
  properties: PacketProperty[];
}

/** The bytes of an experimenter message's two ids, which are set from the table of messages. */
const IDS = 8;

const formats = names<PacketInFormat>({ standard: 0, nxPacketIn: 1, packetIn2: 2 });
const reasons = names<PacketInReason>({ noMatch: 0, action: 1, invalidTtl: 2 });

export const setPacketInFormat: Struct<SetPacketInFormatMessage> = message(
  "setPacketInFormat",
  (f): SetPacketInFormatMessage => ({
    version: version(f),
    type: "setPacketInFormat",
    xid: xid(f),
    format: f.pad(IDS).named32(formats),
  }),
);

export const nxPacketIn: Struct<NxPacketInMessage> = message(
  "nxPacketIn",
  (f): NxPacketInMessage => ({
    version: version(f),
    type: "nxPacketIn",
    xid: xid(f),
    bufferId: f.pad(IDS).u32(),
    totalLen: f.u16(),
    reason: f.named8(reasons),
    tableId: f.u8(),
    cookie: f.u64(),
    match: f.part(nxMatch),
    data: f.pad(2).rest(),
  }),
);

function withProperties<T extends "packetIn2" | "resume">(
  type: T,
): Struct<Header<T> & { properties: PacketProperty[] }> {
  return message(type, (f): Header<T> & { properties: PacketProperty[] } => ({
    version: version(f),
    type,
    xid: xid(f),
    properties: f.pad(IDS).list(packetProperty),
  }));
}

export const packetIn2: Struct<PacketIn2Message> = withProperties("packetIn2");
export const resume: Struct<ResumeMessage> = withProperties("resume");
