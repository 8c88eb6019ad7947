// FLOW_REMOVED (OpenFlow 1.3.5, 7.4.2): a flow that asked for it is gone.

import type { Header } from "./header.ts";
import type { Match } from "./match.ts";

export type FlowRemovedReason = "idleTimeout" | "hardTimeout" | "delete" | "groupDelete";

export interface FlowRemoved {
  cookie: bigint;
  priority: number;
  /** Why it went; a number is a reason the library has no name for. */
  reason: FlowRemovedReason | number;
  tableId: number;
  /** How long it lived: seconds, and nanoseconds beyond them. */
  durationSec: number;
  durationNsec: number;
  /** The timeouts it had, in seconds. */
  idleTimeout: number;
  hardTimeout: number;
  packetCount: bigint;
  byteCount: bigint;
  match: Match;
}

export interface FlowRemovedMessage extends Header<"flowRemoved">, FlowRemoved {}
