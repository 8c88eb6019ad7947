// What ovs-ofctl prints of a switch's flows in lists: dump-flows, dump-aggregate, and the updates of a flow monitor.
import type { FlowUpdate, FlowUpdateEvent } from "../protocol/flow-monitor.ts";
import type { AggregateStats, FlowStats } from "../protocol/flow-stats.ts";
import {
  type FormatFlowOptions,
  type FormatOptions,
  formatFlow,
  formatInstructions,
  formatMatch,
} from "./flow-printer.ts";
import { formatHex } from "./number-text.ts";
import { formatBytes } from "./raw-text.ts";
import { formatTable } from "./table-names.ts";

/** Prints flows as `dump-flows` does below its first line: a line for each (OpenFlow 1.3.5, 7.3.5.2). */
export function formatFlows(flows: readonly FlowStats[], options: FormatFlowOptions = {}): string {
  return flows.map((flow) => ` ${formatFlow(flow, options)}`).join("\n");
}

/** Prints flows' sum as `dump-aggregate` does in its only line, behind the head (OpenFlow 1.3.5, 7.3.5.3). */
export function formatAggregate({ packetCount, byteCount, flowCount }: AggregateStats): string {
  return `packet_count=${packetCount} byte_count=${byteCount} flow_count=${flowCount}`;
}

const eventWords: Readonly<Record<FlowUpdateEvent, string>> = {
  added: "ADDED",
  deleted: "DELETED",
  modified: "MODIFIED",
};

/** Why a flow is gone, by number, in ovs-ofctl's words. */
const reasonWords: readonly string[] = ["idle", "hard", "delete", "group_delete", "meter_delete", "eviction"];

/**
 * Prints the updates of a flow monitor as `ovs-ofctl monitor … watch:` does below the first line of each message: a line
 * for each. As there, priorities stay out, and a line that ends with the cookie keeps a blank behind it unless it is the last.
 */
export function formatFlowUpdates(updates: readonly FlowUpdate[], options: FormatOptions = {}): string {
  return updates
    .map((update) => ` ${updateText(update, options)}`)
    .join("\n")
    .trimEnd();
}

function updateText(update: FlowUpdate, options: FormatOptions): string {
  if (update.event === "abbreviated") return `event=ABBREV xid=0x${update.xid.toString(16)}`;
  if (update.event === "raw") return `event=${update.number} data=${formatBytes(update.data)}`;
  const { event, reason, tableId, idleTimeout, hardTimeout, cookie, match, instructions } = update;
  const words = [
    `event=${eventWords[event]}`,
    ...(event === "deleted" ? [`reason=${reasonWords[reason] ?? reason}`] : []),
    `table=${formatTable(tableId, options.tables)}`,
    ...(idleTimeout === 0 ? [] : [`idle_timeout=${idleTimeout}`]),
    ...(hardTimeout === 0 ? [] : [`hard_timeout=${hardTimeout}`]),
    `cookie=${formatHex(cookie)}`,
    formatMatch(match, options),
  ];
  if (instructions.length === 0) return words.join(" ");
  if (match.length === 0) words.pop();
  return [...words, `actions=${formatInstructions(instructions, options)}`].join(" ");
}
