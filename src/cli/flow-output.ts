// Flows as commands print them: in ovs-ofctl's syntax for people, and taken apart for programs.
import { type FlowMod, FlowModFlag, type FlowStats } from "../openflow/index.ts";
import { type FormatOptions, formatFlow, formatInstructions, formatMatch } from "../openflow/text/index.ts";
import type { FlowDifference } from "./flow-comparison.ts";

const flagNames = Object.entries(FlowModFlag);

/** A flow for `--json`: its parts, and all of it as ovs-ofctl reads it. */
export function flowValue(
  flow: FlowMod | FlowStats,
  options: FormatOptions,
): Readonly<Record<string, unknown>> {
  const counters =
    "packetCount" in flow
      ? {
          durationSeconds: flow.durationSec + flow.durationNsec / 1e9,
          packets: flow.packetCount,
          bytes: flow.byteCount,
        }
      : {};
  return {
    table: flow.tableId,
    priority: flow.priority,
    cookie: `0x${flow.cookie.toString(16)}`,
    idleTimeout: flow.idleTimeout,
    hardTimeout: flow.hardTimeout,
    flags: flagNames.flatMap(([name, bit]) => ((flow.flags & bit) === 0 ? [] : [name])),
    ...counters,
    match: formatMatch(flow.match, options),
    actions: formatInstructions(flow.instructions, options),
    flow: formatFlow(flow, { ...options, stats: false }),
  };
}

/** Differences as lines that begin with - and +, in ovs-ofctl's syntax. */
export function differenceText(differences: readonly FlowDifference[], options: FormatOptions): string {
  const line = (sign: string, flow: FlowMod | FlowStats | undefined): readonly string[] =>
    flow === undefined ? [] : [`${sign}${formatFlow(flow, { ...options, stats: false })}`];
  return differences
    .flatMap(({ present, wanted }) => [...line("-", present), ...line("+", wanted)])
    .join("\n");
}

/** Differences for `--json`. */
export function differenceValue(differences: readonly FlowDifference[], options: FormatOptions): unknown {
  return differences.map(({ present, wanted }) => ({
    change: changeName(present, wanted),
    present: present === undefined ? undefined : flowValue(present, options),
    wanted: wanted === undefined ? undefined : flowValue(wanted, options),
  }));
}

/** How many flows come, go and change. */
export function countDifferences(
  differences: readonly FlowDifference[],
): Readonly<Record<"add" | "delete" | "change", number>> {
  const counts = { add: 0, delete: 0, change: 0 };
  for (const { present, wanted } of differences) counts[changeName(present, wanted)] += 1;
  return counts;
}

function changeName(
  present: FlowStats | undefined,
  wanted: FlowMod | undefined,
): "add" | "delete" | "change" {
  if (present === undefined) return "add";
  return wanted === undefined ? "delete" : "change";
}
