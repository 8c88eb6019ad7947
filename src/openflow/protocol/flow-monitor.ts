// Flow monitors in their ONF experimenter form for OpenFlow 1.3 (EXT-187), as Open vSwitch 3.0 and later speak it:
// the switch tells of every change to the flows that a monitor names.

import type { Header } from "./header.ts";
import type { Instruction } from "./instructions.ts";
import type { Match } from "./match.ts";

/** Bits of `FlowMonitorRequest.flags`. */
export const FlowMonitorFlag = {
  /** Tell of the flows there are already. */
  initial: 0x01,
  add: 0x02,
  delete: 0x04,
  modify: 0x08,
  /** Include instructions in updates. */
  actions: 0x10,
  /** Tell in full of changes by this connection too; else they come abbreviated. */
  own: 0x20,
} as const;

/** One monitor that a multipart request sets up. */
export interface FlowMonitorRequest {
  /** Chosen by the controller. */
  monitorId: number;
  /** Bits of `FlowMonitorFlag`. */
  flags: number;
  /** Only flows that output to this port; `Port.any` for all. */
  outPort: number;
  /** Only flows of this table; `Table.all` for all. */
  tableId: number;
  match: Match;
}

export type FlowUpdateEvent = "added" | "deleted" | "modified";

/** A flow that was added, deleted or modified (or, at first, is there). */
export interface FlowUpdateFull {
  event: FlowUpdateEvent;
  /** Of a deleted flow: why, as FLOW_REMOVED numbers it (0 idle, 1 hard, 2 delete, 3 group delete). */
  reason: number;
  priority: number;
  idleTimeout: number;
  hardTimeout: number;
  tableId: number;
  cookie: bigint;
  match: Match;
  /** Empty unless the monitor asked for actions. */
  instructions: Instruction[];
}

/** A change that this connection's own message with that xid made. */
export interface FlowUpdateAbbreviated {
  event: "abbreviated";
  xid: number;
}

/** An event that the library doesn't know: kept as it came. */
export interface RawFlowUpdate {
  event: "raw";
  number: number;
  data: Uint8Array;
}

export type FlowUpdate = FlowUpdateFull | FlowUpdateAbbreviated | RawFlowUpdate;

export interface FlowMonitorCancel {
  monitorId: number;
}

export interface FlowMonitorCancelMessage extends Header<"flowMonitorCancel">, FlowMonitorCancel {}
/** The switch can't keep up: it tells of nothing more until resumed. */
export interface FlowMonitorPausedMessage extends Header<"flowMonitorPaused"> {}
/** Updates go on; what changed in between has been told. */
export interface FlowMonitorResumedMessage extends Header<"flowMonitorResumed"> {}
