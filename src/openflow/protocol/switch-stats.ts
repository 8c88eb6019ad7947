// Statistics of the switch, its tables and its ports (OpenFlow 1.3.5, 7.3.5.1, 7.3.5.4 and 7.3.5.6).

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
