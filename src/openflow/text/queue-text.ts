// What ovs-ofctl prints of a port's queues: queue-stats and queue-get-config.
import { type PacketQueue, Queue, type QueueGetConfigReply, type QueueStats } from "../protocol/queues.ts";
import { formatDuration } from "./duration-text.ts";
import type { FormatOptions } from "./flow-printer.ts";
import { countersText } from "./port-stats-text.ts";
import { formatPort } from "./port-text.ts";

const unknown32 = 0xffff_ffff;

/**
 * Prints queues' counters as `queue-stats` does, from the words `N queues` on, which stand in its first line (OpenFlow
 * 1.3.5, 7.3.5.8). A counter that the switch doesn't keep is `?`.
 */
export function formatQueueStats(stats: readonly QueueStats[], options: FormatOptions = {}): string {
  return [`${stats.length} queues`, ...stats.map((queue) => queueStatsText(queue, options))].join("\n");
}

function queueStatsText(stats: QueueStats, { ports }: FormatOptions): string {
  const { portNo, queueId, durationSec, durationNsec } = stats;
  const counters = countersText([
    ["bytes", stats.txBytes],
    ["pkts", stats.txPackets],
    ["errors", stats.txErrors],
  ]);
  const duration = durationSec === unknown32 ? "?" : formatDuration(durationSec, durationNsec);
  const queue = queueId === Queue.all ? "ALL" : queueId;
  return `  port ${formatPort(portNo, ports)} queue ${queue}: ${counters}, duration=${duration}`;
}

/**
 * Prints a port's queues as `queue-get-config` does, from the word `port=` on, which stands in its first line, in the
 * order of their numbers (OpenFlow 1.3.5, 7.3.6). As there, port 0 goes unnamed, and without queues nothing is printed.
 */
export function formatQueueConfig(reply: QueueGetConfigReply, options: FormatOptions = {}): string {
  if (reply.queues.length === 0) return "";
  const queues = reply.queues.toSorted((a, b) => a.queueId - b.queueId);
  const port = reply.portNo === 0 ? [] : [`port=${formatPort(reply.portNo, options.ports)}`];
  return [...port, ...queues.map(queueText)].join("\n");
}

const noRate = 0xffff;

function queueText({ queueId, properties }: PacketQueue): string {
  const rateOf = (type: "minRate" | "maxRate"): number =>
    properties.reduce((last, property) => (property.type === type ? property.rate : last), noRate);
  const rates = [...rateText("min_rate", rateOf("minRate")), ...rateText("max_rate", rateOf("maxRate"))];
  return [`queue ${queueId}:`, ...rates].join(" ");
}

/** Tenths of a percent; more than the whole is none. */
function rateText(name: string, rate: number): string[] {
  if (rate === noRate) return [];
  return [`${name}:${rate > 1000 ? "(disabled)" : `${(rate / 10).toFixed(1)}%`}`];
}
