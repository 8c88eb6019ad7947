// FLOW_REMOVED (OpenFlow 1.3.5, 7.4.2): a flow that asked for it is gone.

import { names } from "../wire/codec.ts";
import type { Struct } from "../wire/struct.ts";
import { type Header, message, version, xid } from "./header.ts";
import { type Match, match } from "./match.ts";

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

const reasons = names<FlowRemovedReason>({ idleTimeout: 0, hardTimeout: 1, delete: 2, groupDelete: 3 });

export const flowRemoved: Struct<FlowRemovedMessage> = message(
  "flowRemoved",
  (f): FlowRemovedMessage => ({
    version: version(f),
    type: "flowRemoved",
    xid: xid(f),
    cookie: f.u64(),
    priority: f.u16(),
    reason: f.named8(reasons),
    tableId: f.u8(),
    durationSec: f.u32(),
    durationNsec: f.u32(),
    idleTimeout: f.u16(),
    hardTimeout: f.u16(),
    packetCount: f.u64(),
    byteCount: f.u64(),
    match: f.part(match),
  }),
);
