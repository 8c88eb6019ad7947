// What ovs-ofctl prints of groups that a switch has: dump-groups, dump-group-stats and dump-group-features.
import {
  type GroupDesc,
  type GroupFeatures,
  type GroupStats,
  type GroupType,
  GroupTypeBit,
} from "../protocol/groups.ts";
import { actionBitsText } from "./action-names.ts";
import { formatDuration } from "./duration-text.ts";
import type { FormatOptions } from "./flow-printer.ts";
import { formatGroup } from "./group-text.ts";
import { formatHex } from "./number-text.ts";

const unknown32 = 0xffff_ffff;
const unknown64 = 0xffff_ffff_ffff_ffffn;

/** Prints groups as `dump-groups` does below its first line: a line for each (OpenFlow 1.3.5, 7.3.5.10). */
export function formatGroups(groups: readonly GroupDesc[], options: FormatOptions = {}): string {
  return groups.map((group) => ` ${formatGroup(group, options)}`).join("\n");
}

/** Prints groups' counters as `dump-group-stats` does below its first line: a line for each (OpenFlow 1.3.5, 7.3.5.9). */
export function formatGroupStats(stats: readonly GroupStats[]): string {
  return stats.map((group) => ` ${groupStatsText(group)}`).join("\n");
}

function groupStatsText(stats: GroupStats): string {
  const { groupId, refCount, packetCount, byteCount, durationSec, durationNsec, buckets } = stats;
  const parts = [
    `group_id=${groupId}`,
    ...(durationSec === unknown32 ? [] : [`duration=${formatDuration(durationSec, durationNsec)}`]),
    `ref_count=${refCount}`,
    `packet_count=${packetCount}`,
    `byte_count=${byteCount}`,
  ];
  for (const [i, bucket] of buckets.entries()) {
    if (bucket.packetCount === unknown64) continue;
    parts.push(`bucket${i}:packet_count=${bucket.packetCount}`, `byte_count=${bucket.byteCount}`);
  }
  return parts.join(",");
}

const typeNames: readonly (readonly [type: GroupType, name: string])[] = [
  ["all", "all"],
  ["select", "select"],
  ["indirect", "indirect"],
  ["fastFailover", "fast failover"],
];

/** Prints what a switch can do with groups, as `dump-group-features` does below its first line (OpenFlow 1.3.5, 7.3.5.11). */
export function formatGroupFeatures(features: GroupFeatures): string {
  const { types, capabilities, maxGroups, actions } = features;
  const lines = [
    " Group table:",
    `    Types:  0x${types.toString(16)}`,
    `    Capabilities:  0x${capabilities.toString(16)}`,
  ];
  for (const [type, name] of typeNames) {
    if ((types & GroupTypeBit[type]) === 0) continue;
    lines.push(
      `    ${name} group:`,
      `       max_groups=${formatHex(maxGroups[type])}`,
      `       actions: ${actionBitsText(actions[type])}`,
    );
  }
  return lines.join("\n");
}
