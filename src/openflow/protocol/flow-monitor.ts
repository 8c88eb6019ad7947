// Flow monitors in their ONF experimenter form for OpenFlow 1.3 (EXT-187), as Open vSwitch 3.0 and later speak it:
// the switch tells of every change to the flows that a monitor names.

import type { Codec } from "../wire/codec.ts";
import { convert } from "../wire/convert.ts";
import { family } from "../wire/family.ts";
import { type Struct, struct } from "../wire/struct.ts";
import { type Header, message, version, xid } from "./header.ts";
import { type Instruction, instruction } from "./instructions.ts";
import { type Match, match, matchLength } from "./match.ts";

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

/** What the wire says beside the value: how long the match is, which the match says as well. */
interface WithMatchLength {
  matchLength: number;
}

function withoutLength<T extends WithMatchLength>(wire: T): Omit<T, "matchLength"> {
  const { matchLength: _, ...value } = wire;
  return value;
}

export const flowMonitorRequest: Codec<FlowMonitorRequest> = convert(
  struct("onf_flow_monitor_request", (f): FlowMonitorRequest & WithMatchLength => ({
    monitorId: f.u32(),
    flags: f.u16(),
    matchLength: f.u16(),
    outPort: f.u32(),
    tableId: f.u8(),
    match: f.pad(3).part(match),
  })),
  {
    toValue: (wire): FlowMonitorRequest => withoutLength(wire),
    toWire: (value) => ({ ...value, matchLength: matchLength(value.match) }),
  },
);

function fullUpdate(event: FlowUpdateEvent): Struct<FlowUpdateFull> {
  return convert(
    struct("onf_flow_update_full", (f): FlowUpdateFull & WithMatchLength => ({
      event,
      reason: f.u16(),
      priority: f.u16(),
      idleTimeout: f.u16(),
      hardTimeout: f.u16(),
      matchLength: f.u16(),
      tableId: f.u8(),
      cookie: f.pad(1).u64(),
      match: f.part(match),
      instructions: f.list(instruction),
    })),
    {
      toValue: (wire): FlowUpdateFull => withoutLength(wire),
      toWire: (value) => ({ ...value, matchLength: matchLength(value.match) }),
    },
  );
}

const abbreviatedUpdate = struct(
  "onf_flow_update_abbrev",
  (f): FlowUpdateAbbreviated => ({ event: "abbreviated", xid: f.u32() }),
);

/** One update, with its length and event. */
export const flowUpdate: Codec<FlowUpdate> = family<FlowUpdate>("flow update", {
  tag: "event",
  lengthFirst: true,
  members: {
    0: fullUpdate("added"),
    1: fullUpdate("deleted"),
    2: fullUpdate("modified"),
    3: abbreviatedUpdate,
  },
});

/** The bytes of an experimenter message's two ids, which are set from the table of messages. */
const IDS = 8;

export const flowMonitorCancel: Struct<FlowMonitorCancelMessage> = message(
  "flowMonitorCancel",
  (f): FlowMonitorCancelMessage => ({
    version: version(f),
    type: "flowMonitorCancel",
    xid: xid(f),
    monitorId: f.pad(IDS).u32(),
  }),
);

export const flowMonitorPaused: Struct<FlowMonitorPausedMessage> = message(
  "flowMonitorPaused",
  (f): FlowMonitorPausedMessage => ({ version: version(f), type: "flowMonitorPaused", xid: xid(f) }),
  { pad: IDS },
);

export const flowMonitorResumed: Struct<FlowMonitorResumedMessage> = message(
  "flowMonitorResumed",
  (f): FlowMonitorResumedMessage => ({ version: version(f), type: "flowMonitorResumed", xid: xid(f) }),
  { pad: IDS },
);
