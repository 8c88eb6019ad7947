// Prints multipart requests and replies: what is asked for, and below the heading what the formatters of lists print.

import { DEFAULT_PRIORITY } from "../protocol/flow-mod.ts";
import type { FlowMonitorRequest } from "../protocol/flow-monitor.ts";
import { FlowMonitorFlag } from "../protocol/flow-monitor.ts";
import type { FlowStatsRequest } from "../protocol/flow-stats.ts";
import type { MeterRequest } from "../protocol/meters.ts";
import type { MultipartReplyMessage, MultipartRequestMessage } from "../protocol/multipart.ts";
import { Group, Port, Table } from "../protocol/ports.ts";
import { Queue } from "../protocol/queues.ts";
import { type FormatOptions, ruleText } from "./flow-printer.ts";
import { formatAggregate, formatFlows, formatFlowUpdates } from "./flow-stats-text.ts";
import { formatGroupFeatures, formatGroupStats, formatGroups } from "./group-stats-text.ts";
import type { PrintContext, Unreadable } from "./message-printing.ts";
import { formatMeterFeatures, formatMeterStats, formatMeters } from "./meter-stats-text.ts";
import { meterName } from "./meter-text.ts";
import { formatPortDescs, formatPortStats } from "./port-stats-text.ts";
import { formatPort } from "./port-text.ts";
import { formatQueueStats } from "./queue-text.ts";
import { formatIpfixBridgeStats, formatIpfixFlowStats, formatSwitchDesc } from "./switch-text.ts";
import { formatTableFeatures } from "./table-features-text.ts";
import { formatTableStats } from "./table-text.ts";

type Request<N> = Extract<MultipartRequestMessage, { multipart: N }>;
type Reply<N> = Extract<MultipartReplyMessage, { multipart: N }>;
type Kinds = MultipartReplyMessage["multipart"];
type BodyPrinter<B> = (body: B, options: FormatOptions) => string | Unreadable;

const nothing = (): string => "";

const requests: { readonly [N in Exclude<Kinds, "raw">]: BodyPrinter<Request<N>["body"]> } = {
  desc: nothing,
  flow: flowRequestText,
  aggregate: flowRequestText,
  table: nothing,
  portStats: ({ portNo }, { ports }) => ` port_no=${formatPort(portNo, ports)}`,
  queueStats: ({ portNo, queueId }, { ports }) =>
    ` port=${formatPort(portNo, ports)} queue=${queueId === Queue.all ? "ALL" : queueId}`,
  groupStats: ({ groupId }) => ` group_id=${groupName(groupId)}`,
  groupDesc: () => ` group_id=${groupName(Group.all)}`,
  groupFeatures: nothing,
  meterStats: meterRequestText,
  meterConfig: meterRequestText,
  meterFeatures: nothing,
  tableFeatures: (tables) => below(formatTableFeatures(tables)),
  portDesc: () => " port=ANY",
  flowMonitor: (monitors, options) =>
    monitors.map((monitor) => `\n ${monitorText(monitor, options)}`).join(""),
  ipfixBridge: nothing,
  ipfixFlow: nothing,
};

const replies: { readonly [N in Exclude<Kinds, "raw">]: BodyPrinter<Reply<N>["body"]> } = {
  desc: (desc) => `\n${formatSwitchDesc(desc)}`,
  flow: (flows, options) => below(formatFlows(flows, options)),
  aggregate: (sum) => ` ${formatAggregate(sum)}`,
  table: (tables) => below(formatTableStats(tables)),
  portStats: (stats, options) => ` ${formatPortStats(stats, options)}`,
  queueStats: (stats, options) => ` ${formatQueueStats(stats, options)}`,
  groupStats: (stats) => below(formatGroupStats(stats)),
  groupDesc: (groups, options) => below(formatGroups(groups, options)),
  groupFeatures: (features) => `\n${formatGroupFeatures(features)}`,
  meterStats: (stats) => below(formatMeterStats(stats)),
  meterConfig: (meters) => below(formatMeters(meters)),
  meterFeatures: (features) => `\n${formatMeterFeatures(features)}`,
  tableFeatures: (tables) => below(formatTableFeatures(tables)),
  portDesc: (ports) => below(formatPortDescs(ports)),
  flowMonitor: (updates, options) => below(formatFlowUpdates(updates, options)),
  ipfixBridge: (stats) => `\n${formatIpfixBridgeStats(stats)}`,
  ipfixFlow: (stats) => ` ${formatIpfixFlowStats(stats)}`,
};

/** Prints what follows a multipart's heading. */
export function multipartText(
  message: MultipartRequestMessage | MultipartReplyMessage,
  context: PrintContext,
): string | Unreadable {
  const { type, multipart, more, body } = message;
  if (multipart === "raw") return { error: "OFPBRC_BAD_STAT" };
  const printers = type === "multipartReply" ? replies : requests;
  const print = printers[multipart] as BodyPrinter<typeof body>;
  const text = print(body, context);
  return typeof text === "string" && more ? ` flags=[more]${text}` : text;
}

/** A list below the heading; nothing where it is empty. */
function below(list: string): string {
  return list === "" ? "" : `\n${list}`;
}

function flowRequestText({ tableId, outPort, match }: FlowStatsRequest, options: FormatOptions): string {
  const table = tableId === Table.all ? "" : ` table=${tableId}`;
  const port = outPort === Port.any ? "" : ` out_port=${formatPort(outPort, options.ports)}`;
  const words = ruleText(match, DEFAULT_PRIORITY, options);
  return `${table}${port}${words === "" ? "" : ` ${words}`}`;
}

function groupName(groupId: number): string {
  if (groupId === Group.all) return "ALL";
  return groupId === Group.any ? "ANY" : String(groupId);
}

function meterRequestText({ meterId }: MeterRequest): string {
  return ` meter=${meterName(meterId)}`;
}

const monitorFlags: readonly (readonly [word: string, bit: number])[] = [
  ["initial", FlowMonitorFlag.initial],
  ["add", FlowMonitorFlag.add],
  ["delete", FlowMonitorFlag.delete],
  ["modify", FlowMonitorFlag.modify],
  ["actions", FlowMonitorFlag.actions],
  ["own", FlowMonitorFlag.own],
];

function monitorText(monitor: FlowMonitorRequest, options: FormatOptions): string {
  const { monitorId, flags, outPort, tableId, match } = monitor;
  const words = monitorFlags.filter(([, bit]) => (flags & bit) !== 0).map(([word]) => word);
  return [
    `id=${monitorId}`,
    `flags=${words.length === 0 ? "0" : words.join(",")}`,
    ...(outPort === Port.any ? [] : [`out_port=${formatPort(outPort, options.ports)}`]),
    ...(tableId === Table.all ? [] : [`table=${tableId}`]),
    ...(match.length === 0 ? [] : [ruleText(match, DEFAULT_PRIORITY, options)]),
  ].join(" ");
}
