// Statistics of IPFIX export (NXST_IPFIX_BRIDGE and NXST_IPFIX_FLOW): of the bridge, and of each collector set that flows
// sample to.

import { type Struct, struct } from "../wire/struct.ts";

export interface IpfixStats {
  /** Flows so far, and those that are being kept now. */
  totalFlows: bigint;
  currentFlows: bigint;
  /** Packets that were sampled. */
  packets: bigint;
  ipv4Packets: bigint;
  ipv6Packets: bigint;
  errorPackets: bigint;
  ipv4ErrorPackets: bigint;
  ipv6ErrorPackets: bigint;
  /** IPFIX messages that were sent, and that couldn't be. */
  txPackets: bigint;
  txErrors: bigint;
  /** Which collector set; 0 in the bridge's own statistics. */
  collectorSetId: number;
}

export const ipfixStats: Struct<IpfixStats> = struct(
  "nx_ipfix_stats_reply",
  (f): IpfixStats => ({
    totalFlows: f.u64(),
    currentFlows: f.u64(),
    packets: f.u64(),
    ipv4Packets: f.u64(),
    ipv6Packets: f.u64(),
    errorPackets: f.u64(),
    ipv4ErrorPackets: f.u64(),
    ipv6ErrorPackets: f.u64(),
    txPackets: f.u64(),
    txErrors: f.u64(),
    collectorSetId: f.u32(),
  }),
  { pad: 4 },
);
