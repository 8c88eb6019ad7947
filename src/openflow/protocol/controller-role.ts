// Several controllers on one switch (OpenFlow 1.3.5, 6.3, 7.3.9 and 7.3.10): the role of each, and which asynchronous
// messages it gets in that role.

import { names } from "../wire/codec.ts";
import type { Struct } from "../wire/struct.ts";
import { type Header, message, version, xid } from "./header.ts";

/** What a controller is to the switch: `noChange` asks which it is; there is at most one `master`, and a `slave` only reads. */
export type ControllerRole = "noChange" | "equal" | "master" | "slave";

export interface Role {
  /** A number is a role the library has no name for. */
  role: ControllerRole | number;
  /** Tells a new master from one of yesterday; counts for `master` and `slave` alone. */
  generationId: bigint;
}

export interface RoleRequestMessage extends Header<"roleRequest">, Role {}
/** The role the controller now has. */
export interface RoleReplyMessage extends Header<"roleReply">, Role {}

/** Bits of the masks for PACKET_IN: reasons why a packet comes. */
export const PacketInMask = { noMatch: 0x1, action: 0x2, invalidTtl: 0x4 } as const;

/** Bits of the masks for PORT_STATUS. */
export const PortStatusMask = { add: 0x1, delete: 0x2, modify: 0x4 } as const;

/** Bits of the masks for FLOW_REMOVED. */
export const FlowRemovedMask = { idleTimeout: 0x1, hardTimeout: 0x2, delete: 0x4, groupDelete: 0x8 } as const;

/** Which asynchronous messages a controller gets: first as master or equal, then as slave. */
export interface AsyncConfig {
  /** Bits of `PacketInMask`. */
  packetInMaster: number;
  packetInSlave: number;
  /** Bits of `PortStatusMask`. */
  portStatusMaster: number;
  portStatusSlave: number;
  /** Bits of `FlowRemovedMask`. */
  flowRemovedMaster: number;
  flowRemovedSlave: number;
}

export interface GetAsyncRequestMessage extends Header<"getAsyncRequest"> {}
export interface GetAsyncReplyMessage extends Header<"getAsyncReply">, AsyncConfig {}
export interface SetAsyncMessage extends Header<"setAsync">, AsyncConfig {}

const roles = names<ControllerRole>({ noChange: 0, equal: 1, master: 2, slave: 3 });

function roleMessage<T extends "roleRequest" | "roleReply">(type: T): Struct<Header<T> & Role> {
  return message(type, (f): Header<T> & Role => ({
    version: version(f),
    type,
    xid: xid(f),
    role: f.named32(roles),
    generationId: f.pad(4).u64(),
  }));
}

function asyncMessage<T extends "getAsyncReply" | "setAsync">(type: T): Struct<Header<T> & AsyncConfig> {
  return message(type, (f): Header<T> & AsyncConfig => ({
    version: version(f),
    type,
    xid: xid(f),
    packetInMaster: f.u32(),
    packetInSlave: f.u32(),
    portStatusMaster: f.u32(),
    portStatusSlave: f.u32(),
    flowRemovedMaster: f.u32(),
    flowRemovedSlave: f.u32(),
  }));
}

export const roleRequest: Struct<RoleRequestMessage> = roleMessage("roleRequest");
export const roleReply: Struct<RoleReplyMessage> = roleMessage("roleReply");

export const getAsyncRequest: Struct<GetAsyncRequestMessage> = message(
  "getAsyncRequest",
  (f): GetAsyncRequestMessage => ({ version: version(f), type: "getAsyncRequest", xid: xid(f) }),
);
export const getAsyncReply: Struct<GetAsyncReplyMessage> = asyncMessage("getAsyncReply");
export const setAsync: Struct<SetAsyncMessage> = asyncMessage("setAsync");
