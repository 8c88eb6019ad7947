// What ovs-ofctl prints of a switch's ports: dump-ports-desc (and show), and dump-ports.
import { PortConfig, type PortDesc, PortFeature, PortState } from "../protocol/ports.ts";
import type { PortStats } from "../protocol/switch-stats.ts";
import { type BitWords, knownBitsText } from "./bit-text.ts";
import { formatDuration } from "./duration-text.ts";
import type { FormatOptions } from "./flow-printer.ts";
import { formatPort } from "./port-text.ts";

const unknown32 = 0xffff_ffff;
const unknown64 = 0xffff_ffff_ffff_ffffn;

/**
 * Prints ports' counters as `dump-ports` does, from the words `N ports` on, which stand in its first line (OpenFlow
 * 1.3.5, 7.3.5.6). A counter that the switch doesn't keep is `?`.
 */
export function formatPortStats(stats: readonly PortStats[], options: FormatOptions = {}): string {
  return [`${stats.length} ports`, ...stats.map((port) => portStatsText(port, options))].join("\n");
}

function portStatsText(stats: PortStats, { ports }: FormatOptions): string {
  const { portNo, durationSec, durationNsec } = stats;
  const received = countersText([
    ["pkts", stats.rxPackets],
    ["bytes", stats.rxBytes],
    ["drop", stats.rxDropped],
    ["errs", stats.rxErrors],
    ["frame", stats.rxFrameErr],
    ["over", stats.rxOverErr],
    ["crc", stats.rxCrcErr],
  ]);
  const sent = countersText([
    ["pkts", stats.txPackets],
    ["bytes", stats.txBytes],
    ["drop", stats.txDropped],
    ["errs", stats.txErrors],
    ["coll", stats.collisions],
  ]);
  const blank = portNo < 10 ? " " : "";
  const lines = [`  port ${blank}${formatPort(portNo, ports)}: rx ${received}`, `           tx ${sent}`];
  if (durationSec !== unknown32)
    lines.push(`           duration=${formatDuration(durationSec, durationNsec)}`);
  return lines.join("\n");
}

/** Counters in one line, as they are printed of ports, queues and IPFIX; one that isn't kept is `?`. */
export function countersText(counters: readonly (readonly [name: string, value: bigint])[]): string {
  return counters.map(([name, value]) => `${name}=${value === unknown64 ? "?" : value}`).join(", ");
}

const configWords: BitWords = [
  ["PORT_DOWN", PortConfig.portDown],
  ["NO_RECV", PortConfig.noRecv],
  ["NO_FWD", PortConfig.noFwd],
  ["NO_PACKET_IN", PortConfig.noPacketIn],
];

const stateWords: BitWords = [
  ["LINK_DOWN", PortState.linkDown],
  ["BLOCKED", PortState.blocked],
  ["LIVE", PortState.live],
];

const featureWords: BitWords = [
  ["10MB-HD", PortFeature.speed10MbHd],
  ["10MB-FD", PortFeature.speed10MbFd],
  ["100MB-HD", PortFeature.speed100MbHd],
  ["100MB-FD", PortFeature.speed100MbFd],
  ["1GB-HD", PortFeature.speed1GbHd],
  ["1GB-FD", PortFeature.speed1GbFd],
  ["10GB-FD", PortFeature.speed10GbFd],
  ["40GB-FD", PortFeature.speed40GbFd],
  ["100GB-FD", PortFeature.speed100GbFd],
  ["1TB-FD", PortFeature.speed1TbFd],
  ["OTHER", PortFeature.other],
  ["COPPER", PortFeature.copper],
  ["FIBER", PortFeature.fiber],
  ["AUTO_NEG", PortFeature.autoneg],
  ["AUTO_PAUSE", PortFeature.pause],
  ["AUTO_PAUSE_ASYM", PortFeature.pauseAsym],
];

/** What is set of a port, by bits of `PortConfig`; `0` for nothing. */
export function portConfigWords(config: number): string {
  return knownBitsText(config, configWords);
}

/** What a port can do, by bits of `PortFeature`; `0` for nothing. */
export function portFeatureWords(features: number): string {
  return knownBitsText(features, featureWords);
}

/** Prints ports as `dump-ports-desc` does below its first line, in the order of their numbers (OpenFlow 1.3.5, 7.3.5.7). */
export function formatPortDescs(ports: readonly PortDesc[]): string {
  return ports
    .toSorted((a, b) => a.portNo - b.portNo)
    .map((port) => ` ${formatPortDesc(port)}`)
    .join("\n");
}

/** Prints one port in the lines that it has in `dump-ports-desc` and in PORT_STATUS. */
export function formatPortDesc(port: PortDesc): string {
  return [
    `${formatPort(port.portNo)}(${nameText(port.name)}): addr:${port.hwAddr}`,
    `     config:     ${portConfigWords(port.config)}`,
    `     state:      ${knownBitsText(port.state, stateWords)}`,
    ...featuresText("current:", port.curr),
    ...featuresText("advertised:", port.advertised),
    ...featuresText("supported:", port.supported),
    ...featuresText("peer:", port.peer),
    `     speed: ${megabits(port.currSpeed)} now, ${megabits(port.maxSpeed)} max`,
  ].join("\n");
}

function featuresText(name: string, bits: number): string[] {
  const text = portFeatureWords(bits);
  return text === "0" ? [] : [`     ${name.padEnd(12)}${text}`];
}

/** Open vSwitch keeps 15 characters of a name, and prints it as far as it is printable ASCII. */
function nameText(name: string): string {
  return /^[ -~]{0,15}/.exec(name)?.[0] ?? "";
}

function megabits(kilobits: number): string {
  return `${Math.floor(kilobits / 1000)} Mbps`;
}
