// What ovs-ofctl prints of a switch as a whole: dump-desc, and how it exports IPFIX (dump-ipfix-bridge, dump-ipfix-flow).
import type { IpfixStats } from "../protocol/nx-ipfix.ts";
import type { SwitchDesc } from "../protocol/switch-stats.ts";
import { countersText } from "./port-stats-text.ts";

/** Prints who made a switch as `dump-desc` does below its first line (OpenFlow 1.3.5, 7.3.5.1). */
export function formatSwitchDesc(desc: SwitchDesc): string {
  return [
    `Manufacturer: ${desc.mfrDesc}`,
    `Hardware: ${desc.hwDesc}`,
    `Software: ${desc.swDesc}`,
    `Serial Num: ${desc.serialNum}`,
    `DP Description: ${desc.dpDesc}`,
  ].join("\n");
}

/** Prints the IPFIX export of a bridge as `dump-ipfix-bridge` does below its first line. */
export function formatIpfixBridgeStats(stats: IpfixStats): string {
  return ipfixText("  bridge ipfix: ", stats);
}

/** Prints the IPFIX export to collector sets as `dump-ipfix-flow` does, from the words `N ids` on, which stand in its first line. */
export function formatIpfixFlowStats(stats: readonly IpfixStats[]): string {
  const sets = stats.map((set) => ipfixText(`  id ${String(set.collectorSetId).padStart(3)}: `, set));
  return [`${stats.length} ids`, ...sets].join("\n");
}

function ipfixText(head: string, stats: IpfixStats): string {
  const first = countersText([
    ["flows", stats.totalFlows],
    ["current flows", stats.currentFlows],
    ["sampled pkts", stats.packets],
    ["ipv4 ok", stats.ipv4Packets],
    ["ipv6 ok", stats.ipv6Packets],
    ["tx pkts", stats.txPackets],
  ]);
  const second = countersText([
    ["pkts errs", stats.errorPackets],
    ["ipv4 errs", stats.ipv4ErrorPackets],
    ["ipv6 errs", stats.ipv6ErrorPackets],
    ["tx errs", stats.txErrors],
  ]);
  const indent = " ".repeat(head.startsWith("  id") ? 10 : 16);
  return `${head}${first}\n${indent}${second}`;
}
