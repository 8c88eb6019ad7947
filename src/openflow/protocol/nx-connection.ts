// What a controller tells Open vSwitch about its own connection, in Nicira's messages: its role, its id, and which
// asynchronous messages it wants (NXT_ROLE_*, NXT_SET_CONTROLLER_ID, NXT_SET_ASYNC_CONFIG and its second form).

import { type Codec, names } from "../wire/codec.ts";
import { family } from "../wire/family.ts";
import { type Struct, struct } from "../wire/struct.ts";
import type { AsyncConfig } from "./controller-role.ts";
import { type Header, message, version, xid } from "./header.ts";

/** What a controller is to the switch. */
export type NxRole = "equal" | "master" | "slave";

/** Asks for a role, without a generation id. */
export interface NxRoleRequestMessage extends Header<"nxRoleRequest"> {
  /** A number is a role the library has no name for. */
  role: NxRole | number;
}

/** The role the controller now has. */
export interface NxRoleReplyMessage extends Header<"nxRoleReply"> {
  role: NxRole | number;
}

/** Gives the connection the id by which `controller(id=…)` finds it. */
export interface SetControllerIdMessage extends Header<"setControllerId"> {
  /** 0 to 65535; 0 is what every connection has at first. */
  controllerId: number;
}

export interface NxSetAsyncConfigMessage extends Header<"nxSetAsyncConfig">, AsyncConfig {}

/** The kinds of asynchronous messages, each for a controller that is master (or equal) and for one that is slave. */
export type AsyncKind =
  | "packetInSlave"
  | "packetInMaster"
  | "portStatusSlave"
  | "portStatusMaster"
  | "flowRemovedSlave"
  | "flowRemovedMaster"
  | "roleStatusSlave"
  | "roleStatusMaster"
  | "tableStatusSlave"
  | "tableStatusMaster"
  | "requestForwardSlave"
  | "requestForwardMaster";

/** Which messages of one kind are wanted. */
export interface AsyncMask {
  type: AsyncKind;
  /** One bit per reason, as OpenFlow 1.4 numbers them. */
  mask: number;
}

/** A property that the library doesn't know: kept as it came. */
export interface RawAsyncProperty {
  type: "raw";
  number: number;
  /** What follows type and length, without padding. */
  data: Uint8Array;
}

export type AsyncProperty = AsyncMask | RawAsyncProperty;

/** Says which messages this connection wants, kind by kind; a kind that isn't named stays as it was. */
export interface NxSetAsyncConfig2Message extends Header<"nxSetAsyncConfig2"> {
  properties: AsyncProperty[];
}

/** The bytes of an experimenter message's two ids, which are set from the table of messages. */
const IDS = 8;

const roles = names<NxRole>({ equal: 0, master: 1, slave: 2 });

function roleMessage<T extends "nxRoleRequest" | "nxRoleReply">(
  type: T,
): Struct<Header<T> & { role: NxRole | number }> {
  return message(type, (f): Header<T> & { role: NxRole | number } => ({
    version: version(f),
    type,
    xid: xid(f),
    role: f.pad(IDS).named32(roles),
  }));
}

export const nxRoleRequest: Struct<NxRoleRequestMessage> = roleMessage("nxRoleRequest");
export const nxRoleReply: Struct<NxRoleReplyMessage> = roleMessage("nxRoleReply");

export const setControllerId: Struct<SetControllerIdMessage> = message(
  "setControllerId",
  (f): SetControllerIdMessage => ({
    version: version(f),
    type: "setControllerId",
    xid: xid(f),
    controllerId: f.pad(IDS + 6).u16(),
  }),
);

export const nxSetAsyncConfig: Struct<NxSetAsyncConfigMessage> = message(
  "nxSetAsyncConfig",
  (f): NxSetAsyncConfigMessage => ({
    version: version(f),
    type: "nxSetAsyncConfig",
    xid: xid(f),
    packetInMaster: f.pad(IDS).u32(),
    packetInSlave: f.u32(),
    portStatusMaster: f.u32(),
    portStatusSlave: f.u32(),
    flowRemovedMaster: f.u32(),
    flowRemovedSlave: f.u32(),
  }),
);

function mask(type: AsyncKind): Struct<AsyncMask> {
  return struct(type, (f): AsyncMask => ({ type, mask: f.u32() }));
}

const asyncProperty: Codec<AsyncProperty> = family<AsyncProperty>("async property", {
  lengthLeavesPadOut: true,
  members: {
    0: mask("packetInSlave"),
    1: mask("packetInMaster"),
    2: mask("portStatusSlave"),
    3: mask("portStatusMaster"),
    4: mask("flowRemovedSlave"),
    5: mask("flowRemovedMaster"),
    6: mask("roleStatusSlave"),
    7: mask("roleStatusMaster"),
    8: mask("tableStatusSlave"),
    9: mask("tableStatusMaster"),
    10: mask("requestForwardSlave"),
    11: mask("requestForwardMaster"),
  },
});

export const nxSetAsyncConfig2: Struct<NxSetAsyncConfig2Message> = message(
  "nxSetAsyncConfig2",
  (f): NxSetAsyncConfig2Message => ({
    version: version(f),
    type: "nxSetAsyncConfig2",
    xid: xid(f),
    properties: f.pad(IDS).list(asyncProperty),
  }),
);
