// The properties of Open vSwitch's second form of PACKET_IN (NXT_PACKET_IN2) and of its answer (NXT_RESUME). Each is on
// the wire as this, its length without the padding that follows to a multiple of 8:
//
//  0               2               4
//  +---------------+---------------+------------------------
//  |     type      |    length     |  value …
//  +---------------+---------------+------------------------

import { type Codec, names } from "../wire/codec.ts";
import { family } from "../wire/family.ts";
import { struct } from "../wire/struct.ts";
import { type Action, action } from "./actions.ts";
import type { Match, Oxm } from "./match.ts";
import { oxm } from "./oxm.ts";
import type { PacketInReason } from "./packet.ts";

/** A property that the library doesn't know: kept as it came. */
export interface RawPacketProperty {
  type: "raw";
  number: number;
  /** What follows type and length, without padding. */
  data: Uint8Array;
}

/**
 * Where a paused packet was when the switch handed it over. It is the switch's own: it differs between versions of Open
 * vSwitch, and a controller gives it back as it came. Tables, cookies and actions repeat: a `tableId` and a `cookie`
 * hold for the `actions` that follow them.
 */
export type ContinuationProperty =
  /** The UUID of the bridge: 16 bytes, as the switch keeps them in its memory. */
  | { type: "bridge"; uuid: Uint8Array }
  /** One item of the stack that `push` and `pop` use; the top one comes first. */
  | { type: "stack"; data: Uint8Array }
  /** The mirrors that have the packet already, one bit each. */
  | { type: "mirrors"; mirrors: number }
  /** The packet has been through connection tracking. */
  | { type: "conntracked" }
  | { type: "tableId"; tableId: number }
  | { type: "cookie"; cookie: bigint }
  /** What is left to do. */
  | { type: "actions"; actions: Action[] }
  | { type: "actionSet"; actions: Action[] }
  /** The datapath's number of the port the packet came in by. */
  | { type: "odpPort"; odpPort: number }
  | RawPacketProperty;

/** One property of a packet; in a message each stands at most once. */
export type PacketProperty =
  | { type: "packet"; data: Uint8Array }
  /** The packet's full length, where `packet` is cut short. */
  | { type: "fullLen"; fullLen: number }
  /** Where the switch keeps the packet. */
  | { type: "bufferId"; bufferId: number }
  | { type: "tableId"; tableId: number }
  /** The cookie of the flow that sent it. */
  | { type: "cookie"; cookie: bigint }
  /** A number is a reason the library has no name for. */
  | { type: "reason"; reason: PacketInReason | number }
  /** The packet's pipeline fields: ingress port, registers, tunnel, connection tracking. */
  | { type: "metadata"; match: Match }
  /** The `userdata` of the action that sent it. */
  | { type: "userdata"; data: Uint8Array }
  /** The packet is paused, and goes on from here when it is resumed. */
  | { type: "continuation"; properties: ContinuationProperty[] }
  | RawPacketProperty;

type Continuation<T extends ContinuationProperty["type"]> = Extract<ContinuationProperty, { type: T }>;
type Property<T extends PacketProperty["type"]> = Extract<PacketProperty, { type: T }>;

const reasons = names<PacketInReason>({ noMatch: 0, action: 1, invalidTtl: 2 });

const tableId = struct("tableId", (f): Property<"tableId"> => ({ type: "tableId", tableId: f.u8() }));
const cookie = struct("cookie", (f): Property<"cookie"> => ({ type: "cookie", cookie: f.pad(4).u64() }));

const continuationProperty: Codec<ContinuationProperty> = family<ContinuationProperty>(
  "continuation property",
  {
    lengthLeavesPadOut: true,
    members: {
      0x8000: struct("bridge", (f): Continuation<"bridge"> => ({ type: "bridge", uuid: f.bytes(16) })),
      0x8001: struct("stack", (f): Continuation<"stack"> => ({ type: "stack", data: f.rest() })),
      0x8002: struct("mirrors", (f): Continuation<"mirrors"> => ({ type: "mirrors", mirrors: f.u32() })),
      0x8003: struct("conntracked", (): Continuation<"conntracked"> => ({ type: "conntracked" })),
      0x8004: tableId,
      0x8005: cookie,
      0x8006: struct(
        "actions",
        (f): Continuation<"actions"> => ({ type: "actions", actions: f.pad(4).list(action) }),
      ),
      0x8007: struct(
        "actionSet",
        (f): Continuation<"actionSet"> => ({ type: "actionSet", actions: f.pad(4).list(action) }),
      ),
      0x8008: struct("odpPort", (f): Continuation<"odpPort"> => ({ type: "odpPort", odpPort: f.u32() })),
    },
  },
);

/** What the wire says of `metadata`: match fields one after the other, without the header of a match. */
interface MetadataWire {
  type: "metadata";
  match: Oxm[];
}

/** One property, with its type, length and padding. */
export const packetProperty: Codec<PacketProperty> = family<PacketProperty>("packet property", {
  lengthLeavesPadOut: true,
  members: {
    0: struct("packet", (f): Property<"packet"> => ({ type: "packet", data: f.rest() })),
    1: struct("fullLen", (f): Property<"fullLen"> => ({ type: "fullLen", fullLen: f.u32() })),
    2: struct("bufferId", (f): Property<"bufferId"> => ({ type: "bufferId", bufferId: f.u32() })),
    3: tableId,
    4: cookie,
    5: struct("reason", (f): Property<"reason"> => ({ type: "reason", reason: f.named8(reasons) })),
    6: struct("metadata", (f): MetadataWire => ({ type: "metadata", match: f.list(oxm) })),
    7: struct("userdata", (f): Property<"userdata"> => ({ type: "userdata", data: f.rest() })),
    8: struct(
      "continuation",
      (f): Property<"continuation"> => ({
        type: "continuation",
        properties: f.pad(4).list(continuationProperty),
      }),
    ),
  },
});
