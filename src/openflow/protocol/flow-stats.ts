// Flow statistics (OpenFlow 1.3.5, 7.3.5.2 and 7.3.5.3): reading flows back, one by one or summed up.

import type { Codec } from "../wire/codec.ts";
import { sized } from "../wire/sized.ts";
import { type Struct, struct } from "../wire/struct.ts";
import { type Instruction, instruction } from "./instructions.ts";
import { type Match, match } from "./match.ts";

/** Which flows are asked for, by a flow or an aggregate request. */
export interface FlowStatsRequest {
  /** `Table.all` for every table. */
  tableId: number;
  /** Only flows that output to this port; `Port.any` for no such limit. */
  outPort: number;
  /** Only flows that output to this group; `Group.any` for no such limit. */
  outGroup: number;
  /** Only flows whose cookie equals this under the mask; mask 0n is no limit. */
  cookie: bigint;
  cookieMask: bigint;
  /** Only flows at least as narrow as this; empty is every flow. */
  match: Match;
}

/** One flow of a switch. */
export interface FlowStats {
  tableId: number;
  /** How long it has lived: seconds, and nanoseconds beyond them. */
  durationSec: number;
  durationNsec: number;
  priority: number;
  /** Seconds; 0 is never. */
  idleTimeout: number;
  hardTimeout: number;
  /** Bits of `FlowModFlag`. */
  flags: number;
  cookie: bigint;
  packetCount: bigint;
  byteCount: bigint;
  match: Match;
  instructions: Instruction[];
}

/** The sum over the flows asked for. */
export interface AggregateStats {
  packetCount: bigint;
  byteCount: bigint;
  flowCount: number;
}

export const flowStatsRequest: Struct<FlowStatsRequest> = struct(
  "ofp_flow_stats_request",
  (f): FlowStatsRequest => ({
    tableId: f.u8(),
    outPort: f.pad(3).u32(),
    outGroup: f.u32(),
    cookie: f.pad(4).u64(),
    cookieMask: f.u64(),
    match: f.part(match),
  }),
);

/** The two bytes of the entry's own length. */
const LENGTH = 2;

export const flowStats: Codec<FlowStats> = sized(
  struct(
    "ofp_flow_stats",
    (f): FlowStats => ({
      tableId: f.pad(LENGTH).u8(),
      durationSec: f.pad(1).u32(),
      durationNsec: f.u32(),
      priority: f.u16(),
      idleTimeout: f.u16(),
      hardTimeout: f.u16(),
      flags: f.u16(),
      cookie: f.pad(4).u64(),
      packetCount: f.u64(),
      byteCount: f.u64(),
      match: f.part(match),
      instructions: f.list(instruction),
    }),
  ),
);

export const aggregateStats: Struct<AggregateStats> = struct(
  "ofp_aggregate_stats_reply",
  (f): AggregateStats => ({ packetCount: f.u64(), byteCount: f.u64(), flowCount: f.u32() }),
  { pad: 4 },
);
