// PACKET_IN and PACKET_OUT (OpenFlow 1.3.5, 7.4.1 and 7.3.7): packets between switch and controller.

import { names } from "../wire/codec.ts";
import type { Struct } from "../wire/struct.ts";
import { type Action, action } from "./actions.ts";
import { type Header, message, OPENFLOW_1_3, version, xid } from "./header.ts";
import { type Match, match } from "./match.ts";

export type PacketInReason = "noMatch" | "action" | "invalidTtl";

/** A packet the switch hands to the controller. */
export interface PacketIn {
  /** Where the switch keeps the packet; `NO_BUFFER` if `data` is all of it. */
  bufferId: number;
  /** The packet's full length; `data` may be shorter. */
  totalLen: number;
  /** Why it came; a number is a reason the library has no name for. */
  reason: PacketInReason | number;
  tableId: number;
  /** The cookie of the flow that sent it. */
  cookie: bigint;
  /** The packet's pipeline fields: `inPort` at least. */
  match: Match;
  data: Uint8Array;
}

export interface PacketInMessage extends Header<"packetIn">, PacketIn {}

/** A packet the controller has the switch send. */
export interface PacketOut {
  /** A packet the switch keeps, or `NO_BUFFER` and the packet in `data`. */
  bufferId: number;
  /** The port it is taken to have come in by; `Port.controller` if by none. */
  inPort: number;
  actions: Action[];
  data: Uint8Array;
}

export interface PacketOutMessage extends Header<"packetOut">, PacketOut {}

const packetInReasons = names<PacketInReason>({ noMatch: 0, action: 1, invalidTtl: 2 });

export const packetIn: Struct<PacketInMessage> = message(
  "packetIn",
  (f): PacketInMessage => ({
    version: version(f),
    type: "packetIn",
    xid: xid(f),
    bufferId: f.u32(),
    totalLen: f.u16(),
    reason: f.named8(packetInReasons),
    tableId: f.u8(),
    cookie: f.u64(),
    match: f.part(match),
    data: f.pad(2).rest(),
  }),
  { engine: "declaration" },
);

export const packetOut: Struct<PacketOutMessage> = message(
  "packetOut",
  (f): PacketOutMessage => ({
    version: version(f),
    type: "packetOut",
    xid: xid(f),
    bufferId: f.u32(),
    inPort: f.u32(),
    actions: f.length16().pad(6).listWithin(action),
    data: f.rest(),
  }),
  {
    engine: "declaration",
    write: (w, v) =>
      w
        .u8(v.version ?? OPENFLOW_1_3)
        .pad(3)
        .u32(v.xid ?? 0)
        .u32(v.bufferId)
        .u32(v.inPort)
        .length16()
        .pad(6)
        .listWithin(action, v.actions)
        .rest(v.data),
  },
);
