// What ovs-ofctl prints of meters that a switch has: dump-meters, meter-stats and meter-features.
import {
  MeterBandBit,
  type MeterConfig,
  type MeterFeatures,
  MeterFlag,
  type MeterStats,
} from "../protocol/meters.ts";
import { type BitWords, bitsText } from "./bit-text.ts";
import { formatDuration } from "./duration-text.ts";
import { formatMeter, meterName } from "./meter-text.ts";

/** Prints meters as `dump-meters` does below its first line, an empty line between them (OpenFlow 1.3.5, 7.3.5.13). */
export function formatMeters(meters: readonly MeterConfig[]): string {
  return meters.map(formatMeter).join("\n\n");
}

/** Prints meters' counters as `meter-stats` does below its first line, an empty line between meters (OpenFlow 1.3.5, 7.3.5.12). */
export function formatMeterStats(stats: readonly MeterStats[]): string {
  return stats.map(meterStatsText).join("\n\n");
}

function meterStatsText(stats: MeterStats): string {
  const { meterId, flowCount, packetInCount, byteInCount, durationSec, durationNsec, bands } = stats;
  const first = [
    `meter:${meterName(meterId)}`,
    `flow_count:${flowCount}`,
    `packet_in_count:${packetInCount}`,
    `byte_in_count:${byteInCount}`,
    `duration:${formatDuration(durationSec, durationNsec)}`,
    "bands:",
  ].join(" ");
  const counted = bands.map(
    ({ packetBandCount, byteBandCount }, i) =>
      `${i}: packet_count:${packetBandCount} byte_count:${byteBandCount}`,
  );
  return [first, ...counted].join("\n");
}

const bandWords: BitWords = [
  ["drop", MeterBandBit.drop],
  ["dscp_remark", MeterBandBit.dscpRemark],
];

const capabilityWords: BitWords = [
  ["kbps", MeterFlag.kbps],
  ["pktps", MeterFlag.pktps],
  ["burst", MeterFlag.burst],
  ["stats", MeterFlag.stats],
];

/** Prints what a switch can do with meters, as `meter-features` does below its first line (OpenFlow 1.3.5, 7.3.5.14). */
export function formatMeterFeatures(features: MeterFeatures): string {
  const { maxMeter, bandTypes, capabilities, maxBands, maxColor } = features;
  return [
    `max_meter:${maxMeter} max_bands:${maxBands} max_color:${maxColor}`,
    `band_types: ${bitsText(bandTypes, bandWords)}`,
    `capabilities: ${bitsText(capabilities, capabilityWords)}`,
  ].join("\n");
}
