// Statistics of the switch, its tables and its ports (OpenFlow 1.3.5, 7.3.5.1, 7.3.5.4 and 7.3.5.6).

import { type Struct, struct } from "../wire/struct.ts";

/** Who made the switch (`ofp_desc`); each text at most 256 bytes, `serialNum` 32. */
export interface SwitchDesc {
  mfrDesc: string;
  hwDesc: string;
  swDesc: string;
  serialNum: string;
  dpDesc: string;
}

export interface TableStats {
  tableId: number;
  /** Flows in the table. */
  activeCount: number;
  lookupCount: bigint;
  matchedCount: bigint;
}

/** Which port is asked for. */
export interface PortStatsRequest {
  /** `Port.any` for all. */
  portNo: number;
}

/** One port's counters; a counter the switch doesn't keep is all ones. */
export interface PortStats {
  portNo: number;
  rxPackets: bigint;
  txPackets: bigint;
  rxBytes: bigint;
  txBytes: bigint;
  rxDropped: bigint;
  txDropped: bigint;
  rxErrors: bigint;
  txErrors: bigint;
  rxFrameErr: bigint;
  rxOverErr: bigint;
  rxCrcErr: bigint;
  collisions: bigint;
  /** How long the port has been there: seconds, and nanoseconds beyond them. */
  durationSec: number;
  durationNsec: number;
}

export const switchDesc: Struct<SwitchDesc> = struct(
  "ofp_desc",
  (f): SwitchDesc => ({
    mfrDesc: f.text(256),
    hwDesc: f.text(256),
    swDesc: f.text(256),
    serialNum: f.text(32),
    dpDesc: f.text(256),
  }),
);

export const tableStats: Struct<TableStats> = struct(
  "ofp_table_stats",
  (f): TableStats => ({
    tableId: f.u8(),
    activeCount: f.pad(3).u32(),
    lookupCount: f.u64(),
    matchedCount: f.u64(),
  }),
);

export const portStatsRequest: Struct<PortStatsRequest> = struct(
  "ofp_port_stats_request",
  (f): PortStatsRequest => ({ portNo: f.u32() }),
  { pad: 4 },
);

export const portStats: Struct<PortStats> = struct(
  "ofp_port_stats",
  (f): PortStats => ({
    portNo: f.u32(),
    rxPackets: f.pad(4).u64(),
    txPackets: f.u64(),
    rxBytes: f.u64(),
    txBytes: f.u64(),
    rxDropped: f.u64(),
    txDropped: f.u64(),
    rxErrors: f.u64(),
    txErrors: f.u64(),
    rxFrameErr: f.u64(),
    rxOverErr: f.u64(),
    rxCrcErr: f.u64(),
    collisions: f.u64(),
    durationSec: f.u32(),
    durationNsec: f.u32(),
  }),
);
