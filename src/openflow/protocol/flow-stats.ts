// Flow statistics (OpenFlow 1.3.5, 7.3.5.2 and 7.3.5.3): reading flows back, one by one or summed up.

import type { Instruction } from "./instructions.ts";
import type { Match } from "./match.ts";

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
