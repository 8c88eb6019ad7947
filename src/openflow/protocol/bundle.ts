// Bundles in their ONF experimenter form for OpenFlow 1.3 (EXT-230): several changes that take effect as one.

import type { Message } from "../message.ts";
import { type Codec, names } from "../wire/codec.ts";
import type { Struct } from "../wire/struct.ts";
import type { FlowMod } from "./flow-mod.ts";
import type { GroupMod } from "./groups.ts";
import { type Header, message, OPENFLOW_1_3, version, xid } from "./header.ts";
import type { PortMod } from "./modification.ts";
import type { PacketOut } from "./packet.ts";

export type BundleControlType =
  | "openRequest"
  | "openReply"
  | "closeRequest"
  | "closeReply"
  | "commitRequest"
  | "commitReply"
  | "discardRequest"
  | "discardReply";

/** Bits of a bundle's flags: all or nothing, and in the order of adding. */
export const BundleFlag = { atomic: 1, ordered: 2 } as const;

export interface BundleControl {
  /** Chosen by the controller; a bundle belongs to its connection. */
  bundleId: number;
  /** What is asked or answered; a number is one the library has no name for. */
  control: BundleControlType | number;
  /** Bits of `BundleFlag`, the same in every message of the bundle. */
  flags: number;
  /** Properties, as they came. */
  properties: Uint8Array;
}

export interface BundleControlMessage extends Header<"bundleControl">, BundleControl {}

export interface BundleAdd {
  bundleId: number;
  /** Bits of `BundleFlag`, the same in every message of the bundle. */
  flags: number;
  /** The change; its xid has to be the bundle add's own. */
  message: Message;
  /** Padding and properties after the message, as they came. */
  properties: Uint8Array;
}

export interface BundleAddMessage extends Header<"bundleAdd">, BundleAdd {}

/**
 * What Open vSwitch 3.1 takes in a bundle: FLOW_MOD, GROUP_MOD, PACKET_OUT, which it sends when the bundle is committed, and,
 * unless the bundle is atomic, PORT_MOD (else `OFPBFC_MSG_FAILED`). All others, METER_MOD among them, are `OFPBFC_MSG_UNSUP`.
 */
export type BundleMessage =
  | ({ readonly type: "flowMod" } & FlowMod)
  | ({ readonly type: "groupMod" } & GroupMod)
  | ({ readonly type: "portMod" } & PortMod)
  | ({ readonly type: "packetOut" } & PacketOut);

const controls = names<BundleControlType>({
  openRequest: 0,
  openReply: 1,
  closeRequest: 2,
  closeReply: 3,
  commitRequest: 4,
  commitReply: 5,
  discardRequest: 6,
  discardReply: 7,
});

/** The bytes of an experimenter message's two ids, which are set from the table of messages. */
const IDS = 8;

export const bundleControl: Struct<BundleControlMessage> = message(
  "bundleControl",
  (f): BundleControlMessage => ({
    version: version(f),
    type: "bundleControl",
    xid: xid(f),
    bundleId: f.pad(IDS).u32(),
    control: f.named16(controls),
    flags: f.u16(),
    properties: f.rest(),
  }),
);

/** A bundle add, with what reads and writes the message in it. */
export function bundleAdd(inner: Codec<Message>): Struct<BundleAddMessage> {
  return message(
    "bundleAdd",
    (f): BundleAddMessage => ({
      version: version(f),
      type: "bundleAdd",
      xid: xid(f),
      bundleId: f.pad(IDS).u32(),
      flags: f.pad(2).u16(),
      message: f.part(inner),
      properties: f.rest(),
    }),
    {
      engine: "declaration",
      write: (w, v) =>
        w
          .u8(v.version ?? OPENFLOW_1_3)
          .pad(3)
          .u32(v.xid ?? 0)
          .pad(IDS)
          .u32(v.bundleId)
          .pad(2)
          .u16(v.flags)
          .part(inner, v.message)
          .rest(v.properties),
    },
  );
}
