// What a switch tells of other controllers' doings, in the ONF's experimenter form for OpenFlow 1.3: that this one's role
// has changed (EXT-191), and which groups and meters others have changed (EXT-235).

import type { Message } from "../message.ts";
import { type Codec, names } from "../wire/codec.ts";
import type { Struct } from "../wire/struct.ts";
import { type Header, message, version, xid } from "./header.ts";

/** Why the role changed: another controller became master, the switch was set up otherwise, or something else. */
export type RoleStatusReason = "masterRequest" | "config" | "experimenter";

export interface RoleStatus {
  /** The role the controller now has, as `ROLE_REPLY` says it; a number is one the library has no name for. */
  role: "equal" | "master" | "slave" | number;
  /** A number is a reason the library has no name for. */
  reason: RoleStatusReason | number;
  generationId: bigint;
  /** Properties, as they came. */
  properties: Uint8Array;
}

export interface RoleStatusMessage extends Header<"roleStatus">, RoleStatus {}

/** Another controller's GROUP_MOD or METER_MOD, which the switch has carried out. */
export interface RequestForwardMessage extends Header<"requestForward"> {
  message: Message;
}

/** The bytes of an experimenter message's two ids, which are set from the table of messages. */
const IDS = 8;

const roles = names<"equal" | "master" | "slave">({ equal: 1, master: 2, slave: 3 });
const reasons = names<RoleStatusReason>({ masterRequest: 0, config: 1, experimenter: 2 });

export const roleStatus: Struct<RoleStatusMessage> = message(
  "roleStatus",
  (f): RoleStatusMessage => ({
    version: version(f),
    type: "roleStatus",
    xid: xid(f),
    role: f.pad(IDS).named32(roles),
    reason: f.named8(reasons),
    generationId: f.pad(3).u64(),
    properties: f.rest(),
  }),
);

/** A request forward, with what reads and writes the message in it. */
export function requestForward(inner: Codec<Message>): Struct<RequestForwardMessage> {
  return message(
    "requestForward",
    (f): RequestForwardMessage => ({
      version: version(f),
      type: "requestForward",
      xid: xid(f),
      message: f.pad(IDS).part(inner),
    }),
  );
}
