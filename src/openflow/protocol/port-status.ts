// PORT_STATUS (OpenFlow 1.3.5, 7.4.3): a port came, went or changed.

import { names } from "../wire/codec.ts";
import type { Struct } from "../wire/struct.ts";
import { type Header, message, version, xid } from "./header.ts";
import { type PortDesc, portDesc } from "./ports.ts";

export type PortStatusReason = "add" | "delete" | "modify";

export interface PortStatus {
  /** What happened; a number is a reason the library has no name for. */
  reason: PortStatusReason | number;
  /** The port as it is now, or as it was. */
  desc: PortDesc;
}

export interface PortStatusMessage extends Header<"portStatus">, PortStatus {}

const reasons = names<PortStatusReason>({ add: 0, delete: 1, modify: 2 });

export const portStatus: Struct<PortStatusMessage> = message(
  "portStatus",
  (f): PortStatusMessage => ({
    version: version(f),
    type: "portStatus",
    xid: xid(f),
    reason: f.named8(reasons),
    desc: f.pad(7).part(portDesc),
  }),
);
