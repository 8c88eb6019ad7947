// PORT_STATUS (OpenFlow 1.3.5, 7.4.3): a port came, went or changed.

import type { Header } from "./header.ts";
import type { PortDesc } from "./ports.ts";

export type PortStatusReason = "add" | "delete" | "modify";

export interface PortStatus {
  /** What happened; a number is a reason the library has no name for. */
  reason: PortStatusReason | number;
  /** The port as it is now, or as it was. */
  desc: PortDesc;
}

export interface PortStatusMessage extends Header<"portStatus">, PortStatus {}
